using System.Buffers.Binary;
using Imapd.Storage.Maildir.Index;
using Imapd.Tests.Storage.Index;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>Frames of the index's journal with a checksum that is right: what is read is written as the same, and can be applied.</summary>
internal sealed class JournalFrameTarget : FuzzTarget
{
    private const uint FrameSeed = 12345;

    public override string Name => "journal";

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            for (int seed = 1; seed <= 6; seed++)
            {
                var model = new IndexModel();
                var changes = new IndexChanges(IndexView.Empty(IndexModel.Identity));
                model.Change(new Random(seed), seed * 4, changes);
                yield return JournalFrame.Encode(FrameSeed, new IndexSummary { NextUid = 100, HighestModSeq = 9 }, changes.Entries)!;
            }
        }
    }

    public override byte[] Repair(byte[] input, Random random)
    {
        if (input.Length >= JournalFrame.HeadOctets)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(input, (uint)(input.Length - JournalFrame.HeadOctets));
            BinaryPrimitives.WriteUInt32LittleEndian(input.AsSpan(4), Checksum.Of(FrameSeed, input.AsSpan(JournalFrame.HeadOctets)));
        }

        return input;
    }

    public override object? Exercise(byte[] input)
    {
        // As the reader of the journal does: a frame has a payload that is long enough.
        if (input.Length < JournalFrame.HeadOctets
            || JournalFrame.PayloadOctets(input) is var payload && (payload < 0 || payload + JournalFrame.HeadOctets != input.Length))
        {
            return null;
        }

        var changes = new IndexChanges(IndexView.Empty(IndexModel.Identity));
        return JournalFrame.TryDecode(FrameSeed, input, changes, out IndexSummary summary) ? (changes, summary) : null;
    }

    public override string Check(byte[] input, object? result)
    {
        if (result is null)
        {
            return "none";
        }

        (IndexChanges changes, IndexSummary summary) = ((IndexChanges, IndexSummary))result;
        uint last = 0;
        foreach (IndexChange change in changes.Entries.Where(static change => change.Kind == IndexChangeKind.Added))
        {
            Require(change.Record.Uid > last, () => $"UID {change.Record.Uid} is added behind {last}");
            last = change.Record.Uid;
            Require(change.Name is { Length: > 0 } name && name.IndexOfAny(['/', '\0']) < 0, () => "a name that no file has");
        }

        byte[]? written = JournalFrame.Encode(FrameSeed, summary, changes.Entries);
        Require(written is not null, () => "it cannot be written");
        var again = new IndexChanges(IndexView.Empty(IndexModel.Identity));
        Require(
            JournalFrame.TryDecode(FrameSeed, written!, again, out IndexSummary same) && same == summary && again.Entries.Count == changes.Entries.Count,
            () => "written, it is another");
        return string.Concat(changes.Entries.Take(12).Select(static change => $"{change.Kind}{change.Name is null}"));
    }
}
