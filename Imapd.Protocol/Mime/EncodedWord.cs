using System.Text;

namespace Imapd.Protocol.Mime;

/// <summary>An encoded word (RFC 2047 §2), somewhat longer ones and ones with spaces in them included.</summary>
/// <param name="Charset">What its octets are text in.</param>
/// <param name="Octets">What it encodes.</param>
/// <param name="Length">Octets it takes in the header.</param>
internal readonly record struct EncodedWord(Encoding Charset, byte[] Octets, int Length)
{
    // encoded-word = "=?" charset ["*" language] "?" encoding "?" encoded-text "?="
    /// <summary>Reads the encoded word that starts here, at a <c>=?</c>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out EncodedWord word)
    {
        // Each part is looked for up to the next "?" only: a header full of beginnings is not searched to its end for each.
        word = default;
        int charsetEnd = IndexOfMark(value, 2);
        if (charsetEnd < 0 || IndexOfMark(value, charsetEnd + 1) != charsetEnd + 2)
        {
            return false;
        }

        int textStart = charsetEnd + 3;
        int textEnd = IndexOfMark(value, textStart);
        if (textEnd < 0 || textEnd + 1 >= value.Length || value[textEnd + 1] != '=')
        {
            return false;
        }

        ReadOnlySpan<byte> name = value[2..charsetEnd];
        int language = name.IndexOf((byte)'*');
        Encoding? charset = name.Length > 100 ? null : Charsets.Find(
            Encoding.Latin1.GetString(language < 0 ? name : name[..language])) ?? Charsets.Octets;
        ReadOnlySpan<byte> text = value[textStart..textEnd];
        byte[]? octets = value[charsetEnd + 1] switch
        {
            (byte)'q' or (byte)'Q' => DecodeQ(text),
            (byte)'b' or (byte)'B' => DecodeAll(new Base64Decoder(), text),
            _ => null,
        };
        if (charset is null || octets is null)
        {
            return false;
        }

        word = new EncodedWord(charset, octets, textEnd + 2);
        return true;
    }

    private static int IndexOfMark(ReadOnlySpan<byte> value, int from)
    {
        int found = value[Math.Min(from, value.Length)..].IndexOf((byte)'?');
        return found < 0 ? -1 : from + found;
    }

    // RFC 2047 §4.2: as quoted-printable, but "_" is a space.
    private static byte[] DecodeQ(ReadOnlySpan<byte> text)
    {
        byte[] octets = text.ToArray();
        octets.AsSpan().Replace((byte)'_', (byte)' ');

        // The dot keeps a space at the end of the word, which quoted-printable would drop as the end of a line.
        byte[] decoded = DecodeAll(new QuotedPrintableDecoder(), [.. octets, (byte)'.']);
        return decoded[..^1];
    }

    private static byte[] DecodeAll(TransferDecoder decoder, ReadOnlySpan<byte> text)
    {
        // Neither encoding gives more octets than it takes.
        byte[] octets = new byte[text.Length + 1];
        int written = 0;
        int consumed;
        do
        {
            int more = decoder.Decode(text, octets.AsSpan(written), last: true, out consumed);
            text = text[consumed..];
            written += more;
            if (more == 0 && text.IsEmpty)
            {
                return octets[..written];
            }
        }
        while (true);
    }
}
