using System.Globalization;
using Imapd.Protocol.Fetch;

namespace Imapd.Tests.Protocol.Properties;

/// <summary>Writes what a FETCH asks for (RFC 9051 §6.4.5).</summary>
internal static class FetchItemWriter
{
    public static void Write(CommandOutput to, IReadOnlyList<FetchItem> items)
    {
        if (items.Count == 1 && to.Chance(2))
        {
            Write(to, items[0]);
        }
        else
        {
            to.List(items, item => Write(to, item));
        }
    }

    private static void Write(CommandOutput to, FetchItem item)
    {
        switch (item)
        {
            case FlagsItem:
                to.Word("FLAGS");
                break;
            case InternalDateItem:
                to.Word("INTERNALDATE");
                break;
            case SizeItem:
                to.Word("RFC822.SIZE");
                break;
            case EnvelopeItem:
                to.Word("ENVELOPE");
                break;
            case BodyStructureItem structure:
                to.Word(structure.Extended ? "BODYSTRUCTURE" : "BODY");
                break;
            case UidItem:
                to.Word("UID");
                break;
            case BodyItem { Rfc822Name: { } name } old:
                to.Word(old.Peek && name != "RFC822.HEADER" ? name + ".PEEK" : name);
                break;
            case BodyItem body:
                to.Word(body.Peek ? "BODY.PEEK" : "BODY");
                WriteSection(to, body.Section);
                WritePartial(to, body.Partial);
                break;
            case BinaryItem binary:
                to.Word(binary.Peek ? "BINARY.PEEK" : "BINARY").Raw("[").Raw(Part(binary.Part)).Raw("]");
                WritePartial(to, binary.Partial);
                break;
            case BinarySizeItem size:
                to.Word("BINARY.SIZE").Raw("[").Raw(Part(size.Part)).Raw("]");
                break;
            default:
                throw new ArgumentException($"{item.GetType().Name} is not written here");
        }
    }

    private static void WriteSection(CommandOutput to, Section section)
    {
        to.Raw("[").Raw(Part(section.Part));
        if (section.Text != SectionText.Whole)
        {
            to.Raw(section.Part.Count > 0 ? "." : "").Word(section.Text switch
            {
                SectionText.HeaderFields => "HEADER.FIELDS",
                SectionText.HeaderFieldsNot => "HEADER.FIELDS.NOT",
                _ => section.Text.ToString().ToUpperInvariant(),
            });
        }

        if (section.Fields.Count > 0)
        {
            to.Sp().List(section.Fields, field => to.AString(field));
        }

        to.Raw("]");
    }

    private static void WritePartial(CommandOutput to, Partial? partial)
    {
        if (partial is not null)
        {
            to.Raw("<").Number(partial.First).Raw(".").Number(partial.Octets).Raw(">");
        }
    }

    private static string Part(IReadOnlyList<int> part) =>
        string.Join('.', part.Select(static number => number.ToString(CultureInfo.InvariantCulture)));
}
