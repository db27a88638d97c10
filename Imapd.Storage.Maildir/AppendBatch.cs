namespace Imapd.Storage.Maildir;

/// <summary>Messages on their way into a mailbox; all of them or none.</summary>
public sealed class AppendBatch : IDisposable
{
    private AppendBatch()
    {
    }

    /// <summary>Gives the messages their places and UIDs. When this returns they survive a power failure.</summary>
    /// <exception cref="StoreException">Nothing was added.</exception>
    public AppendResult Commit() => throw new NotImplementedException();

    /// <summary>Ends the batch; without <see cref="Commit"/> nothing is left of it.</summary>
    public void Dispose()
    {
    }
}
