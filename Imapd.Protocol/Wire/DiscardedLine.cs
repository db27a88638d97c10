namespace Imapd.Protocol.Wire;

/// <summary>A line that is read away: only its end is kept, because a literal may be announced there.</summary>
internal sealed class DiscardedLine
{
    // The header and the CR of the line's end.
    private readonly byte[] _end = new byte[LiteralHeader.MaxOctets + 1];
    private int _length;

    /// <summary>Begins another line.</summary>
    public void Clear()
    {
        Array.Clear(_end);
        _length = 0;
    }

    /// <summary>Adds octets of the line, without the LF that ends it.</summary>
    public void Add(ReadOnlySpan<byte> octets)
    {
        if (octets.Length >= _end.Length)
        {
            octets[^_end.Length..].CopyTo(_end);
            _length = _end.Length;
            return;
        }

        int kept = Math.Min(_length, _end.Length - octets.Length);
        _end.AsSpan(_length - kept, kept).CopyTo(_end);
        octets.CopyTo(_end.AsSpan(kept));
        _length = kept + octets.Length;
    }

    /// <summary>Whether the whole line ended in the announcement of a literal.</summary>
    public bool TryReadLiteralHeader(out LiteralHeader header)
    {
        ReadOnlySpan<byte> line = _end.AsSpan(0, _length);
        if (line.EndsWith("\r"u8))
        {
            line = line[..^1];
        }

        return LiteralHeader.TryReadEnd(line, out header, out _);
    }
}
