using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;

namespace Imapd.Storage.Maildir;

/// <summary>Messages on their way into a mailbox; all of them or none.</summary>
public sealed class AppendBatch : IDisposable
{
    private AppendBatch()
    {
    }

    /// <summary>Begins the next message; the one before is thereby complete.</summary>
    /// <param name="flags">The flags it will have.</param>
    /// <param name="internalDate">Its internal date; null for now.</param>
    /// <returns>Takes the message in wire form, as the client sends it, in any portions; it throws <see cref="StoreException"/> when the disk will not.</returns>
    public IOctetSink BeginMessage(FlagSet flags, DateTimeOffset? internalDate) => throw new NotImplementedException();

    /// <summary>Gives the messages their places and UIDs. When this returns they survive a power failure.</summary>
    /// <exception cref="StoreException">Nothing was added.</exception>
    public AppendResult Commit() => throw new NotImplementedException();

    /// <summary>Ends the batch; without <see cref="Commit"/> nothing is left of it.</summary>
    public void Dispose()
    {
    }
}
