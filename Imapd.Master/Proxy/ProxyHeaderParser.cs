using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text;

namespace Imapd.Master.Proxy;

/// <summary>
/// Reads a header of the PROXY protocol, version 1 (§2.1: a line of text) or 2 (§2.2: binary). Additional fields (§2.2.1) are
/// passed over, but for the checksum of the header (§2.2.3), which has to be right where there is one.
/// </summary>
internal static class ProxyHeaderParser
{
    /// <summary>
    /// The longest header, in octets. §2.2 allows 64 KB; addresses are 216 at most, and of the additional fields only names
    /// (255 octets) and what is said of a client's certificate need some hundreds.
    /// </summary>
    public const int MaxOctets = 4096;

    private const int MaxLineOctets = 107;
    private const int FixedOctets = 16;
    private const int Ipv4Octets = 12;
    private const int Ipv6Octets = 36;
    private const int UnixOctets = 216;
    private const int FieldHeadOctets = 3;
    private const byte ChecksumField = 3;

    private static ReadOnlySpan<byte> Text => "PROXY "u8;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Looks for a header at the beginning of what a connection has sent so far.</summary>
    /// <param name="sent">All of it, from the first octet; <see cref="MaxOctets"/> are enough.</param>
    /// <param name="header">The header when it is whole, else null.</param>
    /// <param name="octets">How many octets of <paramref name="sent"/> belong to it; all of them while it is incomplete.</param>
    public static ProxyHeaderState Parse(ReadOnlySpan<byte> sent, out ProxyHeader? header, out int octets)
    {
        octets = sent.Length;
        header = null;
        if (BeginsAs(sent, Signature))
        {
            return sent.Length < FixedOctets ? ProxyHeaderState.Incomplete : ParseBinary(sent, out header, out octets);
        }
        return BeginsAs(sent, Text) ? ParseText(sent, out header, out octets) : ProxyHeaderState.Malformed;
    }

    private static bool BeginsAs(ReadOnlySpan<byte> sent, ReadOnlySpan<byte> start)
    {
        int common = Math.Min(sent.Length, start.Length);
        return sent[..common].SequenceEqual(start[..common]);
    }

    private static ProxyHeaderState ParseText(ReadOnlySpan<byte> sent, out ProxyHeader? header, out int octets)
    {
        header = null;
        octets = sent.Length;
        ReadOnlySpan<byte> line = sent[..Math.Min(sent.Length, MaxLineOctets)];
        int end = line.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0 || (end == line.Length - 1 && line[end] == '\r'))
        {
            return sent.Length < MaxLineOctets ? ProxyHeaderState.Incomplete : ProxyHeaderState.Malformed;
        }
        if (!line[end..].StartsWith("\r\n"u8))
        {
            return ProxyHeaderState.Malformed;
        }
        octets = end + 2;
        header = ReadWords(Encoding.Latin1.GetString(line[..end]).Split(' '));
        return header is null ? ProxyHeaderState.Malformed : ProxyHeaderState.Whole;
    }

    // "PROXY TCP4 source destination port port", one space between two words; behind "PROXY UNKNOWN" may stand anything.
    private static ProxyHeader? ReadWords(string[] words)
    {
        if (words[1] == "UNKNOWN")
        {
            return ProxyHeader.Nobody;
        }
        AddressFamily? family = words[1] switch
        {
            "TCP4" => AddressFamily.InterNetwork,
            "TCP6" => AddressFamily.InterNetworkV6,
            _ => null,
        };
        return family is AddressFamily known && words.Length == 6
            && ReadAddress(words[2], known) is IPAddress source && ReadAddress(words[3], known) is IPAddress destination
            && ReadPort(words[4]) is int sourcePort && ReadPort(words[5]) is int destinationPort
                ? new ProxyHeader(new IPEndPoint(source, sourcePort), new IPEndPoint(destination, destinationPort))
                : null;
    }

    // IPAddress.TryParse takes more than an address: "1", "0x7f.1", "010.0.0.1", "[::1]:993", "fe80::1%2".
    private static IPAddress? ReadAddress(string text, AddressFamily family)
    {
        bool isPlain = text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.');
        return isPlain && IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == family
            && (family == AddressFamily.InterNetworkV6 || address.ToString() == text)
                ? address
                : null;
    }

    private static int? ReadPort(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && (text.Length == 1 || text[0] != '0')
            ? port
            : null;

    private static ProxyHeaderState ParseBinary(ReadOnlySpan<byte> sent, out ProxyHeader? header, out int octets)
    {
        header = null;
        octets = sent.Length;
        int version = sent[12] >> 4;
        int command = sent[12] & 0xf;
        int family = sent[13] >> 4;
        int protocol = sent[13] & 0xf;
        int length = FixedOctets + BinaryPrimitives.ReadUInt16BigEndian(sent[14..]);
        if (version != 2 || command > 1 || length > MaxOctets || (command == 1 && (family > 3 || protocol > 2)))
        {
            return ProxyHeaderState.Malformed;
        }
        if (sent.Length < length)
        {
            return ProxyHeaderState.Incomplete;
        }
        octets = length;
        header = command == 0 ? ProxyHeader.Nobody : ReadBlock(sent[..length], family, protocol);
        return header is null ? ProxyHeaderState.Malformed : ProxyHeaderState.Whole;
    }

    private static ProxyHeader? ReadBlock(ReadOnlySpan<byte> whole, int family, int protocol)
    {
        int addressOctets = family switch
        {
            1 => Ipv4Octets,
            2 => Ipv6Octets,
            3 => UnixOctets,
            _ => 0,
        };
        if (whole.Length < FixedOctets + addressOctets || !AreFieldsRight(whole, FixedOctets + addressOctets))
        {
            return null;
        }
        // Sockets of the Unix domain, and datagrams, are nobody's address here (§2.2: as if it were not specified).
        return protocol == 1 && family is 1 or 2
            ? ReadAddresses(whole.Slice(FixedOctets, addressOctets), (addressOctets - 4) / 2)
            : ProxyHeader.Nobody;
    }

    private static ProxyHeader ReadAddresses(ReadOnlySpan<byte> block, int each) => new(
        new IPEndPoint(new IPAddress(block[..each]), BinaryPrimitives.ReadUInt16BigEndian(block[(2 * each)..])),
        new IPEndPoint(new IPAddress(block.Slice(each, each)), BinaryPrimitives.ReadUInt16BigEndian(block[((2 * each) + 2)..])));

    private static bool AreFieldsRight(ReadOnlySpan<byte> whole, int at)
    {
        while (at < whole.Length)
        {
            if (whole.Length - at < FieldHeadOctets)
            {
                return false;
            }
            int length = BinaryPrimitives.ReadUInt16BigEndian(whole[(at + 1)..]);
            int value = at + FieldHeadOctets;
            if (length > whole.Length - value || (whole[at] == ChecksumField && !IsChecksumRight(whole, value, length)))
            {
                return false;
            }
            at = value + length;
        }
        return true;
    }

    // CRC32C over the header, the checksum itself as zeros (RFC 9260, appendix A).
    private static bool IsChecksumRight(ReadOnlySpan<byte> whole, int at, int length)
    {
        if (length != sizeof(uint))
        {
            return false;
        }
        uint checksum = uint.MaxValue;
        for (int index = 0; index < whole.Length; index++)
        {
            bool isChecksum = index >= at && index < at + length;
            checksum = BitOperations.Crc32C(checksum, isChecksum ? (byte)0 : whole[index]);
        }
        return ~checksum == BinaryPrimitives.ReadUInt32BigEndian(whole[at..]);
    }
}
