using System.Text;
using Imapd.Protocol.Mime;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Search;

/// <summary>How the texts of a SEARCH are encoded (RFC 9051 §6.4.4).</summary>
internal sealed class SearchCharset
{
    private static readonly Lazy<string> BadCharset = new(static () => $"BADCHARSET ({string.Join(' ', Charsets.Names.Where(CanBeSent))})");

    // US-ASCII is UTF-8 with less in it; clients that name it, or none, and send UTF-8 are understood.
    private static readonly SearchCharset Utf8 =
        new(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));

    private readonly Encoding _encoding;

    private SearchCharset(Encoding encoding) => _encoding = encoding;

    /// <summary>Finds a charset.</summary>
    /// <param name="name">As the client named it; null when it named none.</param>
    /// <exception cref="ImapRefusedException">It is not known here.</exception>
    public static SearchCharset Find(string? name) => name?.ToUpperInvariant() switch
    {
        null or "UTF-8" or "US-ASCII" => Utf8,
        _ when CanBeSent(name) => new SearchCharset(Strict(Charsets.Find(name)!)),
        _ => throw new ImapRefusedException(BadCharset.Value, "The charset is not known, or cannot be sent in a command"),
    };

    // Where a letter of ASCII has several octets one of them is NUL, as in UTF-16, and no string of a command has that.
    private static bool CanBeSent(string name) => Charsets.Find(name)?.GetByteCount("a") == 1;

    // In ISO-2022 an escape is no character: where one has come through, it is cut off, or leads to a set that the charset lacks.
    private bool HasRestOfEscape(string text) => _encoding.CodePage is >= 50220 and <= 50229 && text.Contains('\x1B', StringComparison.Ordinal);

    private static Encoding Strict(Encoding encoding)
    {
        var strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return strict;
    }

    /// <summary>Decodes a text.</summary>
    /// <param name="octets">The text.</param>
    /// <param name="position">Where it stands, from 0.</param>
    /// <exception cref="ImapSyntaxException">It is not in this charset.</exception>
    public string Decode(ReadOnlySpan<byte> octets, int position)
    {
        try
        {
            // What holds nothing but whole escapes (ISO-2022-JP) or shifts (HZ) decodes to nothing, which would be in every message.
            string text = _encoding.GetString(octets);
            if (octets.IsEmpty || (text.Length > 0 && !HasRestOfEscape(text)))
            {
                return text;
            }
        }
        catch (DecoderFallbackException)
        {
            // Answered as the other.
        }

        throw CommandReader.ExpectedAt("text in the charset of the search", position);
    }
}
