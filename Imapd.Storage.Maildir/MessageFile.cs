namespace Imapd.Storage.Maildir;

/// <summary>One message open for reading. What it announces it delivers, whatever happens to the file meanwhile.</summary>
public sealed class MessageFile : IDisposable
{
    private MessageFile()
    {
    }

    /// <summary>The message's size as it is sent.</summary>
    public long WireOctets => throw new NotImplementedException();

    /// <summary>The message's size in the file.</summary>
    public long RawOctets => throw new NotImplementedException();

    /// <summary>Reads octets of the file as they are.</summary>
    /// <param name="rawOffset">Where in the file.</param>
    /// <param name="buffer">Filled as far as the file goes.</param>
    /// <returns>How many octets were read; 0 at the end.</returns>
    /// <exception cref="StoreException">The disk failed.</exception>
    public int ReadRaw(long rawOffset, Span<byte> buffer) => throw new NotImplementedException();

    /// <inheritdoc />
    public void Dispose()
    {
    }
}
