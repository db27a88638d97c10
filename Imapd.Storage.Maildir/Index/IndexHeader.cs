using System.Buffers.Binary;

namespace Imapd.Storage.Maildir.Index;

/// <summary>The first 512 octets of <c>imapd.index</c>: what the snapshot is of, and where its parts are.</summary>
/// <param name="UidValidity">The mailbox's UIDVALIDITY.</param>
/// <param name="MailboxId">Its identity, 32 hexadecimal digits; empty when it has none.</param>
/// <param name="Rows">How many records there are.</param>
/// <param name="NamesOctets">The length of the heap of names.</param>
/// <param name="Expunged">How many messages are remembered as gone.</param>
/// <param name="ExpungedFloor">Messages that went at this mod-sequence or before may not be among them.</param>
/// <param name="BlocksChecksum">The checksum of the blocks' checksums.</param>
/// <param name="Summary">The rest, as of the snapshot.</param>
internal sealed record IndexHeader(
    uint UidValidity,
    string MailboxId,
    uint Rows,
    long NamesOctets,
    uint Expunged,
    ulong ExpungedFloor,
    uint BlocksChecksum,
    IndexSummary Summary)
{
    /// <summary>The length.</summary>
    public const int Octets = 512;

    /// <summary>What has a checksum of its own.</summary>
    public const int BlockOctets = 64 * 1024;

    /// <summary>The length of a message remembered as gone: UID and mod-sequence.</summary>
    public const int ExpungedOctets = 12;

    private const uint Version = 2;
    private const int ChecksumAt = 12;
    private const int PartsAt = 48;
    private const int PartsOctets = 80;
    private const int ExpungedFloorAt = PartsAt + PartsOctets;
    private const int BlocksChecksumAt = ExpungedFloorAt + sizeof(ulong);
    private const int SummaryAt = 144;

    // Some fifty million messages; a larger claim is not worth the address space.
    private const long MaxBodyOctets = 1L << 34;

    private static ReadOnlySpan<byte> Magic => "imapdidx"u8;

    /// <summary>Where the names begin in the body, behind the records.</summary>
    public long NamesAt => (long)Rows * IndexRecord.Octets;

    /// <summary>Where the messages that are gone begin in the body.</summary>
    public long ExpungedAt => NamesAt + NamesOctets;

    /// <summary>Where the <see cref="NameOrder"/> begins in the body, behind the messages that are gone.</summary>
    public long NameOrderAt => ExpungedAt + ((long)Expunged * ExpungedOctets);

    /// <summary>The length of records, names, messages that are gone and the order of names, together.</summary>
    public long BodyOctets => NameOrderAt + ((long)Rows * NameOrder.EntryOctets);

    /// <summary>How many blocks the body has.</summary>
    public int Blocks => (int)((BodyOctets + BlockOctets - 1) / BlockOctets);

    /// <summary>Where the blocks' checksums begin in the file.</summary>
    public long ChecksumsAt => Octets + BodyOctets;

    /// <summary>The length of the snapshot; the journal begins there.</summary>
    public long SnapshotOctets => ChecksumsAt + ((long)Blocks * sizeof(uint));

    /// <summary>The version of an index that a release before or after this one wrote; null for one of ours, and for what is none.</summary>
    /// <param name="from">The beginning of the file.</param>
    public static uint? OtherVersion(ReadOnlySpan<byte> from) =>
        from.Length >= ChecksumAt && from.StartsWith(Magic) && BinaryPrimitives.ReadUInt32LittleEndian(from[8..]) is var version && version != Version
            ? version
            : null;

    /// <summary>Reads and checks a header.</summary>
    /// <param name="from">The beginning of the file.</param>
    /// <param name="fileOctets">The length of the file.</param>
    /// <param name="whyNot">What is wrong with it, when null is returned.</param>
    public static IndexHeader? Read(ReadOnlySpan<byte> from, long fileOctets, out string? whyNot)
    {
        if (from.Length < Octets || !from.StartsWith(Magic))
        {
            whyNot = from.Length < Octets ? "it is too short" : "it is no index";
            return null;
        }

        if (OtherVersion(from) is { } version)
        {
            whyNot = $"it is of version {version}, not {Version}";
            return null;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(from[ChecksumAt..]) != ChecksumOf(from)
            || BinaryPrimitives.ReadUInt16LittleEndian(from[16..]) != IndexRecord.Octets)
        {
            whyNot = "its header is damaged";
            return null;
        }

        var header = new IndexHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(from[36..]),
            IdOf(from.Slice(20, 16)),
            BinaryPrimitives.ReadUInt32LittleEndian(from[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[(PartsAt + 24)..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[44..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[ExpungedFloorAt..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[BlocksChecksumAt..]),
            IndexSummary.Read(from[SummaryAt..]));
        whyNot = header.IsPossible(from, fileOctets) ? null : "it is cut off, or its lengths are wrong";
        return whyNot is null ? header : null;
    }

    /// <summary>Writes it, <see cref="Octets"/> long.</summary>
    public void Write(Span<byte> to)
    {
        to[..Octets].Clear();
        Magic.CopyTo(to);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], Version);
        BinaryPrimitives.WriteUInt16LittleEndian(to[16..], IndexRecord.Octets);
        if (MailboxId.Length == 32)
        {
            Convert.FromHexString(MailboxId).CopyTo(to[20..]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(to[36..], UidValidity);
        BinaryPrimitives.WriteUInt32LittleEndian(to[40..], Rows);
        BinaryPrimitives.WriteUInt32LittleEndian(to[44..], Expunged);
        WriteParts(to[PartsAt..]);
        BinaryPrimitives.WriteUInt64LittleEndian(to[ExpungedFloorAt..], ExpungedFloor);
        BinaryPrimitives.WriteUInt32LittleEndian(to[BlocksChecksumAt..], BlocksChecksum);
        Summary.Write(to[SummaryAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(to[ChecksumAt..], ChecksumOf(to));
    }

    // Offset and length of records, names, messages that are gone, order of names, and checksums: for whoever reads the file
    // without this code.
    private void WriteParts(Span<byte> to)
    {
        ReadOnlySpan<long> parts =
        [
            Octets, NamesAt,
            Octets + NamesAt, NamesOctets,
            Octets + ExpungedAt, NameOrderAt - ExpungedAt,
            Octets + NameOrderAt, BodyOctets - NameOrderAt,
            ChecksumsAt, SnapshotOctets - ChecksumsAt,
        ];
        for (int i = 0; i < parts.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(to[(i * sizeof(long))..], parts[i]);
        }
    }

    private bool IsPossible(ReadOnlySpan<byte> from, long fileOctets)
    {
        if (NamesOctets is < 0 or > MaxBodyOctets || BodyOctets > MaxBodyOctets || SnapshotOctets > fileOctets || UidValidity == 0)
        {
            return false;
        }

        Span<byte> parts = stackalloc byte[PartsOctets];
        WriteParts(parts);
        return parts.SequenceEqual(from.Slice(PartsAt, PartsOctets)) && Summary.Messages == Rows;
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> header) =>
        Checksum.Of(Checksum.Of(header[..ChecksumAt]), header[(ChecksumAt + sizeof(uint))..Octets]);

    private static string IdOf(ReadOnlySpan<byte> id) =>
        id.IndexOfAnyExcept((byte)0) < 0 ? string.Empty : Convert.ToHexStringLower(id);
}
