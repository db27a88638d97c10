using System.Text;

namespace Imapd.Protocol.Mime;

/// <summary>
/// Goes through the fields of a header block (RFC 5322 §2.2) without taking memory; bare LFs are tolerated as line ends.
/// </summary>
/// <param name="header">The header block; what follows its first blank line is ignored.</param>
public ref struct HeaderFieldReader(ReadOnlySpan<byte> header)
{
    private ReadOnlySpan<byte> _rest = header;

    /// <summary>All of the field, continuation lines and line end included; or a line that is no field.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    /// <summary>What stands before the colon, without white space (RFC 5322 §4.5 allows some there).</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>What stands behind the colon, still folded, without the last line end.</summary>
    public readonly ReadOnlySpan<byte> Value => IsField ? Whole[ValuePlace..ValueEnd] : default;

    /// <summary>Whether there is a colon where one must be.</summary>
    public bool IsField { get; private set; }

    /// <summary>Behind the last field: whether there is a blank line, and not just the end.</summary>
    public readonly bool IsAtBlankLine => !_rest.IsEmpty;

    /// <summary>Where the value begins in <see cref="Whole"/>.</summary>
    internal int ValuePlace { get; private set; }

    private int ValueEnd { get; set; }

    /// <summary>Goes on to the next field.</summary>
    /// <returns>False on the blank line and at the end.</returns>
    public bool MoveNext()
    {
        ReadOnlySpan<byte> rest = _rest;
        if (rest.IsEmpty || rest[0] == '\n' || rest.StartsWith("\r\n"u8))
        {
            return false;
        }

        int end = 0;
        do
        {
            int lf = rest[end..].IndexOf((byte)'\n');
            end = lf < 0 ? rest.Length : end + lf + 1;
        }
        while (end < rest.Length && rest[end] is (byte)' ' or (byte)'\t');

        ReadOnlySpan<byte> line = rest[..end];
        _rest = rest[end..];
        Whole = line;
        int colon = line.IndexOfAny((byte)':', (byte)'\n');
        IsField = colon >= 0 && line[colon] == ':' && line[0] is not ((byte)' ' or (byte)'\t');
        Name = IsField ? line[..colon].TrimEnd(" \t"u8) : default;
        ValuePlace = colon + 1;
        ValueEnd = line.Length;
        if (line[^1] == '\n')
        {
            ValueEnd -= line.Length > 1 && line[^2] == '\r' ? 2 : 1;
        }

        ValueEnd = Math.Max(ValueEnd, ValuePlace);
        return true;
    }

    /// <summary>The value of the first field of this name, still folded; empty when there is none.</summary>
    /// <param name="header">The header block.</param>
    /// <param name="name">Compared without regard to case.</param>
    public static ReadOnlySpan<byte> First(ReadOnlySpan<byte> header, ReadOnlySpan<byte> name)
    {
        var fields = new HeaderFieldReader(header);
        while (fields.MoveNext())
        {
            if (fields.IsField && Ascii.EqualsIgnoreCase(fields.Name, name))
            {
                return fields.Value;
            }
        }

        return default;
    }
}
