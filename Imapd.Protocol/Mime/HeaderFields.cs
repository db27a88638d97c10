using System.Text;

namespace Imapd.Protocol.Mime;

/// <summary>The fields of a header block (RFC 5322 §2.2) in wire form; bare LFs are tolerated as line ends.</summary>
public static class HeaderFields
{
    /// <summary>Picks fields, whole and in their order, and the blank line if there is one (RFC 9051 §6.4.5.1).</summary>
    /// <param name="header">The header block; what follows its first blank line is ignored.</param>
    /// <param name="names">Compared without regard to case.</param>
    /// <param name="complement">Pick everything but these (HEADER.FIELDS.NOT), lines that are no field included.</param>
    public static byte[] Select(ReadOnlyMemory<byte> header, IReadOnlyList<string> names, bool complement)
    {
        ArgumentNullException.ThrowIfNull(names);
        var wanted = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        var selected = new MemoryStream();
        var fields = new HeaderFieldReader(header.Span);
        while (fields.MoveNext())
        {
            bool isNamed = fields.IsField && wanted.Contains(Encoding.Latin1.GetString(fields.Name));
            if (isNamed != complement)
            {
                selected.Write(fields.Whole);
                if (fields.Whole[^1] != (byte)'\n')
                {
                    selected.Write("\r\n"u8);
                }
            }
        }

        if (fields.IsAtBlankLine)
        {
            selected.Write("\r\n"u8);
        }

        return selected.ToArray();
    }

    /// <summary>
    /// Goes through the fields. A value is what stands behind the colon, still folded, without the line end at its end.
    /// Lines that are no field are passed over.
    /// </summary>
    /// <param name="header">The header block; what follows its first blank line is ignored.</param>
    public static IEnumerable<(ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value)> Enumerate(
        ReadOnlyMemory<byte> header)
    {
        foreach (HeaderField field in Split(header))
        {
            if (field.IsField)
            {
                yield return (field.Name, field.Value);
            }
        }
    }

    /// <summary>
    /// Makes one line of a folded value (RFC 5322 §2.2.3): a line end and the white space around it become one space, a CR
    /// elsewhere too. White space at the start and at the end goes. A NUL, which no string of IMAP can hold, becomes
    /// U+FFFD.
    /// </summary>
    public static byte[] Unfold(ReadOnlySpan<byte> value)
    {
        value = value.Trim(" \t\r\n"u8);
        if (value.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0)
        {
            return value.ToArray();
        }

        var line = new List<byte>(value.Length);
        for (int at = 0; at < value.Length; at++)
        {
            if (value[at] is (byte)'\r' or (byte)'\n')
            {
                while (line[^1] is (byte)' ' or (byte)'\t')
                {
                    line.RemoveAt(line.Count - 1);
                }

                line.Add((byte)' ');
                while (HeaderLexer.IsWhite(value[at + 1]))
                {
                    at++;
                }
            }
            else if (value[at] == 0)
            {
                line.AddRange("\uFFFD"u8);
            }
            else
            {
                line.Add(value[at]);
            }
        }

        return [.. line];
    }

    internal static IEnumerable<HeaderField> Split(ReadOnlyMemory<byte> header)
    {
        int start = 0;
        while (start < header.Length)
        {
            HeaderField? field = HeaderField.At(header, start);
            if (field is not { } found)
            {
                yield break;
            }

            yield return found;
            start += found.Whole.Length;
        }
    }
}
