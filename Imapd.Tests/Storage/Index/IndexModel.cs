using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Index;

/// <summary>A mailbox as a plain dictionary, changed the way an index is, and compared with it.</summary>
internal sealed class IndexModel
{
    public static readonly MailboxIdentity Identity = new(7, 1, "00112233445566778899aabbccddeeff");

    private readonly SortedDictionary<uint, Message> _messages = [];
    private readonly List<(uint Uid, ulong ModSeq)> _expunged = [];
    private uint _nextUid = 1;
    private ulong _modSeq;

    public IReadOnlyDictionary<uint, Message> Messages => _messages;

    public IndexModel Copy()
    {
        var copy = new IndexModel { _nextUid = _nextUid, _modSeq = _modSeq };
        foreach ((uint uid, Message message) in _messages)
        {
            copy._messages.Add(uid, message);
        }

        copy._expunged.AddRange(_expunged);
        return copy;
    }

    /// <summary>Makes as many changes at random, in the model and in the changes of an index.</summary>
    public void Change(Random random, int count, IndexChanges changes)
    {
        _modSeq += (ulong)random.Next(1, 4);
        for (int i = 0; i < count; i++)
        {
            int kind = random.Next(10);
            if (_messages.Count == 0 || kind < 4)
            {
                Add(random, changes);
                continue;
            }

            uint uid = _messages.Keys.ElementAt(random.Next(_messages.Count));
            if (kind < 7)
            {
                Flag(random, uid, changes);
            }
            else if (kind < 9)
            {
                _messages.Remove(uid);
                _expunged.Add((uid, _modSeq));
                changes.Remove(uid, _modSeq);
            }
            else
            {
                long wire = random.Next(3) == 0 ? -1 : random.Next(100_000);
                Message before = _messages[uid];
                _messages[uid] = before with { Date = 1000 + uid, Raw = 17, Wire = wire < 0 ? before.Wire : wire };
                changes.Facts(uid, 1000 + uid, 17, wire);
            }
        }

        changes.HighestModSeq = _modSeq;
        changes.NextUid = _nextUid;
    }

    /// <summary>Adds as many messages.</summary>
    public void Fill(int count, IndexChanges changes, Random? random = null)
    {
        random ??= new Random(count);
        changes.HighestModSeq = ++_modSeq;
        for (int i = 0; i < count; i++)
        {
            Add(random, changes);
        }
    }

    public void AssertIs(IndexView view)
    {
        Assert.That(view.Count, Is.EqualTo(_messages.Count));
        int place = 0;
        foreach ((uint uid, Message message) in _messages)
        {
            IndexRecord record = view.RecordAt(place);
            SystemFlags flags = view.FlagsAt(place, out uint letters);
            var found = new Message(
                flags, letters, record.IsInNew, view.ModSeqAt(place), record.InternalDateSeconds, record.RawOctets, record.WireOctets, view.NameAt(place));
            if (view.UidAt(place) != uid || record.Uid != uid || found != message)
            {
                Assert.Fail($"at {place}: {view.UidAt(place)} {found}, not {uid} {message}");
            }

            place++;
        }

        AssertFinds(view);
        AssertCounts(view);
        ulong since = view.ExpungedFloor + ((_modSeq - view.ExpungedFloor) / 2);
        Assert.That(view.ExpungedAfter(since).Order(), Is.EqualTo(_expunged.Where(gone => gone.ModSeq > since).Select(gone => gone.Uid).Order()));
    }

    public void AssertDifference(IndexModel earlier, MailboxState before, MailboxState now)
    {
        uint last = earlier._messages.Count == 0 ? 0 : earlier._messages.Keys.Last();
        uint[] uids = [.. _messages.Keys];
        StateDifference difference = now.DifferenceFrom(before);
        int[] changed = [.. Enumerable.Range(0, uids.Length)
            .Where(i => uids[i] <= last && _messages[uids[i]].ModSeq > earlier._modSeq)];
        Assert.That(difference.Changed, Is.EqualTo(changed));
        Assert.That(difference.FirstNew, Is.EqualTo(uids.Count(uid => uid <= last)));
        Assert.That(difference.HasLosses, Is.EqualTo(earlier._messages.Keys.Any(uid => !_messages.ContainsKey(uid))));
    }

