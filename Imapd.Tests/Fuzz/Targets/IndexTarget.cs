using System.Buffers.Binary;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Index;
using Imapd.Tests.Storage.Index;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>The index's file: damaged, it gives a right answer or none. With checksums that are right again, it does no harm.</summary>
internal sealed class IndexTarget : FuzzTarget
{
    private const int HeaderChecksumAt = 12;
    private const int BlocksChecksumAt = 120;

    private readonly IndexDirectory _directory = new();
    private readonly Dictionary<ulong, IndexModel> _models = [];
    private readonly List<byte[]> _seeds = [];
    private readonly bool _hasRightChecksums;

    public IndexTarget(bool hasRightChecksums)
    {
        _hasRightChecksums = hasRightChecksums;
        IndexModel model = _directory.Fill(12);
        Remember(model);
        for (int seed = 0; seed < 4; seed++)
        {
            model = model.Copy();
            using (IndexFile index = _directory.Open())
            {
                var changes = new IndexChanges(index.View);
                model.Change(new Random(seed), 5, changes);
                index.Append(changes);
            }

            Remember(model);
        }
    }

    public override string Name => _hasRightChecksums ? "index-resealed" : "index";

    public override int MaxInputOctets => 16 * 1024;

    public override IEnumerable<byte[]> Seeds => _seeds;

    public override byte[] Repair(byte[] input, Random random)
    {
        if (_hasRightChecksums && input.Length >= IndexHeader.Octets)
        {
            Reseal(input);
        }

        return input;
    }

    public override object? Exercise(byte[] input)
    {
        _directory.Octets = input;
        try
        {
            IndexFile? index = IndexFile.TryOpen(_directory.Handle, isRemote: input.Length % 2 == 0, out _);
            if (index is not null && _hasRightChecksums)
            {
                Walk(index.View);
            }

            return index;
        }
        catch (StoreException error) when (error.Error == StoreError.Corruption)
        {
            return null;
        }
    }

    public override string Check(byte[] input, object? result)
    {
        if (result is not IndexFile index)
        {
            return "none";
        }

        using (index)
        {
            if (!_hasRightChecksums)
            {
                Require(_models.TryGetValue(index.View.Summary.HighestModSeq, out IndexModel? model), () => "an index that never was");
                model!.AssertIs(index.View);
            }

            return $"{index.View.Count} {index.View.Summary.HighestModSeq} {index.View.ExpungedCount}";
        }
    }

    public override void Dispose()
    {
        _directory.Dispose();
        base.Dispose();
    }

    private static void Walk(IndexView view)
    {
        uint before = 0;
        for (int place = 0; place < view.Count; place++)
        {
            uint uid = view.UidAt(place);
            Require(uid > before, () => $"UID {uid} behind {before}");
            before = uid;
            _ = view.NameAt(place);
            _ = view.RecordAt(place);
            _ = view.FlagsAt(place, out _);
            Require(view.IndexOf(uid) == place, () => $"UID {uid} is not found");
        }

        _ = view.FirstUnseen();
        _ = view.ExpungedAfter(0).Count;
        _ = view.FirstIndexAtOrAfter(5);
    }

    private void Remember(IndexModel model)
    {
        using IndexFile index = _directory.Open();
        model.AssertIs(index.View);
        _models.Add(index.View.Summary.HighestModSeq, model);
        _seeds.Add(_directory.Octets);
    }

    // As far as the lengths in the file let it be done.
    private static void Reseal(byte[] file)
    {
        long body = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(40)) * (long)IndexRecord.Octets
            + BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(72))
            + (BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(44)) * (long)IndexHeader.ExpungedOctets);
        long journal = IndexHeader.Octets + body + sizeof(uint);
        bool hasBody = body is > 0 and < IndexHeader.BlockOctets && journal <= file.Length;
        if (hasBody)
        {
            Span<byte> checksum = file.AsSpan(IndexHeader.Octets + (int)body, sizeof(uint));
            BinaryPrimitives.WriteUInt32LittleEndian(checksum, Checksum.Of(file.AsSpan(IndexHeader.Octets, (int)body)));
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(BlocksChecksumAt), Checksum.Of(checksum));
        }

        uint seed = Checksum.Of(
            Checksum.Of(file.AsSpan(0, HeaderChecksumAt)), file.AsSpan(HeaderChecksumAt + sizeof(uint), IndexHeader.Octets - HeaderChecksumAt - sizeof(uint)));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(HeaderChecksumAt), seed);
        for (long at = journal; hasBody && at + JournalFrame.HeadOctets <= file.Length;)
        {
            int payload = JournalFrame.PayloadOctets(file.AsSpan((int)at));
            if (payload < 0 || at + JournalFrame.HeadOctets + payload > file.Length)
            {
                return;
            }

            Span<byte> frame = file.AsSpan((int)at, JournalFrame.HeadOctets + payload);
            BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Checksum.Of(seed, frame[JournalFrame.HeadOctets..]));
            at += frame.Length;
        }
    }
}
