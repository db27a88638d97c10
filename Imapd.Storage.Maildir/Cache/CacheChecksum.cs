using System.Numerics;
using System.Runtime.InteropServices;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>CRC-32C begun with the mailbox's identity, so that nothing of another mailbox's cache passes for its own.</summary>
internal static class CacheChecksum
{
    /// <summary>The checksum of octets.</summary>
    /// <param name="seed">What it begins with.</param>
    /// <param name="octets">What is summed up.</param>
    public static uint Of(uint seed, ReadOnlySpan<byte> octets)
    {
        uint sum = ~seed;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(octets);
        foreach (ulong word in words)
        {
            sum = BitOperations.Crc32C(sum, word);
        }

        foreach (byte octet in octets[(words.Length * sizeof(ulong))..])
        {
            sum = BitOperations.Crc32C(sum, octet);
        }

        return ~sum;
    }
}
