using System.Collections.Frozen;
using System.Text;

namespace Imapd.Protocol.Mime;

/// <summary>The charsets that text is read in (RFC 2045 §5.1, RFC 2047 §2).</summary>
public static class Charsets
{
    // The longest names that are registered have about 45 characters.
    private const int MaxNameCharacters = 64;

    // Known by name, and not in the code pages' list of themselves.
    private static readonly string[] Unlisted = ["EUC-KR", "GB18030", "HZ-GB-2312", "ISO-2022-JP", "ISO-2022-KR", "ISO-8859-8-I"];

    // Not asked of Encoding.GetEncoding, which throws for an unknown name: a header can name a million of them. UTF-7 is
    // not here: it hides text from whoever filters mail.
    private static readonly FrozenDictionary<string, Encoding> BuiltIn = new Dictionary<string, Encoding>
    {
        ["utf-8"] = Encoding.UTF8,
        ["utf8"] = Encoding.UTF8,
        ["unicode-1-1-utf-8"] = Encoding.UTF8,
        ["us-ascii"] = Encoding.ASCII,
        ["ascii"] = Encoding.ASCII,
        ["ansi_x3.4-1968"] = Encoding.ASCII,
        ["iso646-us"] = Encoding.ASCII,
        ["us"] = Encoding.ASCII,
        ["iso-8859-1"] = Encoding.Latin1,
        ["iso8859-1"] = Encoding.Latin1,
        ["iso_8859-1"] = Encoding.Latin1,
        ["latin1"] = Encoding.Latin1,
        ["l1"] = Encoding.Latin1,
        ["cp819"] = Encoding.Latin1,
        ["utf-16"] = Encoding.Unicode,
        ["utf-16le"] = Encoding.Unicode,
        ["utf-16be"] = Encoding.BigEndianUnicode,
        ["utf-32"] = Encoding.UTF32,
        ["utf-32le"] = Encoding.UTF32,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>One name of each charset, in capitals, for a client that asked for another.</summary>
    public static IEnumerable<string> Names =>
        new[] { "UTF-8", "US-ASCII", "ISO-8859-1", "UTF-16", "UTF-16BE", "UTF-32" }
            .Concat(Unlisted.Where(static name => Find(name) is not null))
            .Concat(CodePagesEncodingProvider.Instance.GetEncodings().Select(static info => info.Name.ToUpperInvariant()).Order(StringComparer.Ordinal))
            .Distinct();

    /// <summary>
    /// For text whose charset is not known: what is valid UTF-8 is that, and every other octet is the character of its
    /// number, as in Latin-1.
    /// </summary>
    public static Encoding Octets { get; } =
        Encoding.GetEncoding(Encoding.UTF8.CodePage, EncoderFallback.ReplacementFallback, new OctetFallback());

    /// <summary>
    /// The encoding of this name, without regard to case, or null when it is not known. What is no text in it is decoded
    /// to U+FFFD or a question mark, never to an exception.
    /// </summary>
    public static Encoding? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > MaxNameCharacters)
        {
            return null;
        }

        return BuiltIn.TryGetValue(name, out Encoding? found) ? found : CodePagesEncodingProvider.Instance.GetEncoding(name);
    }
}
