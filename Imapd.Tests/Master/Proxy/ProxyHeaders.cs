using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Imapd.Tests.Master.Proxy;

/// <summary>Headers of the PROXY protocol as proxies write them, and as they should not.</summary>
internal static class ProxyHeaders
{
    public const byte Proxy = 0x21;
    public const byte Local = 0x20;
    public const byte Tcp4 = 0x11;
    public const byte Tcp6 = 0x21;
    public const byte Unix = 0x31;
    private const byte ChecksumField = 3;

    public static byte[] Line(string text) => Encoding.Latin1.GetBytes(text + "\r\n");

    /// <summary>A header of version 2.</summary>
    public static byte[] Binary(byte command, byte family, params byte[] block)
    {
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)block.Length);
        return [.. "\r\n\r\n\0\r\nQUIT\n"u8, command, family, .. length, .. block];
    }

    /// <summary>Addresses and ports as version 2 has them.</summary>
    public static byte[] Addresses(string source, ushort sourcePort, string destination, ushort destinationPort)
    {
        byte[] ports = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(ports, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(ports.AsSpan(2), destinationPort);
        return [.. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(), .. ports];
    }

    public static byte[] Field(byte type, params byte[] value) => [type, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    /// <summary>The header with a field behind it that holds the right checksum.</summary>
    public static byte[] WithChecksum(byte command, byte family, byte[] block)
    {
        byte[] header = Binary(command, family, [.. block, .. Field(ChecksumField, 0, 0, 0, 0)]);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(header.Length - 4), Checksum(header));
        return header;
    }

    // As the RFC has it, bit by bit, and not as the code under test does it.
    private static uint Checksum(byte[] octets)
    {
        uint checksum = uint.MaxValue;
        foreach (byte octet in octets)
        {
            checksum ^= octet;
            for (int bit = 0; bit < 8; bit++)
            {
                checksum = (checksum >> 1) ^ ((checksum & 1) != 0 ? 0x82F63B78 : 0);
            }
        }
        return ~checksum;
    }
}
