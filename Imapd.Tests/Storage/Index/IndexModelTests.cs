using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Index;

/// <summary>Whatever is done to an index, it answers as a plain dictionary does.</summary>
public sealed class IndexModelTests
{
    [Test]
    public void An_index_answers_as_a_plain_dictionary_does([Range(1, 24)] int seed, [Values] bool isRemote)
    {
        using var directory = new IndexDirectory();
        var random = new Random(seed);
        IndexModel model = directory.Fill(random.Next(3) * random.Next(400));
        IndexFile index = directory.Open(isRemote);
        IndexFile reader = directory.Open(isRemote);
        (IndexModel Model, MailboxState State) earlier = (model.Copy(), State(index.View));
        for (int step = 0; step < 60; step++)
        {
            var changes = new IndexChanges(index.View);
            model.Change(random, random.Next(12) == 0 ? 1500 : random.Next(20), changes);
            index.Append(changes);
            Assert.That(index.WriteError, Is.EqualTo(Errno.None));
            model.AssertIs(index.View);
            model.AssertDifference(earlier.Model, earlier.State, State(index.View));
            earlier.Model.AssertIs(earlier.State.View);
            if (random.Next(4) == 0)
            {
                index.Dispose();
                index = directory.Open(isRemote);
                model.AssertIs(index.View);
            }

            if (random.Next(3) == 0)
            {
                bool isNewer = reader.CatchUp(out bool isReplaced);
                Assert.That(isNewer && isReplaced, Is.False);
                if (isReplaced)
                {
                    reader.Dispose();
                    reader = directory.Open(isRemote);
                }

                model.AssertIs(reader.View);
                Assert.That(reader.View.Summary, Is.EqualTo(index.View.Summary));
            }

            if (random.Next(5) == 0)
            {
                earlier = (model.Copy(), State(index.View));
            }
        }

        index.Dispose();
        reader.Dispose();
    }

    [Test]
    public void An_index_that_cannot_be_written_answers_all_the_same([Range(1, 6)] int seed)
    {
        using var directory = new IndexDirectory();
        var random = new Random(seed);
        var model = new IndexModel();
        IndexFile index = IndexFile.InMemory(directory.Handle, false, IndexView.Empty(IndexModel.Identity));
        for (int step = 0; step < 40; step++)
        {
            var changes = new IndexChanges(index.View);
            model.Change(random, random.Next(8) == 0 ? 1500 : random.Next(20), changes);
            index.Append(changes);
            model.AssertIs(index.View);
            Assert.That(index.IsInMemory);
        }

        Assert.That(File.Exists(directory.IndexPath), Is.False);
    }

    [Test]
    public void Sequences_answer_as_plain_lists_do([Range(1, 30)] int seed)
    {
        var random = new Random(seed);
        var model = new IndexModel();
        var changes = new IndexChanges(IndexView.Empty(IndexModel.Identity));
        model.Fill(random.Next(2000), changes);
        UidSequence sequence = random.Next(2) == 0
            ? UidSequence.Of(changes.Before.Apply(changes))
            : UidSequence.Of([.. model.Messages.Keys]);
        List<uint> list = [.. model.Messages.Keys];
        var earlier = new List<(UidSequence Sequence, uint[] Uids)>();
        uint next = list.Count == 0 ? 0 : list[^1];
        for (int step = 0; step < 100; step++)
        {
            if (random.Next(3) == 0)
            {
                int rare = random.Next(2) == 0 ? 20 : 500;
                int[] places = [.. Enumerable.Range(0, list.Count).Where(_ => random.Next(rare) == 0)];
                sequence = sequence.Without(places);
                list = [.. list.Where((_, place) => !places.Contains(place))];
            }
            else
            {
                uint[] more = [.. Enumerable.Range(1, random.Next(5)).Select(i => next + (uint)(i * 2))];
                next = more.Length == 0 ? next : more[^1];
                sequence = sequence.With(more);
                list.AddRange(more);
            }

            (UidSequence before, uint[] known) = earlier.Count == 0 ? (sequence, [.. list]) : earlier[^random.Next(1, Math.Min(earlier.Count, 9) + 1)];
            int[] lost = [.. Enumerable.Range(0, known.Length).Where(place => list.BinarySearch(known[place]) < 0)];
            Assert.That(before.CountNotIn(sequence), Is.EqualTo(lost.Length));
            Assert.That(before.PlacesNotIn(sequence), Is.EqualTo(lost));
            earlier.Add((sequence, [.. list]));
            (UidSequence checkedNow, uint[] uids) = earlier[random.Next(earlier.Count)];
            Assert.That(Enumerable.Range(0, checkedNow.Count).Select(place => checkedNow.UidAt(place).Value), Is.EqualTo(uids));
            for (uint uid = 0; uid < (uids.Length == 0 ? 3 : uids[^1] + 3); uid += 7)
            {
                int at = Array.BinarySearch(uids, uid);
                Assert.That(checkedNow.IndexOf(new(uid)), Is.EqualTo(Math.Max(at, -1)));
                Assert.That(checkedNow.FirstIndexAtOrAfter(new(uid)), Is.EqualTo(at < 0 ? ~at : at));
            }
        }
    }

    [Test]
    public void A_sequence_takes_only_UIDs_above_its_last()
    {
        UidSequence sequence = UidSequence.Empty.With([3, 5]);
        Assert.That(() => sequence.With([5]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => sequence.UidAt(2), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(sequence.With([9]).Last.Value, Is.EqualTo(9));
    }

    [Test]
    public void Recent_messages_are_those_that_were_named([Range(1, 10)] int seed)
    {
        var random = new Random(seed);
        var model = new IndexModel();
        var changes = new IndexChanges(IndexView.Empty(IndexModel.Identity));
        model.Fill(100, changes);
        IndexView view = changes.Before.Apply(changes);
        var named = new HashSet<uint>();
        RecentUids recent = RecentUids.None;
        for (int step = 0; step < 20; step++)
        {
            uint[] more = [.. model.Messages.Keys.Where(_ => random.Next(10) == 0)];
            named.UnionWith(more);
            recent = recent.With(more);
            Assert.That(recent.CountIn(view), Is.EqualTo(named.Count));
            Assert.That(model.Messages.Keys.Where(recent.Contains), Is.EquivalentTo(named));
        }
    }

    private static MailboxState State(IndexView view) => new(view, KeywordTable.Empty, RecentUids.None);
}
