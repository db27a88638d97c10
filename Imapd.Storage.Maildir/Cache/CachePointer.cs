using System.Buffers.Binary;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>An entry's place in the directory of its segment, and what is asked of many messages without more of them.</summary>
/// <remarks>Little-endian: UID 4, place from the segment's begin 4, length 4, <see cref="SentDay"/> 4, CRC-32C of these 4.</remarks>
internal static class CachePointer
{
    /// <summary>Octets of one.</summary>
    public const int Octets = 20;

    private const int SumPlace = 16;

    /// <summary>Writes one.</summary>
    public static void Write(Span<byte> pointer, uint seed, uint uid, uint offset, int octets, SentDay sent)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(pointer, uid);
        BinaryPrimitives.WriteUInt32LittleEndian(pointer[4..], offset);
        BinaryPrimitives.WriteInt32LittleEndian(pointer[8..], octets);
        BinaryPrimitives.WriteUInt32LittleEndian(pointer[12..], sent.Stored);
        BinaryPrimitives.WriteUInt32LittleEndian(pointer[SumPlace..], CacheChecksum.Of(seed, pointer[..SumPlace]));
    }

    /// <summary>The message's UID.</summary>
    public static uint UidOf(ReadOnlySpan<byte> pointer) => BinaryPrimitives.ReadUInt32LittleEndian(pointer);

    /// <summary>Where the entry begins, from the segment's begin.</summary>
    public static uint OffsetOf(ReadOnlySpan<byte> pointer) => BinaryPrimitives.ReadUInt32LittleEndian(pointer[4..]);

    /// <summary>How long the entry is.</summary>
    public static uint OctetsOf(ReadOnlySpan<byte> pointer) => BinaryPrimitives.ReadUInt32LittleEndian(pointer[8..]);

    /// <summary>When the message was sent. No entry vouches for it, so here the pointer's own checksum counts; unknown when it is wrong.</summary>
    public static SentDay SentOf(ReadOnlySpan<byte> pointer, uint seed) =>
        BinaryPrimitives.ReadUInt32LittleEndian(pointer[SumPlace..]) == CacheChecksum.Of(seed, pointer[..SumPlace])
            ? new SentDay(BinaryPrimitives.ReadUInt32LittleEndian(pointer[12..]))
            : default;
}
