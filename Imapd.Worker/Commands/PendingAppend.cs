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
    private StoreException? _failure;

    /// <summary>Takes over a batch, and begins its message.</summary>
    public PendingAppend(AppendBatch batch, Func<AppendBatch, IOctetSink> begin)
    {
        _batch = batch;
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

    /// <summary>Takes octets of the message.</summary>
    public void Write(ReadOnlySpan<byte> octets)
    {
        if (_failure is not null)
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
