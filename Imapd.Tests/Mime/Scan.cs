using System.Text;
using Imapd.Protocol.Mime;
using Imapd.Tests.Protocol;

namespace Imapd.Tests.Mime;

/// <summary>Scans messages written as text, one character per octet, lines ended by LF unless CRLF is written out.</summary>
internal static class Scan
{
    public static byte[] Octets(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> octets) => Encoding.Latin1.GetString(octets);

    public static MimeEntity Message(string text, MimeLimits? limits = null) => Message(Octets(text), limits);

    public static MimeEntity Message(
        byte[] octets, MimeLimits? limits = null, LineEnds lineEnds = LineEnds.LfIsCrlf, Func<int>? pieceOctets = null)
    {
        var scanner = new MimeScanner(lineEnds, limits ?? MimeLimits.Default);
        for (int at = 0; at < octets.Length;)
        {
            int length = Math.Min(pieceOctets?.Invoke() ?? octets.Length, octets.Length - at);
            scanner.Feed(octets.AsSpan(at, length));
            at += length;
        }

        return scanner.Finish();
    }

    public static string Structure(string text, bool extended = false, MimeLimits? limits = null) =>
        Structure(Message(text, limits), extended);

    public static string Structure(MimeEntity message, bool extended = false) =>
        Text(OctetCollector.Written(writer => BodyStructure.Write(writer, message, extended)));

    public static string EnvelopeOf(string header) => EnvelopeOf(Message(header));

    public static string EnvelopeOf(MimeEntity message) =>
        Text(OctetCollector.Written(writer => Envelope.Write(writer, message.Header)));

    /// <summary>The body in the octets of the file.</summary>
    public static string Body(string text, MimeEntity entity) =>
        text[(int)entity.BodyStart.Raw..(int)entity.End.Raw];

    public static string Body(string text, params int[] part) => Body(text, Message(text).FindPart(part)!);

    /// <summary>All there is to know of a tree, one line per entity.</summary>
    public static string Describe(MimeEntity entity)
    {
        var lines = new StringBuilder();
        var open = new Stack<(MimeEntity, int)>([(entity, 0)]);
        while (open.TryPop(out (MimeEntity Entity, int Level) at))
        {
            MimeEntity e = at.Entity;
            lines.Append(' ', at.Level).AppendLine(
                $"{e.Type}/{e.Subtype} {e.TransferEncoding} {e.HeaderStart} {e.BodyStart} {e.End} {e.BodyLines} {Text(e.Header.Span)}");
            foreach (MimeEntity part in e.Parts.Reverse())
            {
                open.Push((part, at.Level + 1));
            }
        }

        return lines.ToString();
    }
}
