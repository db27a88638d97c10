using System.Buffers;

namespace Imapd.Protocol.Wire;

/// <summary>The octets that the grammar's terminals are made of (RFC 9051 §9).</summary>
internal static class OctetClasses
{
    /// <summary>The most octets of a tag that is taken: far more than clients use, and it is sent back.</summary>
    public const int MaxTagOctets = 64;

    // ATOM-CHAR     = <any CHAR except atom-specials>
    // atom-specials = "(" / ")" / "{" / SP / CTL / list-wildcards / quoted-specials / resp-specials
    /// <summary><c>ATOM-CHAR</c>.</summary>
    public static SearchValues<byte> Atom { get; } = Printable("(){%*\"\\]"u8);

    // ASTRING-CHAR  = ATOM-CHAR / resp-specials
    /// <summary><c>ASTRING-CHAR</c>.</summary>
    public static SearchValues<byte> AString { get; } = Printable("(){%*\"\\"u8);

    // tag = 1*<any ASTRING-CHAR except "+">
    /// <summary>The octets of a tag.</summary>
    public static SearchValues<byte> Tag { get; } = Printable("(){%*\"\\+"u8);

    // list-char = ATOM-CHAR / list-wildcards / resp-specials
    /// <summary><c>list-char</c>: the octets of a LIST pattern that is not a string.</summary>
    public static SearchValues<byte> ListMailbox { get; } = Printable("(){\"\\"u8);

    /// <summary>The length of the tag that <paramref name="line"/> begins with; 0 when there is none, or one too long.</summary>
    public static int TagLength(ReadOnlySpan<byte> line)
    {
        int end = line.IndexOfAnyExcept(Tag);
        int length = end < 0 ? line.Length : end;
        return length <= MaxTagOctets ? length : 0;
    }

    /// <summary>Whether a text is an <c>atom</c>.</summary>
    public static bool IsAtom(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAscii(c) || !Atom.Contains((byte)c))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    private static SearchValues<byte> Printable(ReadOnlySpan<byte> except)
    {
        var octets = new List<byte>();
        for (byte octet = 0x21; octet < 0x7F; octet++)
        {
            if (!except.Contains(octet))
            {
                octets.Add(octet);
            }
        }

        return SearchValues.Create(octets.ToArray());
    }
}
