using System.Buffers.Binary;
using Imapd.Protocol.Mime;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Cache;
using Imapd.Tests.Cache;
using Imapd.Tests.Storage;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>The cache's file: garbage never makes a wrong answer. With checksums that are right again, it does no harm.</summary>
internal sealed class CacheTarget : FuzzTarget
{
    private const int Messages = 6;
    private const int PointerChecksumAt = CachePointer.Octets - sizeof(uint);

    private readonly TestTree _tree = new();
    private readonly string _path;
    private readonly uint _seed;
    private readonly bool _hasRightChecksums;
    private readonly List<byte[]> _seeds = [];

    public CacheTarget(bool hasRightChecksums)
    {
        _hasRightChecksums = hasRightChecksums;
        _path = Path.Combine(_tree.Root, "imapd.cache");
        for (int i = 0; i < Messages; i++)
        {
            _tree.Deliver();
        }

        Mailbox mailbox = _tree.Open();
        for (uint uid = 1; uid <= Messages; uid += 2)
        {
            CachedContent.Add(mailbox, uid, CachedContent.Kinds);
            CachedContent.Add(mailbox, uid + 1, CacheKind.Envelope);
            mailbox.Cache.Rest();
            _seeds.Add(File.ReadAllBytes(_path));
        }

        _seed = mailbox.Cache.OpenFile()!.Header.Seed;
    }

    public override string Name => _hasRightChecksums ? "cache-resealed" : "cache";

    public override int MaxInputOctets => 16 * 1024;

    public override IEnumerable<byte[]> Seeds => _seeds;

    // The mailbox is opened, and 64 KB are read ahead for each segment.
    public override long MaxAllocatedOctets(int inputOctets) => (4 << 20) + (100L * inputOctets);

    public override byte[] Repair(byte[] input, Random random)
    {
        if (_hasRightChecksums && input.Length >= CacheHeader.Octets)
        {
            Reseal(input);
        }

        return input;
    }

    public override object? Exercise(byte[] input)
    {
        File.WriteAllBytes(_path, input);
        using Mailbox mailbox = _tree.Store.Select(MailboxName.Inbox, readOnly: true);
        string way = "";
        for (uint uid = 1; uid <= Messages; uid++)
        {
            way += _hasRightChecksums
                ? Use(mailbox.Cache.Load(new Uid(uid))) + mailbox.Cache.SentDayOf(new Uid(uid)).Day?.Year
                : string.Concat(CachedContent.Held(mailbox, uid).Select(kind => (int)kind));
        }

        return way;
    }

    public override string Check(byte[] input, object? result) => (string)result!;

    public override void Dispose()
    {
        _tree.Dispose();
        base.Dispose();
    }

    private static string Use(CachedMessage message)
    {
        string way = message.TryGet(CacheKind.Parts, out ReadOnlySpan<byte> parts) ? $"parts {PartTree.TryRead(parts) is null}" : "";
        foreach (CacheKind kind in Enum.GetValues<CacheKind>())
        {
            way += message.TryGet(kind, out ReadOnlySpan<byte> content) ? $"{kind}{content.IsEmpty}" : "";
        }

        return $"{way} {message.InternalDate?.Year} {message.WireOctets >= 0} {message.RawOctets >= 0}";
    }

    private void Reseal(byte[] file)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(60), CacheChecksum.Of(0, file.AsSpan(0, 60)));
        foreach ((int start, int end) in SegmentsIn(file))
        {
            Span<byte> header = file.AsSpan(start, SegmentHeader.HeaderOctets);
            BinaryPrimitives.WriteUInt32LittleEndian(header[60..], CacheChecksum.Of(_seed, header[..60]));
            long directory = start + BinaryPrimitives.ReadInt64LittleEndian(header[32..]);
            for (long at = directory; at >= start && at + CachePointer.Octets <= end; at += CachePointer.Octets)
            {
                Span<byte> pointer = file.AsSpan((int)at, CachePointer.Octets);
                BinaryPrimitives.WriteUInt32LittleEndian(pointer[PointerChecksumAt..], CacheChecksum.Of(_seed, pointer[..PointerChecksumAt]));
                long entry = start + BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan((int)at + 4));
                long octets = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan((int)at + 8));
                if (octets >= CacheEntry.HeaderOctets && entry + octets <= end)
                {
                    Span<byte> whole = file.AsSpan((int)entry, (int)octets);
                    BinaryPrimitives.WriteUInt32LittleEndian(whole, CacheChecksum.Of(_seed, whole[4..]));
                }
            }
        }
    }

    private static List<(int Start, int End)> SegmentsIn(byte[] file)
    {
        var segments = new List<(int Start, int End)>();
        for (int at = CacheHeader.Octets; at + SegmentHeader.HeaderOctets <= file.Length;)
        {
            long octets = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at + 16));
            if (octets < SegmentHeader.HeaderOctets || octets > file.Length - at)
            {
                break;
            }

            segments.Add((at, at + (int)octets));
            at += (int)octets;
        }

        return segments;
    }
}
