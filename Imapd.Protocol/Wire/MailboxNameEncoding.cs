using System.Text;

namespace Imapd.Protocol.Wire;

/// <summary>Modified UTF-7, how names with more than ASCII are written to clients of IMAP4rev1 (RFC 3501 §5.1.3) and on disk.</summary>
/// <remarks>
/// Printable ASCII stands for itself, "&amp;" is written "&amp;-", and everything else is UTF-16 in a base64 with "," for
/// "/" and without padding, between "&amp;" and "-".
/// </remarks>
public static class MailboxNameEncoding
{
    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

    /// <summary>The one modified UTF-7 form of a text.</summary>
    public static string ToModifiedUtf7(string text)
    {
        var encoded = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '&')
            {
                encoded.Append("&-");
            }
            else if (IsDirect(text[i]))
            {
                encoded.Append(text[i]);
            }
            else
            {
                int start = i;
                while (i + 1 < text.Length && !IsDirect(text[i + 1]))
                {
                    i++;
                }

                EncodeShifted(text.AsSpan(start, i + 1 - start), encoded);
            }
        }

        return encoded.ToString();
    }

    /// <summary>Decodes modified UTF-7.</summary>
    /// <param name="encoded">Anything.</param>
    /// <param name="text">The text, when true is returned; else empty.</param>
    /// <returns>
    /// False when it is not modified UTF-7, or not the one form a text has in it: two names on the wire must not be one
    /// mailbox.
    /// </returns>
    public static bool TryFromModifiedUtf7(string encoded, out string text)
    {
        text = "";
        var decoded = new StringBuilder(encoded.Length);
        for (int i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '&')
            {
                decoded.Append(encoded[i]);
                continue;
            }

            int end = encoded.IndexOf('-', i);
            if (end < 0)
            {
                return false;
            }

            if (end == i + 1)
            {
                decoded.Append('&');
            }
            else if (!TryDecodeShifted(encoded.AsSpan(i + 1, end - i - 1), decoded))
            {
                return false;
            }

            i = end;
        }

        string candidate = decoded.ToString();
        if (!string.Equals(ToModifiedUtf7(candidate), encoded, StringComparison.Ordinal))
        {
            return false;
        }

        text = candidate;
        return true;
    }

    private static bool IsDirect(char c) => c is >= ' ' and <= '~';

    private static void EncodeShifted(ReadOnlySpan<char> units, StringBuilder encoded)
    {
        encoded.Append('&');
        uint bits = 0;
        int bitCount = 0;
        foreach (char unit in units)
        {
            bits = (bits << 16) | unit;
            bitCount += 16;
            while (bitCount >= 6)
            {
                bitCount -= 6;
                encoded.Append(Digits[(int)(bits >> bitCount) & 63]);
            }
        }

        if (bitCount > 0)
        {
            encoded.Append(Digits[(int)(bits << (6 - bitCount)) & 63]);
        }

        encoded.Append('-');
    }

    private static bool TryDecodeShifted(ReadOnlySpan<char> digits, StringBuilder decoded)
    {
        uint bits = 0;
        int bitCount = 0;
        foreach (char digit in digits)
        {
            int value = Digits.IndexOf(digit, StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }

            bits = (bits << 6) | (uint)value;
            bitCount += 6;
            if (bitCount >= 16)
            {
                bitCount -= 16;
                decoded.Append((char)(bits >> bitCount));
            }
        }

        return true;
    }
}
