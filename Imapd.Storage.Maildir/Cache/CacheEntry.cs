using System.Buffers.Binary;
using Imapd.Protocol.Mime;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>What a segment holds of one message.</summary>
/// <remarks>
/// Little-endian: CRC-32C of all that follows 4, UID 4, octets of the entry 4, line ends 1, <see cref="SentDay"/> 3, octets of
/// the message's file 8; then fields: kind 2, zero 2, octets 4, content.
/// </remarks>
internal static class CacheEntry
{
    /// <summary>Octets before the first field.</summary>
    public const int HeaderOctets = 24;

    /// <summary>Octets before a field's content.</summary>
    public const int FieldHeaderOctets = 8;

    /// <summary>No entry is larger; what would not fit is not kept.</summary>
    public const int MaxOctets = 64 * 1024;

    /// <summary>Writes the header; the fields stand behind it already.</summary>
    public static void Seal(Span<byte> entry, uint seed, uint uid, long rawOctets, LineEnds lineEnds, SentDay sent)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], uid);
        BinaryPrimitives.WriteInt32LittleEndian(entry[8..], entry.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], (byte)lineEnds | (sent.Stored << 8));
        BinaryPrimitives.WriteInt64LittleEndian(entry[16..], rawOctets);
        BinaryPrimitives.WriteUInt32LittleEndian(entry, CacheChecksum.Of(seed, entry[4..]));
    }

    /// <summary>Whether an entry is whole and that of the message.</summary>
    public static bool IsSound(ReadOnlySpan<byte> entry, uint seed, uint uid) =>
        entry.Length >= HeaderOctets
        && UidOf(entry) == uid
        && OctetsOf(entry) == entry.Length
        && BinaryPrimitives.ReadUInt32LittleEndian(entry) == CacheChecksum.Of(seed, entry[4..]);

    /// <summary>The message's UID.</summary>
    public static uint UidOf(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);

    /// <summary>How long the entry says it is.</summary>
    public static int OctetsOf(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadInt32LittleEndian(entry[8..]);

    /// <summary>How lines ended in the file.</summary>
    public static LineEnds LineEndsOf(ReadOnlySpan<byte> entry) => (LineEnds)entry[12];

    /// <summary>When the message was sent.</summary>
    public static SentDay SentOf(ReadOnlySpan<byte> entry) => new(BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]) >> 8);

    /// <summary>How long the file was.</summary>
    public static long RawOctetsOf(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadInt64LittleEndian(entry[16..]);

    /// <summary>Writes a field's header.</summary>
    public static void WriteFieldHeader(Span<byte> field, CacheKind kind, int octets)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(field, (ushort)kind);
        BinaryPrimitives.WriteInt32LittleEndian(field[4..], octets);
    }

    /// <summary>Takes the first field off.</summary>
    /// <param name="fields">The fields; afterwards those behind it.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="content">Its content.</param>
    /// <returns>False when there is none.</returns>
    public static bool TryReadField(scoped ref ReadOnlySpan<byte> fields, out CacheKind kind, out ReadOnlySpan<byte> content)
    {
        kind = default;
        content = default;
        if (fields.Length < FieldHeaderOctets)
        {
            return false;
        }

        kind = (CacheKind)BinaryPrimitives.ReadUInt16LittleEndian(fields);
        int octets = BinaryPrimitives.ReadInt32LittleEndian(fields[4..]);
        if (octets < 0 || octets > fields.Length - FieldHeaderOctets)
        {
            return false;
        }

        content = fields.Slice(FieldHeaderOctets, octets);
        fields = fields[(FieldHeaderOctets + octets)..];
        return true;
    }
}
