using Imapd.Protocol.Fetch;
using Imapd.Protocol.Mime;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Fetch;

/// <summary>The octets that a section of a message stands for (RFC 9051 §6.4.5.1).</summary>
internal sealed class SectionContent
{
    private readonly Offset _start;
    private readonly Offset _end;
    private readonly byte[]? _fields;

    private SectionContent(Offset start, Offset end)
    {
        _start = start;
        _end = end;
    }

    private SectionContent(byte[] fields) => _fields = fields;

    /// <summary>How many octets there are on the wire.</summary>
    public long WireOctets => _fields?.Length ?? _end.Wire - _start.Wire;

    /// <summary>Finds a section.</summary>
    /// <param name="file">The message.</param>
    /// <param name="root">Its structure: all of it when a part is named, its header when that or TEXT is, else not needed.</param>
    /// <param name="section">What to find.</param>
    /// <returns>
    /// Null when there is no such part, or it has no such thing: only a message has HEADER and TEXT. The answer is NIL.
    /// </returns>
    public static SectionContent? Find(MessageFile file, MimeEntity? root, Section section)
    {
        var end = new Offset(file.RawOctets, file.WireOctets);
        if (section.Part.Count == 0)
        {
            return section.Text switch
            {
                SectionText.Whole => new SectionContent(default, end),
                SectionText.Text => new SectionContent(root!.BodyStart, end),
                _ => Header(file, root!, section),
            };
        }

        if (root!.FindPart(section.Part) is not { } part)
        {
            return null;
        }

        if (section.Text == SectionText.Whole)
        {
            return new SectionContent(part.BodyStart, part.End);
        }

        if (section.Text == SectionText.Mime)
        {
            return new SectionContent(part.HeaderStart, part.BodyStart);
        }

        if (!part.IsMessage)
        {
            return null;
        }

        MimeEntity inner = part.Parts[0];
        return section.Text == SectionText.Text
            ? new SectionContent(inner.BodyStart, inner.End)
            : Header(file, inner, section);
    }

    /// <summary>Writes octets of the section, exactly as many as asked for.</summary>
    /// <param name="file">The message it was found in.</param>
    /// <param name="sink">Where to.</param>
    /// <param name="first">The first one, from 0.</param>
    /// <param name="octets">How many; first and these lie inside.</param>
    public void CopyTo(MessageFile file, IOctetSink sink, long first, long octets)
    {
        if (_fields is not null)
        {
            sink.Write(_fields.AsSpan((int)first, (int)octets));
        }
        else
        {
            file.CopyWire(sink, _start, _end, first, octets);
        }
    }

    private static SectionContent Header(MessageFile file, MimeEntity message, Section section) => section.Text switch
    {
        SectionText.HeaderFields => new SectionContent(
            HeaderFields.Select(file.HeaderOf(message), section.Fields, complement: false)),
        SectionText.HeaderFieldsNot => new SectionContent(
            HeaderFields.Select(file.HeaderOf(message), section.Fields, complement: true)),
        _ => new SectionContent(message.HeaderStart, message.BodyStart),
    };
}
