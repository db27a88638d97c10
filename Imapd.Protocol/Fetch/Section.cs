using System.Globalization;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Fetch;

/// <summary>What of a part a section names (RFC 9051 §6.4.5, <c>section-text</c>).</summary>
public enum SectionText
{
    /// <summary>All of it: the part's body, or the whole message when no part is named.</summary>
    Whole,

    /// <summary><c>HEADER</c>: the header of a message.</summary>
    Header,

    /// <summary><c>HEADER.FIELDS</c>: the named fields of it.</summary>
    HeaderFields,

    /// <summary><c>HEADER.FIELDS.NOT</c>: all but the named fields of it.</summary>
    HeaderFieldsNot,

    /// <summary><c>TEXT</c>: the body of a message.</summary>
    Text,

    /// <summary><c>MIME</c>: the MIME header of a part.</summary>
    Mime,
}

/// <summary>A section of a message as FETCH names it between brackets (RFC 9051 §6.4.5.1).</summary>
/// <param name="Part">The part's number, level by level, each from 1; empty for the message itself.</param>
/// <param name="Text">What of that part.</param>
/// <param name="Fields">The field names as the client wrote them; empty unless <paramref name="Text"/> names fields.</param>
public sealed record Section(IReadOnlyList<int> Part, SectionText Text, IReadOnlyList<string> Fields)
{
    /// <summary>Writes the section with its brackets, as the answer must repeat it.</summary>
    public void Write(ResponseWriter writer)
    {
        writer.Raw("["u8);
        WritePart(writer, Part);
        if (Text != SectionText.Whole && Part.Count > 0)
        {
            writer.Raw("."u8);
        }

        writer.Raw(Text switch
        {
            SectionText.Header => "HEADER",
            SectionText.HeaderFields => "HEADER.FIELDS (",
            SectionText.HeaderFieldsNot => "HEADER.FIELDS.NOT (",
            SectionText.Text => "TEXT",
            SectionText.Mime => "MIME",
            _ => "",
        });

        if (Text is SectionText.HeaderFields or SectionText.HeaderFieldsNot)
        {
            for (int field = 0; field < Fields.Count; field++)
            {
                if (field > 0)
                {
                    writer.Sp();
                }

                writer.AString(Fields[field]);
            }

            writer.Raw(")"u8);
        }

        writer.Raw("]"u8);
    }

    /// <summary>Writes a part's number, <c>1.2</c>, without brackets.</summary>
    internal static void WritePart(ResponseWriter writer, IReadOnlyList<int> part) =>
        writer.Raw(string.Join('.', part.Select(static number => number.ToString(CultureInfo.InvariantCulture))));
}
