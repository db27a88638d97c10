using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Imapd.Master.Supervision;

/// <summary>
/// Whom a connection is counted for: an IPv4 address, or the /64 of an IPv6 address, within which one customer has
/// more addresses than could ever be counted.
/// </summary>
/// <param name="Family">So that no two of different families are equal.</param>
/// <param name="Prefix">The address, or its first 64 bits.</param>
internal readonly record struct SourceAddress(AddressFamily Family, ulong Prefix)
{
    public static SourceAddress Of(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> octets = stackalloc byte[16];
        plain.TryWriteBytes(octets, out _);
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? new SourceAddress(AddressFamily.InterNetwork, BinaryPrimitives.ReadUInt32BigEndian(octets))
            : new SourceAddress(AddressFamily.InterNetworkV6, BinaryPrimitives.ReadUInt64BigEndian(octets));
    }
}