    private void AssertFinds(IndexView view)
    {
        uint[] uids = [.. _messages.Keys];
        UidSequence sequence = UidSequence.Of(view);
        Assert.That(sequence.Count, Is.EqualTo(uids.Length));
        uint step = Math.Max(1, _nextUid / 300);
        for (uint uid = 0; uid <= _nextUid + 1; uid += step)
        {
            int at = Array.BinarySearch(uids, uid);
            int first = at < 0 ? ~at : at;
            (int, int, int, int) found =
                (view.IndexOf(uid), view.FirstIndexAtOrAfter(uid), sequence.IndexOf(new(uid)), sequence.FirstIndexAtOrAfter(new(uid)));
            Assert.That(found, Is.EqualTo((Math.Max(at, -1), first, Math.Max(at, -1), first)));
        }

        for (int place = 0; place < uids.Length; place += (int)step)
        {
            string name = MessageName.WithFlags(_messages[uids[place]].Name, SystemFlags.None, 0x3ffffff);
            Assert.That(view.PlaceOfName(Encoding.Latin1.GetBytes(name)), Is.EqualTo(place < view.FirstAdded ? place : -1), name);
        }

        Assert.That(view.PlaceOfName("nobody"u8), Is.EqualTo(-1));
    }

    private void AssertCounts(IndexView view)
    {
        IndexSummary summary = view.Summary;
        Message[] all = [.. _messages.Values];
        Assert.That(summary.Messages, Is.EqualTo(all.Length));
        Assert.That(summary.Unseen, Is.EqualTo(all.Count(IsUnseen)));
        Assert.That(summary.Deleted, Is.EqualTo(all.Count(message => (message.Flags & SystemFlags.Deleted) != 0)));
        Assert.That(summary.InNew, Is.EqualTo(all.Count(message => message.IsInNew)));
        Assert.That(summary.UnknownSizes, Is.EqualTo(all.Count(message => message.Wire < 0)));
        Assert.That(summary.WireOctets, Is.EqualTo(all.Sum(message => Math.Max(message.Wire, 0))));
        Assert.That((summary.NextUid, summary.HighestModSeq), Is.EqualTo((_nextUid, _modSeq)));
        Assert.That(view.FirstUnseen(), Is.EqualTo(Array.FindIndex(all, IsUnseen)));
    }

    private static bool IsUnseen(Message message) => (message.Flags & SystemFlags.Seen) == 0;

    private void Add(Random random, IndexChanges changes)
    {
        uint uid = _nextUid + (uint)random.Next(3);
        _nextUid = uid + 1;
        bool isInNew = random.Next(4) == 0;
        var flags = isInNew ? SystemFlags.None : (SystemFlags)random.Next(32);
        uint letters = isInNew || random.Next(3) > 0 ? 0 : (uint)random.Next(1 << 10);
        string name = $"{random.Next()}.M{uid}P1.hö,S=1";
        name = isInNew ? name : MessageName.WithFlags(name + (random.Next(5) == 0 ? ":2,X" : ""), flags, letters);
        var message = new Message(flags, letters, isInNew, _modSeq, random.Next(2) == 0 ? IndexRecord.UnknownDate : uid, -1, random.Next(-1, 3), name);
        _messages.Add(uid, message);
        var record = IndexRecord.Of(uid);
        record.Flags = flags;
        record.Letters = letters;
        record.IsInNew = isInNew;
        record.ModSeq = _modSeq;
        record.InternalDateSeconds = message.Date;
        record.WireOctets = message.Wire;
        changes.Add(record, name);
    }

    private void Flag(Random random, uint uid, IndexChanges changes)
    {
        Message before = _messages[uid];
        var flags = (SystemFlags)random.Next(32);
        uint letters = (uint)random.Next(1 << random.Next(26));
        string? name = random.Next(4) == 0 ? $"{MessageName.Base(before.Name)}:2,Z,renamed={random.Next()}" : null;
        string expected = name ?? MessageName.WithFlags(before.Name, flags, letters);
        _messages[uid] = before with { Flags = flags, Letters = letters, IsInNew = false, ModSeq = _modSeq, Name = expected };
        changes.Change(uid, flags, letters, false, _modSeq, name);
    }

    internal readonly record struct Message(
        SystemFlags Flags, uint Letters, bool IsInNew, ulong ModSeq, long Date, long Raw, long Wire, string Name);
}
