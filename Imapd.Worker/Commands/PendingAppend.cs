using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Commands;

/// <summary>
/// A message on its way from the client's literal to the disk. When the disk cannot take it, its octets are still read
/// to their end, because the client is sending them, and the reason is kept for the answer.
/// </summary>
internal sealed class PendingAppend : IOctetSink, IDisposable
{
    private readonly AppendBatch _batch;
    private readonly IOctetSink _message;
    private readonly HeaderOctets? _header;
    private StoreException? _failure;

    /// <summary>Takes over a batch, and begins its message.</summary>
    /// <param name="batch">Disposed of with this.</param>
    /// <param name="begin">Begins its message.</param>
    /// <param name="mayHave8BitHeader">Whether the client has said that it speaks UTF-8.</param>
    public PendingAppend(AppendBatch batch, Func<AppendBatch, IOctetSink> begin, bool mayHave8BitHeader)
    {
        _batch = batch;
        _header = mayHave8BitHeader ? null : new HeaderOctets();
        try
        {
            _message = begin(batch);
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether the message cannot be taken for an octet in its header that only a client may send who has enabled UTF-8.
    /// </summary>
    public bool Has8BitHeader => _header is { Has8Bit: true };

    /// <summary>Takes octets of the message.</summary>
    public void Write(ReadOnlySpan<byte> octets)
    {
        _header?.Look(octets);
        if (_failure is not null || Has8BitHeader)
        {
            return;
        }

        try
        {
            _message.Write(octets);
        }
        catch (StoreException error)
        {
            _failure = error;
        }
    }

    /// <summary>Stores the message; it is durable on return.</summary>
    /// <exception cref="StoreException">It could not be written or stored, and is not there.</exception>
    public AppendResult Commit() => _failure is null ? _batch.Commit() : throw _failure;

    /// <summary>Without <see cref="Commit"/> nothing is left of it.</summary>
    public void Dispose() => _batch.Dispose();
}
