using System.Collections.Concurrent;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

internal sealed class ConcurrencyTests
{
    private const int Sessions = 4;
    private const int Operations = 500;
    private const int Deliveries = 500;

    [Test]
    public void Sessions_and_a_delivery_agent_at_work_together_lose_and_mix_up_nothing()
    {
        using var tree = new TestTree();
        tree.Create("other");
        var bodies = new ConcurrentDictionary<uint, string>();
        var expunged = new ConcurrentDictionary<uint, bool>();
        var failures = new ConcurrentQueue<Exception>();
        int delivered = 0;
        int copied = 0;
        bool isDone = false;
        var threads = Enumerable.Range(0, Sessions).Select(session => new Thread(() => Guarded(failures, () =>
        {
            var random = new Random(session);
            using Mailbox mailbox = tree.Store.Select(MailboxName.Inbox, false);
            uint[] known = mailbox.State.Uids();
            for (int i = 0; i < Operations; i++)
            {
                Act(tree, mailbox, random, $"{session}/{i}\r\n", bodies, expunged, ref copied);
                uint[] now = mailbox.Refresh().Uids();
                Assert.That(now, Is.Ordered.Ascending.And.Unique);
                uint largest = known.Length > 0 ? known[^1] : 0;
                Assert.That(now.Where(uid => uid <= largest).Except(known), Is.Empty, "messages come in at the end");
                known = now;
            }
        }))).Append(new Thread(() => Guarded(failures, () =>
        {
            while (!Volatile.Read(ref isDone) && delivered < Deliveries)
            {
                tree.Deliver("delivered\n");
                delivered++;
                Thread.Yield();
            }
        }))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.SkipLast(1).ToList().ForEach(thread => thread.Join());
        Volatile.Write(ref isDone, true);
        threads[^1].Join();

        Assert.That(failures, Is.Empty);
        using Mailbox last = tree.Store.Select(MailboxName.Inbox, false);
        MailboxState state = last.State;
        Assert.That(state.Uids(), Is.Ordered.Ascending.And.Unique);
        Assert.That(state.Count, Is.EqualTo(tree.In("cur").Length + tree.In("new").Length));
        Assert.That(tree.In("tmp").Concat(tree.In(".other/tmp")), Is.Empty);
        Assert.That(bodies.Keys.Where(uid => !expunged.ContainsKey(uid)).Except(state.Uids()), Is.Empty, "no message is lost");
        Assert.That(
            bodies.Where(body => state.IndexOf(new Uid(body.Key)) >= 0),
            Is.All.Matches<KeyValuePair<uint, string>>(body => last.Wire(new Uid(body.Key)) == body.Value));
        Assert.That(expunged.Keys.Intersect(state.Uids()), Is.Empty, "no UID comes back");
        Assert.That(tree.Store.Status(TestTree.Name("other")).Messages, Is.EqualTo(copied));
        Assert.That(state.Count + expunged.Count, Is.EqualTo(bodies.Count + delivered));
    }

    private static void Act(
        TestTree tree,
        Mailbox mailbox,
        Random random,
        string body,
        ConcurrentDictionary<uint, string> bodies,
        ConcurrentDictionary<uint, bool> expunged,
        ref int copied)
    {
        Uid[] some = [.. mailbox.State.AllUids().Where(_ => random.Next(10) == 0)];
        switch (random.Next(8))
        {
            case 0 or 1 or 2:
                SystemFlags flags = random.Next(2) == 0 ? SystemFlags.None : SystemFlags.Seen;
                bodies[tree.Append(body, flags: flags).Uids[0].Value] = body;
                break;
            case 3 or 4:
                mailbox.ChangeFlags(some, new FlagChange((FlagChangeKind)random.Next(3), new FlagSet(SystemFlags.Flagged, [$"k{random.Next(4)}"])));
                break;
            case 5:
                mailbox.ChangeFlags(some, new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.Deleted, [])));
                break;
            case 6:
                MailboxState before = mailbox.ChangeFlags([], new FlagChange(FlagChangeKind.Add, FlagSet.Empty));
                foreach (uint uid in before.Uids().Except(mailbox.Expunge(some).Uids()))
                {
                    expunged[uid] = true;
                }

                break;
            default:
                CopyResult result = mailbox.Copy([.. some.Take(2)], TestTree.Name("other"));
                Interlocked.Add(ref copied, result.To.Count);
                break;
        }
    }

    private static void Guarded(ConcurrentQueue<Exception> failures, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            failures.Enqueue(error);
        }
    }
}
