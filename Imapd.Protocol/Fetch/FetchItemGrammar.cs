using System.Buffers;
using System.Text;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Fetch;

/// <summary>How the items of a FETCH are written.</summary>
internal static class FetchItemGrammar
{
    // An opening bracket is an ATOM-CHAR; the names before and behind it are made of fewer octets.
    private static readonly SearchValues<byte> NameOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789."u8);

    // fetch-att = "ENVELOPE" / "FLAGS" / "INTERNALDATE" / "RFC822.SIZE" / "BODY" ["STRUCTURE"] / "UID" /
    //             "BODY" section [partial] / "BODY.PEEK" section [partial] /
    //             "BINARY" [".PEEK"] section-binary [partial] / "BINARY.SIZE" section-binary
    // fetch-att =/ "RFC822" / "RFC822.HEADER" / "RFC822.TEXT"       ; RFC 3501
    // fetch-att =/ "RFC822.PEEK" / "RFC822.TEXT.PEEK"               ; RFC 1730 §6.4.5, and Outlook to this day
    public static FetchItem Read(CommandReader reader)
    {
        int start = reader.Position;
        string name = ReadName(reader, "a fetch item");
        return name switch
        {
            "FLAGS" => new FlagsItem(),
            "INTERNALDATE" => new InternalDateItem(),
            "RFC822.SIZE" => new SizeItem(),
            "ENVELOPE" => new EnvelopeItem(),
            "BODYSTRUCTURE" => new BodyStructureItem(Extended: true),
            "UID" => new UidItem(),
            "BODY" when reader.Peek() != '[' => new BodyStructureItem(Extended: false),
            "BODY" => new BodyItem(ReadSection(reader), TryReadPartial(reader), Peek: false, Rfc822Name: null),
            "BODY.PEEK" => new BodyItem(ReadSection(reader), TryReadPartial(reader), Peek: true, Rfc822Name: null),
            "BINARY" => new BinaryItem(ReadSectionBinary(reader), TryReadPartial(reader), Peek: false),
            "BINARY.PEEK" => new BinaryItem(ReadSectionBinary(reader), TryReadPartial(reader), Peek: true),
            "BINARY.SIZE" => new BinarySizeItem(ReadSectionBinary(reader)),
            "RFC822" => new BodyItem(new Section([], SectionText.Whole, []), null, Peek: false, name),
            "RFC822.HEADER" => new BodyItem(new Section([], SectionText.Header, []), null, Peek: true, name),
            "RFC822.TEXT" => new BodyItem(new Section([], SectionText.Text, []), null, Peek: false, name),
            "RFC822.PEEK" => new BodyItem(new Section([], SectionText.Whole, []), null, Peek: true, "RFC822"),
            "RFC822.TEXT.PEEK" => new BodyItem(new Section([], SectionText.Text, []), null, Peek: true, "RFC822.TEXT"),
            _ => throw CommandReader.ExpectedAt("a known fetch item", start),
        };
    }

    // section      = "[" [section-spec] "]"
    // section-spec = section-msgtext / (section-part ["." section-text])
    // section-text = section-msgtext / "MIME"
    private static Section ReadSection(CommandReader reader)
    {
        reader.Read((byte)'[');
        List<int> part = ReadPart(reader, out bool hasText);
        if (part.Count == 0)
        {
            hasText = reader.Peek() != ']';
        }

        Section section = hasText ? ReadSectionText(reader, part) : new Section(part, SectionText.Whole, []);
        reader.Read((byte)']');
        return section;
    }

    // section-binary = "[" [section-part] "]"
    private static List<int> ReadSectionBinary(CommandReader reader)
    {
        reader.Read((byte)'[');
        List<int> part = ReadPart(reader, out bool hasText);
        if (hasText)
        {
            throw reader.Expected("a part number");
        }

        reader.Read((byte)']');
        return part;
    }

    // section-part = nz-number *("." nz-number)
    private static List<int> ReadPart(CommandReader reader, out bool hasText)
    {
        hasText = false;
        var part = new List<int>();
        while (char.IsAsciiDigit((char)reader.Peek()))
        {
            int start = reader.Position;
            uint number = reader.ReadNzNumber();
            part.Add(number <= int.MaxValue
                ? (int)number
                : throw CommandReader.ExpectedAt("a part number from 1 to 2147483647", start));
            hasText = reader.TryRead((byte)'.');
            if (!hasText)
            {
                break;
            }
        }

        return part;
    }

    // section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"
    private static Section ReadSectionText(CommandReader reader, List<int> part)
    {
        int start = reader.Position;
        return ReadName(reader, "a section") switch
        {
            "HEADER" => new Section(part, SectionText.Header, []),
            "HEADER.FIELDS" => new Section(part, SectionText.HeaderFields, ReadHeaderList(reader)),
            "HEADER.FIELDS.NOT" => new Section(part, SectionText.HeaderFieldsNot, ReadHeaderList(reader)),
            "TEXT" => new Section(part, SectionText.Text, []),
            "MIME" when part.Count > 0 => new Section(part, SectionText.Mime, []),
            _ => throw CommandReader.ExpectedAt("a known section", start),
        };
    }

    // header-list     = "(" header-fld-name *(SP header-fld-name) ")"
    // header-fld-name = astring
    private static List<string> ReadHeaderList(CommandReader reader)
    {
        var fields = new List<string>();
        reader.ReadSp();
        reader.ReadList(mayBeEmpty: false, () => fields.Add(HeaderFieldName.Read(reader)));
        return fields;
    }

    // partial = "<" number64 "." nz-number64 ">"
    private static Partial? TryReadPartial(CommandReader reader)
    {
        if (!reader.TryRead((byte)'<'))
        {
            return null;
        }

        long first = reader.ReadNumber64();
        reader.Read((byte)'.');
        long octets = reader.ReadNzNumber64();
        reader.Read((byte)'>');
        return new Partial(first, octets);
    }

    private static string ReadName(CommandReader reader, string expected) =>
        Encoding.ASCII.GetString(reader.ReadRun(NameOctets, expected)).ToUpperInvariant();
}
