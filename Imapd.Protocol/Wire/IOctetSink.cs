namespace Imapd.Protocol.Wire;

/// <summary>Where octets go: a client's connection, a file, a counter.</summary>
public interface IOctetSink
{
    /// <summary>Takes all of the octets before it returns; the span may be used again afterwards.</summary>
    /// <param name="octets">Any number of octets, also none.</param>
    /// <exception cref="IOException">They cannot be taken: the client is gone, the disk is full.</exception>
    void Write(ReadOnlySpan<byte> octets);

    /// <summary>Takes octets and more behind them, at once where that is cheaper.</summary>
    /// <param name="octets">What comes first.</param>
    /// <param name="more">What comes behind it.</param>
    /// <exception cref="IOException">As for <see cref="Write(ReadOnlySpan{byte})"/>.</exception>
    void Write(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> more)
    {
        Write(octets);
        Write(more);
    }
}
