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
        var reader = new HeaderFieldReader(header.Span[start..]);
        if (!reader.MoveNext())
        {
            return null;
        }

        ReadOnlyMemory<byte> whole = header.Slice(start, reader.Whole.Length);
        int value = reader.ValuePlace;
        return reader.IsField
            ? new HeaderField(whole, whole[..reader.Name.Length], whole.Slice(value, reader.Value.Length), true)
            : new HeaderField(whole, default, default, false);
    }
}
