using System.Buffers.Binary;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>The head of a segment: entries, then a directory of them in the order of UIDs, a <see cref="CachePointer"/> each.</summary>
/// <param name="Offset">Where the segment begins in the file.</param>
/// <param name="Octets">How long it is, header included.</param>
/// <param name="ReplacesFrom">
/// Segments from this place on are merged into this one and no longer read; its own <paramref name="Offset"/> when none is.
/// </param>
/// <param name="Directory">Where the directory begins, from <paramref name="Offset"/>; it ends where the segment does.</param>
/// <param name="FirstUid">The smallest UID in it.</param>
/// <param name="LastUid">The largest.</param>
internal readonly record struct SegmentHeader(
    long Offset, long Octets, long ReplacesFrom, long Directory, uint FirstUid, uint LastUid)
{
    /// <summary>Octets in the file.</summary>
    public const int HeaderOctets = 64;

    private const uint Magic = 0x6d676573;
    private const int SumPlace = 60;

    /// <summary>How many entries there are.</summary>
    public int Count => (int)((Octets - Directory) / CachePointer.Octets);

    /// <summary>Where it ends in the file.</summary>
    public long End => Offset + Octets;

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> header, uint seed)
    {
        header[..HeaderOctets].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], Octets);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], ReplacesFrom);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], Directory);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], FirstUid);
        BinaryPrimitives.WriteUInt32LittleEndian(header[44..], LastUid);
        BinaryPrimitives.WriteUInt32LittleEndian(header[SumPlace..], CacheChecksum.Of(seed, header[..SumPlace]));
    }

    /// <summary>Reads it; null when no whole segment begins here.</summary>
    /// <param name="header">What is in the file.</param>
    /// <param name="seed">What checksums begin with.</param>
    /// <param name="offset">Where in the file that is.</param>
    /// <param name="fileOctets">Where the file ends.</param>
    public static SegmentHeader? Read(ReadOnlySpan<byte> header, uint seed, long offset, long fileOctets)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(header[SumPlace..]) != CacheChecksum.Of(seed, header[..SumPlace]))
        {
            return null;
        }

        var read = new SegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(header[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[40..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[44..]));
        bool isPossible = read.Offset == offset
            && read.Octets is > HeaderOctets and <= uint.MaxValue
            && read.Octets <= fileOctets - offset
            && read.ReplacesFrom >= CacheHeader.Octets
            && read.ReplacesFrom <= offset
            && read.Directory is >= HeaderOctets
            && read.Directory < read.Octets
            && (read.Octets - read.Directory) % CachePointer.Octets == 0
            && (read.Octets - read.Directory) / CachePointer.Octets <= int.MaxValue / CachePointer.Octets;
        return isPossible ? read : null;
    }
}
