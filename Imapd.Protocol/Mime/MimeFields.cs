using System.Runtime.CompilerServices;
using System.Text;

namespace Imapd.Protocol.Mime;

/// <summary>The fields that MIME gives a header (RFC 2045 §3), and RFC 1864, 2183, 3282 and 2557.</summary>
internal enum MimeField
{
    Type,
    TransferEncoding,
    Id,
    Description,
    Md5,
    Disposition,
    Language,
    Location,
}

/// <summary>Where the MIME fields of a header are, found in one passage; of a field that is there twice the first counts.</summary>
internal readonly ref struct MimeFields
{
    private const int Count = (int)MimeField.Location + 1;

    // In the order of MimeField, what follows "Content-".
    private static readonly byte[][] Names =
    [
        "Type"u8.ToArray(), "Transfer-Encoding"u8.ToArray(), "ID"u8.ToArray(), "Description"u8.ToArray(), "MD5"u8.ToArray(),
        "Disposition"u8.ToArray(), "Language"u8.ToArray(), "Location"u8.ToArray(),
    ];

    private readonly ReadOnlySpan<byte> _header;
    private readonly Places _places;

    /// <summary>Goes through a header block; what follows its first blank line is ignored.</summary>
    public MimeFields(ReadOnlySpan<byte> header)
    {
        _header = header;
        var fields = new HeaderFieldReader(header);
        for (int start = 0; fields.MoveNext(); start += fields.Whole.Length)
        {
            ReadOnlySpan<byte> prefix = "Content-"u8;
            if (fields.IsField
                && fields.Name.Length > prefix.Length
                && Ascii.EqualsIgnoreCase(fields.Name[..prefix.Length], prefix)
                && Find(fields.Name[prefix.Length..]) is >= 0 and var field
                && _places[field].Start == 0)
            {
                _places[field] = (start + fields.ValuePlace, fields.Value.Length);
            }
        }
    }

    /// <summary>The value of a field, still folded.</summary>
    /// <returns>False when there is no such field.</returns>
    public bool TryGet(MimeField field, out ReadOnlySpan<byte> value)
    {
        // No value stands at the beginning: there is a colon before it.
        (int start, int octets) = _places[(int)field];
        value = _header.Slice(start, octets);
        return start > 0;
    }

    private static int Find(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < Names.Length; i++)
        {
            if (Names[i].Length == name.Length && Ascii.EqualsIgnoreCase(Names[i], name))
            {
                return i;
            }
        }

        return -1;
    }

    [InlineArray(Count)]
    private struct Places
    {
        private (int Start, int Octets) _first;
    }
}
