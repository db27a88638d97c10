namespace Imapd.Protocol.Mime;

/// <summary>One field of a header block with its continuation lines, or a line that is no field.</summary>
/// <param name="Whole">All of it, with the line end.</param>
/// <param name="Name">What stands before the colon, without white space (RFC 5322 §4.5 allows some there).</param>
/// <param name="Value">What stands behind the colon, still folded, without the last line end.</param>
/// <param name="IsField">Whether there is a colon where one must be.</param>
internal readonly record struct HeaderField(
    ReadOnlyMemory<byte> Whole, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value, bool IsField)
{
    /// <summary>Reads the field that starts here, or answers null on the blank line and at the end.</summary>
    public static HeaderField? At(ReadOnlyMemory<byte> header, int start)
    {
        ReadOnlySpan<byte> rest = header.Span[start..];
        if (rest.IsEmpty || rest[0] == '\n' || rest.StartsWith("\r\n"u8))
        {
            return null;
        }

        int end = 0;
        do
        {
            int lf = rest[end..].IndexOf((byte)'\n');
            end = lf < 0 ? rest.Length : end + lf + 1;
        }
        while (end < rest.Length && rest[end] is (byte)' ' or (byte)'\t');

        ReadOnlyMemory<byte> whole = header.Slice(start, end);
        ReadOnlySpan<byte> line = rest[..end];
        int colon = line.IndexOfAny((byte)':', (byte)'\n');
        if (colon < 0 || line[colon] != ':' || line[0] is (byte)' ' or (byte)'\t')
        {
            return new HeaderField(whole, default, default, false);
        }

        int valueEnd = line.Length;
        if (line[^1] == '\n')
        {
            valueEnd -= line.Length > 1 && line[^2] == '\r' ? 2 : 1;
        }

        int nameLength = line[..colon].TrimEnd(" \t"u8).Length;
        return new HeaderField(
            whole, whole[..nameLength], whole[(colon + 1)..Math.Max(colon + 1, valueEnd)], true);
    }
}
