using System.Collections.Concurrent;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

internal sealed class MoveConcurrencyTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private TestTree _tree = null!;

    [SetUp]
    public void Make()
    {
        _tree = new TestTree();
        _tree.Create("a");
        _tree.Create("b");
    }

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void Of_sessions_that_move_the_same_messages_one_moves_each()
    {
        const int Sessions = 4;
        const int Messages = 200;
        Append(Messages);
        var moved = new ConcurrentQueue<uint>();
        using var start = new Barrier(Sessions);
        Together(Sessions, session =>
        {
            var random = new Random(session);
            MailboxName to = TestTree.Name(session % 2 == 0 ? "a" : "b");
            using Mailbox mailbox = _tree.Store.Select(MailboxName.Inbox, false);
            Uid[] all = mailbox.State.AllUids();
            _ = start.SignalAndWait(Longest);
            for (int round = 0; round < 40; round++)
            {
                Uid[] some = [.. all.Where(_ => random.Next(8) == 0)];
                foreach (Uid uid in mailbox.Move(some, to).From)
                {
                    moved.Enqueue(uid.Value);
                }
            }

            foreach (Uid uid in mailbox.Move(all, to).From)
            {
                moved.Enqueue(uid.Value);
            }
        });
        Assert.That(moved, Is.Unique, "told to two sessions");
        Assert.That(moved, Has.Count.EqualTo(Messages));
        AssertEachIsOnce(Messages);
        Assert.That(_tree.In("cur").Concat(_tree.In("new")), Is.Empty);
    }

    [Test]
    public void Sessions_that_move_both_ways_do_not_wait_for_each_other_for_ever()
    {
        const int Rounds = 300;
        const int Messages = 12;
        Append(Messages);
        using (Mailbox inbox = _tree.Store.Select(MailboxName.Inbox, false))
        {
            _ = inbox.Move(inbox.State.AllUids(), TestTree.Name("a"));
        }

        Together(3, session =>
        {
            var random = new Random(session);
            string[] names = ["a", "b", "a"];
            using Mailbox mailbox = _tree.Store.Select(TestTree.Name(names[session]), false);
            for (int round = 0; round < Rounds; round++)
            {
                Uid[] some = [.. mailbox.Refresh().AllUids().Where(_ => random.Next(2) == 0)];
                CopyResult moved = mailbox.Move(some, TestTree.Name(session == 2 && round % 2 == 0 ? "a" : session == 1 ? "a" : "b"));
                Assert.That(moved.To, Has.Count.EqualTo(moved.From.Count));
                Assert.That(moved.To.Select(static uid => uid.Value), Is.Ordered);
                Assert.That(moved.From.Select(uid => mailbox.State.IndexOf(uid)), Is.All.EqualTo(-1));
            }
        });
        AssertEachIsOnce(Messages);
    }

    private void Append(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _ = _tree.Append($"message {i}\r\n", flags: i % 2 == 0 ? SystemFlags.Seen : SystemFlags.None);
        }
    }

    private void AssertEachIsOnce(int count)
    {
        var contents = new List<string>();
        foreach (string name in (string[])["INBOX", "a", "b"])
        {
            using Mailbox mailbox = _tree.Store.Select(TestTree.Name(name), true);
            contents.AddRange(mailbox.State.AllUids().Select(mailbox.Wire));
        }

        Assert.That(contents, Is.EquivalentTo(Enumerable.Range(0, count).Select(static i => $"message {i}\r\n")));
        Assert.That(_tree.In("tmp").Concat(_tree.In(".a/tmp")).Concat(_tree.In(".b/tmp")), Is.Empty);
    }

    private static void Together(int count, Action<int> act)
    {
        var failures = new ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, count).Select(number => new Thread(() =>
        {
            try
            {
                act(number);
            }
            catch (Exception error)
            {
                failures.Enqueue(error);
            }
        })).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join(Longest));
        Assert.That(failures, Is.Empty);
        Assert.That(threads.Exists(static thread => thread.IsAlive), Is.False, "still waiting");
    }
}
