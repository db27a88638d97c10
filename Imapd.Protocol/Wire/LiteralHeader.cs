namespace Imapd.Protocol.Wire;

// literal       = "{" number64 ["+"] "}" CRLF *CHAR8
// literal8      = "~{" number64 ["+"] "}" CRLF *OCTET
/// <summary>The announcement of a literal at the end of a line (RFC 9051 §4.3, RFC 7888, RFC 3516 §4.2).</summary>
/// <param name="Octets">How many octets follow, as announced: anything up to 2^64-1.</param>
/// <param name="IsSynchronizing">The client waits for a continuation request before it sends them.</param>
/// <param name="IsBinary"><c>~{…}</c>: NUL is among them, perhaps.</param>
public readonly record struct LiteralHeader(ulong Octets, bool IsSynchronizing, bool IsBinary)
{
    /// <summary>The most octets a header can have: <c>~{</c>, 20 digits, <c>+}</c>.</summary>
    internal const int MaxOctets = 24;

    private const int MaxDigits = 20;

    /// <summary>Reads the header that a line without its CRLF ends in.</summary>
    /// <param name="line">A line, or at least its last <see cref="MaxOctets"/> octets.</param>
    /// <param name="header">What is announced, when true is returned.</param>
    /// <param name="length">How many octets at the end of the line are the header.</param>
    /// <returns>False when the line ends in none, or in one whose number does not fit 64 bits.</returns>
    internal static bool TryReadEnd(ReadOnlySpan<byte> line, out LiteralHeader header, out int length)
    {
        header = default;
        length = 0;
        if (line.Length < 3 || line[^1] != '}')
        {
            return false;
        }

        bool isSynchronizing = line[^2] != '+';
        ReadOnlySpan<byte> upToDigits = line[..^(isSynchronizing ? 1 : 2)];
        int open = upToDigits.LastIndexOf((byte)'{');
        if (open < 0 || !TryReadNumber(upToDigits[(open + 1)..], out ulong octets))
        {
            return false;
        }

        bool isBinary = open > 0 && line[open - 1] == '~';
        header = new LiteralHeader(octets, isSynchronizing, isBinary);
        length = line.Length - open + (isBinary ? 1 : 0);
        return true;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> digits, out ulong value)
    {
        value = 0;
        if (digits.Length is 0 or > MaxDigits)
        {
            return false;
        }

        foreach (byte digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            UInt128 next = ((UInt128)value * 10) + (uint)(digit - '0');
            if (next > ulong.MaxValue)
            {
                return false;
            }

            value = (ulong)next;
        }

        return true;
    }
}
