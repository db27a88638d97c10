using System.Numerics;
using System.Runtime.InteropServices;

namespace Imapd.Storage.Maildir.Index;

/// <summary>CRC-32C as iSCSI has it (RFC 7143 §13.1): it begins with all ones, so that zeros do not check as right.</summary>
internal static class Checksum
{
    /// <summary>The checksum of octets.</summary>
    public static uint Of(ReadOnlySpan<byte> octets) => Of(0, octets);

    /// <summary>The checksum of octets that follow others.</summary>
    /// <param name="before">The checksum of the others; any number, when what is meant is that they belong together.</param>
    /// <param name="octets">The octets.</param>
    public static uint Of(uint before, ReadOnlySpan<byte> octets)
    {
        uint crc = ~before;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(octets);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte octet in octets[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, octet);
        }

        return ~crc;
    }
}
