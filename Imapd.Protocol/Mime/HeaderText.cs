using System.Text;

namespace Imapd.Protocol.Mime;

/// <summary>Makes text for people, and for SEARCH, of a header field's value (RFC 2047 §6).</summary>
public static class HeaderText
{
    /// <summary>
    /// Unfolds a value and decodes its encoded words (RFC 2047); white space between two of them goes, and a character may
    /// be split over several of the same charset. Other 8-bit text is UTF-8 (RFC 6532) if it is valid as that, else
    /// Latin-1. An encoded word of an unknown charset is read in the same way.
    /// </summary>
    public static string Decode(ReadOnlySpan<byte> rawValue)
    {
        byte[] value = HeaderFields.Unfold(rawValue);
        var text = new StringBuilder(value.Length);
        var pending = new PendingWords(text);
        int plain = 0;
        int at = 0;
        while (true)
        {
            int found = value.AsSpan(at).IndexOf("=?"u8);
            if (found < 0)
            {
                break;
            }

            at += found;
            if (!EncodedWord.TryRead(value.AsSpan(at), out EncodedWord word))
            {
                at += 2;
                continue;
            }

            ReadOnlySpan<byte> between = value.AsSpan(plain, at - plain);
            if (!pending.HasWord || !between.Trim(" \t"u8).IsEmpty)
            {
                pending.Flush();
                AppendPlain(text, between);
            }

            pending.Add(word.Charset, word.Octets);
            at += word.Length;
            plain = at;
        }

        pending.Flush();
        AppendPlain(text, value.AsSpan(plain));
        return text.ToString();
    }

    private static void AppendPlain(StringBuilder text, ReadOnlySpan<byte> octets) =>
        text.Append((System.Text.Unicode.Utf8.IsValid(octets) ? Encoding.UTF8 : Encoding.Latin1).GetString(octets));

    // Octets of adjacent encoded words of one charset, decoded together.
    private sealed class PendingWords(StringBuilder text)
    {
        private readonly List<byte> _octets = [];
        private Encoding _charset = Encoding.UTF8;

        public bool HasWord { get; private set; }

        public void Add(Encoding charset, byte[] octets)
        {
            if (!charset.Equals(_charset))
            {
                Flush();
                _charset = charset;
            }

            _octets.AddRange(octets);
            HasWord = true;
        }

        public void Flush()
        {
            text.Append(_charset.GetString([.. _octets]));
            _octets.Clear();
            HasWord = false;
        }
    }
}
