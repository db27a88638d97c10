using System.Buffers.Binary;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Index;

/// <summary>What can be told of a mailbox without its records: at the head of the index and of every change to it.</summary>
internal readonly record struct IndexSummary
{
    /// <summary>The length in the file.</summary>
    public const int Octets = (4 * StampOctets) + 48;

    private const int StampOctets = 32;

    /// <summary>What the directories and lists looked like; those that are all zero are not to be believed.</summary>
    public LookStamps Stamps { get; init; }

    /// <summary>The UID to be given next.</summary>
    public uint NextUid { get; init; }

    /// <summary>The largest mod-sequence given so far.</summary>
    public ulong HighestModSeq { get; init; }

    /// <summary>How many messages there are.</summary>
    public uint Messages { get; init; }

    /// <summary>How many of them lack <c>\Seen</c>.</summary>
    public uint Unseen { get; init; }

    /// <summary>How many of them have <c>\Deleted</c>.</summary>
    public uint Deleted { get; init; }

    /// <summary>How many of them are in <c>new/</c>.</summary>
    public uint InNew { get; init; }

    /// <summary>How many of them have a size in wire form that is not known.</summary>
    public uint UnknownSizes { get; init; }

    /// <summary>The sizes in wire form that are known, together.</summary>
    public ulong WireOctets { get; init; }

    /// <summary>No message with a UID below this one lacks <c>\Seen</c>.</summary>
    public uint FirstUnseenHint { get; init; }

    /// <summary>How many lines the UID list has, those of messages that are gone among them.</summary>
    public uint UidListLines { get; init; }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static IndexSummary Read(ReadOnlySpan<byte> from)
    {
        ReadOnlySpan<byte> rest = from[(4 * StampOctets)..Octets];
        return new IndexSummary
        {
            Stamps = new LookStamps(
                ReadStamp(from), ReadStamp(from[StampOctets..]), ReadStamp(from[(2 * StampOctets)..]), ReadStamp(from[(3 * StampOctets)..])),
            HighestModSeq = BinaryPrimitives.ReadUInt64LittleEndian(rest),
            WireOctets = BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]),
            NextUid = BinaryPrimitives.ReadUInt32LittleEndian(rest[16..]),
            Messages = BinaryPrimitives.ReadUInt32LittleEndian(rest[20..]),
            Unseen = BinaryPrimitives.ReadUInt32LittleEndian(rest[24..]),
            Deleted = BinaryPrimitives.ReadUInt32LittleEndian(rest[28..]),
            InNew = BinaryPrimitives.ReadUInt32LittleEndian(rest[32..]),
            UnknownSizes = BinaryPrimitives.ReadUInt32LittleEndian(rest[36..]),
            FirstUnseenHint = BinaryPrimitives.ReadUInt32LittleEndian(rest[40..]),
            UidListLines = BinaryPrimitives.ReadUInt32LittleEndian(rest[44..]),
        };
    }

    /// <summary>Writes it, <see cref="Octets"/> long.</summary>
    public void Write(Span<byte> to)
    {
        WriteStamp(to, Stamps.New);
        WriteStamp(to[StampOctets..], Stamps.Cur);
        WriteStamp(to[(2 * StampOctets)..], Stamps.UidList);
        WriteStamp(to[(3 * StampOctets)..], Stamps.Keywords);
        Span<byte> rest = to[(4 * StampOctets)..Octets];
        BinaryPrimitives.WriteUInt64LittleEndian(rest, HighestModSeq);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], WireOctets);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[16..], NextUid);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[20..], Messages);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[24..], Unseen);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[28..], Deleted);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[32..], InNew);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[36..], UnknownSizes);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[40..], FirstUnseenHint);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[44..], UidListLines);
    }

    /// <summary>The counters with one message more.</summary>
    public IndexSummary With(in IndexRecord record) => this with
    {
        Messages = Messages + 1,
        Unseen = Unseen + (record.IsUnseen ? 1u : 0),
        Deleted = Deleted + (IsDeleted(record) ? 1u : 0),
        InNew = InNew + (record.IsInNew ? 1u : 0),
        UnknownSizes = UnknownSizes + (record.WireOctets < 0 ? 1u : 0),
        WireOctets = WireOctets + (ulong)Math.Max(record.WireOctets, 0),
        FirstUnseenHint = record.IsUnseen ? Math.Min(FirstUnseenHint, record.Uid) : FirstUnseenHint,
    };

    /// <summary>The counters with one message less.</summary>
    public IndexSummary Without(in IndexRecord record) => this with
    {
        Messages = Messages - 1,
        Unseen = Unseen - (record.IsUnseen ? 1u : 0),
        Deleted = Deleted - (IsDeleted(record) ? 1u : 0),
        InNew = InNew - (record.IsInNew ? 1u : 0),
        UnknownSizes = UnknownSizes - (record.WireOctets < 0 ? 1u : 0),
        WireOctets = WireOctets - (ulong)Math.Max(record.WireOctets, 0),
    };

    /// <summary>Whether both count the same messages.</summary>
    public bool CountsAs(IndexSummary other) =>
        (Messages, Unseen, Deleted, InNew, UnknownSizes, WireOctets)
        == (other.Messages, other.Unseen, other.Deleted, other.InNew, other.UnknownSizes, other.WireOctets);

    private static bool IsDeleted(in IndexRecord record) => (record.Flags & Protocol.Values.SystemFlags.Deleted) != 0;

    private static FileStamp ReadStamp(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(from),
        BinaryPrimitives.ReadInt64LittleEndian(from[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(from[24..]));

    private static void WriteStamp(Span<byte> to, FileStamp stamp)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to, stamp.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], stamp.Octets);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], stamp.ModifiedNanoseconds);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], stamp.ChangedNanoseconds);
    }
}
