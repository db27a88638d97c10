using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir.Index;

/// <summary>One change in the journal: length, checksum, summary after it, and what it does to each message.</summary>
/// <remarks>
/// The checksum begins with that of the snapshot's header, so that a frame of another file, left behind on the disk, is
/// none of this one.
/// </remarks>
internal static class JournalFrame
{
    /// <summary>Length and checksum.</summary>
    public const int HeadOctets = 8;

    /// <summary>The longest payload. More than that is written as a new snapshot.</summary>
    public const int MaxPayloadOctets = 8 << 20;

    private const int ChangedOctets = 21;
    private const int RemovedOctets = 13;
    private const int FactsOctets = 29;
    private const byte InNew = 1;
    private const byte HasName = 2;

    /// <summary>The frame for changes; null when it would be too long.</summary>
    /// <param name="seed">The checksum of the snapshot's header.</param>
    /// <param name="summary">The summary afterwards.</param>
    /// <param name="changes">The changes.</param>
    public static byte[]? Encode(uint seed, IndexSummary summary, IReadOnlyList<IndexChange> changes)
    {
        long octets = IndexSummary.Octets;
        foreach (IndexChange change in changes)
        {
            octets += OctetsOf(change);
        }

        if (octets > MaxPayloadOctets)
        {
            return null;
        }

        byte[] frame = new byte[HeadOctets + octets];
        Span<byte> payload = frame.AsSpan(HeadOctets);
        summary.Write(payload);
        Span<byte> rest = payload[IndexSummary.Octets..];
        foreach (IndexChange change in changes)
        {
            Write(rest, change);
            rest = rest[OctetsOf(change)..];
        }

        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)octets);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Checksum.Of(seed, payload));
        return frame;
    }

    /// <summary>The length that a frame claims for its payload; -1 for one that no frame has.</summary>
    public static int PayloadOctets(ReadOnlySpan<byte> head)
    {
        uint octets = BinaryPrimitives.ReadUInt32LittleEndian(head);
        return octets is >= IndexSummary.Octets and <= MaxPayloadOctets ? (int)octets : -1;
    }

    /// <summary>Reads a whole frame and adds what it says to the changes.</summary>
    /// <param name="seed">The checksum of the snapshot's header.</param>
    /// <param name="frame">Head and payload.</param>
    /// <param name="changes">Changes of earlier frames; null when only the summary is wanted.</param>
    /// <param name="summary">The summary after the frame.</param>
    /// <returns>False when it is not right; nothing was added then.</returns>
    public static bool TryDecode(uint seed, ReadOnlySpan<byte> frame, IndexChanges? changes, out IndexSummary summary)
    {
        summary = default;
        ReadOnlySpan<byte> payload = frame[HeadOctets..];
        if (BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]) != Checksum.Of(seed, payload))
        {
            return false;
        }

        if (changes is null)
        {
            summary = IndexSummary.Read(payload);
            return true;
        }

        var read = new List<IndexChange>();
        uint lastUid = changes.LastUid;
        ReadOnlySpan<byte> rest = payload[IndexSummary.Octets..];
        while (rest.Length > 0)
        {
            if (!TryRead(ref rest, out IndexChange change) || (change.Kind == IndexChangeKind.Added && change.Record.Uid <= lastUid))
            {
                return false;
            }

            lastUid = change.Kind == IndexChangeKind.Added ? change.Record.Uid : lastUid;
            read.Add(change);
        }

        summary = IndexSummary.Read(payload);
        changes.Take(read, summary);
        return true;
    }

    private static int OctetsOf(in IndexChange change) => change.Kind switch
    {
        IndexChangeKind.Added => 1 + IndexRecord.Octets + change.Name!.Length,
        IndexChangeKind.Changed => ChangedOctets + (change.Name is null ? 0 : sizeof(ushort) + change.Name.Length),
        IndexChangeKind.Removed => RemovedOctets,
        _ => FactsOctets,
    };

    private static void Write(Span<byte> to, in IndexChange change)
    {
        IndexRecord record = change.Record;
        to[0] = (byte)change.Kind;
        to = to[1..];
        switch (change.Kind)
        {
            case IndexChangeKind.Added:
                record.NameOffset = 0;
                record.NameOctets = (ushort)change.Name!.Length;
                MemoryMarshal.Write(to, in record);
                Encoding.Latin1.GetBytes(change.Name, to[IndexRecord.Octets..]);
                break;
            case IndexChangeKind.Changed:
                BinaryPrimitives.WriteUInt32LittleEndian(to, record.Uid);
                BinaryPrimitives.WriteUInt32LittleEndian(to[4..], record.Letters);
                BinaryPrimitives.WriteUInt64LittleEndian(to[8..], record.ModSeq);
                BinaryPrimitives.WriteUInt16LittleEndian(to[16..], (ushort)record.Flags);
                BinaryPrimitives.WriteUInt16LittleEndian(
                    to[18..], (ushort)((record.IsInNew ? InNew : 0) | (change.Name is null ? 0 : HasName)));
                if (change.Name is not null)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(to[20..], (ushort)change.Name.Length);
                    Encoding.Latin1.GetBytes(change.Name, to[22..]);
                }

                break;
            case IndexChangeKind.Removed:
                BinaryPrimitives.WriteUInt32LittleEndian(to, record.Uid);
                BinaryPrimitives.WriteUInt64LittleEndian(to[4..], record.ModSeq);
                break;
            default:
                BinaryPrimitives.WriteUInt32LittleEndian(to, record.Uid);
                BinaryPrimitives.WriteInt64LittleEndian(to[4..], record.InternalDateSeconds);
                BinaryPrimitives.WriteInt64LittleEndian(to[12..], record.RawOctets);
                BinaryPrimitives.WriteInt64LittleEndian(to[20..], record.WireOctets);
                break;
        }
    }

    private static bool TryRead(ref ReadOnlySpan<byte> from, out IndexChange change)
    {
        change = default;
        var kind = (IndexChangeKind)from[0];
        int octets = kind switch
        {
            IndexChangeKind.Added => 1 + IndexRecord.Octets,
            IndexChangeKind.Changed => ChangedOctets,
            IndexChangeKind.Removed => RemovedOctets,
            IndexChangeKind.Facts => FactsOctets,
            _ => int.MaxValue,
        };
        if (octets > from.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> fixedPart = from[1..octets];
        from = from[octets..];
        var record = IndexRecord.Of(BinaryPrimitives.ReadUInt32LittleEndian(fixedPart));
        string? name = null;
        switch (kind)
        {
            case IndexChangeKind.Added:
                record = MemoryMarshal.Read<IndexRecord>(fixedPart);
                if (!TryReadName(ref from, record.NameOctets, out name))
                {
                    return false;
                }

                break;
            case IndexChangeKind.Changed:
                record.Letters = BinaryPrimitives.ReadUInt32LittleEndian(fixedPart[4..]);
                record.ModSeq = BinaryPrimitives.ReadUInt64LittleEndian(fixedPart[8..]);
                record.Flags = (SystemFlags)BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[16..]);
                int bits = BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[18..]);
                record.IsInNew = (bits & InNew) != 0;
                if ((bits & HasName) != 0
                    && !(TryReadLength(ref from, out int length) && TryReadName(ref from, length, out name)))
                {
                    return false;
                }

                break;
            case IndexChangeKind.Removed:
                record.ModSeq = BinaryPrimitives.ReadUInt64LittleEndian(fixedPart[4..]);
                break;
            default:
                record.InternalDateSeconds = BinaryPrimitives.ReadInt64LittleEndian(fixedPart[4..]);
                record.RawOctets = BinaryPrimitives.ReadInt64LittleEndian(fixedPart[12..]);
                record.WireOctets = BinaryPrimitives.ReadInt64LittleEndian(fixedPart[20..]);
                break;
        }

        change = new IndexChange(kind, record, name);
        return record.Uid != 0;
    }

    private static bool TryReadLength(ref ReadOnlySpan<byte> from, out int length)
    {
        length = 0;
        if (from.Length < sizeof(ushort))
        {
            return false;
        }

        length = BinaryPrimitives.ReadUInt16LittleEndian(from);
        from = from[sizeof(ushort)..];
        return true;
    }

    private static bool TryReadName(ref ReadOnlySpan<byte> from, int length, out string? name)
    {
        name = null;
        if (length > from.Length)
        {
            return false;
        }

        name = Encoding.Latin1.GetString(from[..length]);
        from = from[length..];
        return MessageName.IsPossible(name) && name.AsSpan().IndexOfAny('/', '\0') < 0;
    }
}
