using System.Globalization;
using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Check;
using Imapd.Tests.Storage.Look;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Scale;

/// <summary>The listing that is made for many messages finds what the one for odd lists would, and keeps what the index knew.</summary>
internal sealed class ListedMailboxTests
{
    private const string Header = "3 V1700000000 N5000 G0123456789abcdef0123456789abcdef\n";

    [Test]
    public void It_finds_what_the_other_way_finds([Range(1, 30)] int seed)
    {
        string lean = Look(seed, tree => { });

        // A file of Courier's, even one that says nothing, makes the scan go the other way.
        string other = Look(seed, tree => tree.Write("courierimapuiddb", ""));
        Assert.That(lean, Is.EqualTo(other));
        Assert.That(lean, Does.Contain("messages"));
    }

    [Test]
    public void Messages_without_UIDs_get_them_in_the_order_of_their_delivery()
    {
        using var tree = new TestTree();
        string[] names = [.. Enumerable.Range(0, 3000).Select(i => $"{1700000000 + (i * 7919 % 3000)}.M{i}.host")];
        foreach (string name in names)
        {
            tree.Write($"new/{name}", "x\n");
        }

        Mailbox mailbox = tree.Open();
        string[] inOrder = [.. tree.Read("dovecot-uidlist").Split('\n').Skip(1).SkipLast(1).Select(line => line.Split(':')[1])];
        Assert.That(inOrder, Is.EqualTo(names.Order(StringComparer.Ordinal)));
        Assert.That(mailbox.State.Uids(), Is.EqualTo(Enumerable.Range(1, 3000).Select(uid => (uint)uid)));
        Assert.That(mailbox.State.RecentCount, Is.EqualTo(3000));
        Assert.That(tree.In("new"), Is.Empty);
        Assert.That(tree.In("cur"), Has.Length.EqualTo(3000).And.All.EndsWith(":2,"));

        // Nothing that happened meanwhile is overlooked, and what this session did itself is no news.
        MailboxState before = mailbox.State;
        Assert.That(mailbox.Refresh(), Is.SameAs(before));
        tree.Deliver();
        Assert.That(mailbox.Refresh().Count, Is.EqualTo(3001));
    }

    [Test]
    public void A_list_that_is_cut_off_or_double_is_put_in_order_as_before()
    {
        using var tree = new TestTree();
        tree.Write("cur/1.a.host:2,S", "x\n");
        tree.Write("cur/2.b.host:2,", "x\n");
        tree.Write("dovecot-uidlist", Header + "7 :1.a.host\n9 :2.b.h");
        Mailbox mailbox = tree.Open();
        Assert.That(mailbox.State.Count, Is.EqualTo(2));
        Assert.That(mailbox.State.UidAt(0).Value, Is.EqualTo(7));
        Assert.That(mailbox.State.UidAt(1).Value, Is.GreaterThan(9));
    }

    [Test]
    public void Where_much_is_different_from_the_index_what_was_known_of_the_rest_is_kept([Values] bool isListKnown, [Values] bool isOdd)
    {
        using var tree = new TestTree();
        for (int i = 0; i < 3000; i++)
        {
            tree.Write($"cur/{1700000000 + i}.M{i}.host:2,S", $"{i}\n");
        }

        MailboxState before;
        using (Mailbox first = tree.Store.Select(MailboxName.Inbox, false))
        {
            // Sizes and dates become known.
            foreach (uint uid in (uint[])[1, 100, 2500])
            {
                using MessageFile file = first.Open(new Uid(uid));
                Assert.That(file.WireOctets, Is.Positive);
                _ = first.InternalDate(new Uid(uid));
            }

            before = first.State;
        }

        Change(tree, isOdd);
        if (!isListKnown)
        {
            tree.Write("dovecot-uidlist", tree.Read("dovecot-uidlist"));
        }

        Mailbox mailbox = tree.Open();
        MailboxState state = mailbox.State;
        Assert.That(state.UidValidity, Is.EqualTo(before.UidValidity));
        Assert.That(state.Uids(), Is.EqualTo(Enumerable.Range(1, 3010 + (isOdd ? 1 : 0)).Where(uid => uid is <= 2000 or > 2300).Select(uid => (uint)uid)));
        Assert.That(state.FlagsAt(0).System, Is.EqualTo(SystemFlags.Seen));
        Assert.That(state.FlagsAt(499).System, Is.EqualTo(SystemFlags.Seen | SystemFlags.Flagged));
        Assert.That(state.ModSeqAt(0), Is.EqualTo(before.ModSeqAt(0)), "untouched");
        Assert.That(state.ModSeqAt(499), Is.GreaterThan(before.HighestModSeq), "flagged");
        Assert.That(state.HighestModSeq, Is.GreaterThanOrEqualTo(state.ModSeqAt(499)));
        Assert.That(state.View.ExpungedAfter(before.HighestModSeq.Value), Is.EqualTo(Enumerable.Range(2001, 300).Select(uid => (uint)uid)));
        foreach (uint uid in (uint[])[1, 100, 2500])
        {
            int place = state.IndexOf(new Uid(uid));
            Assert.That(state.WireOctetsAt(place), Is.Positive);
            Assert.That(state.InternalDateAt(place), Is.Not.Null);
        }

        Assert.That(state.DifferenceFrom(before).Changed, Has.Count.EqualTo(1500));
        Pictures.AreThoseOfTheDirectories(tree, "INBOX");
        Assert.That(
            new MailboxChecker(tree.Options).Check(repair: false).SelectMany(static report => report.Findings), Is.Empty);
        mailbox.Refresh();
        Assert.That(mailbox.State.Uids(), Is.EqualTo(state.Uids()));
    }

    // 1500 are flagged, 300 removed, 10 added; perhaps one is in the way of another.
    private static void Change(TestTree tree, bool isOdd)
    {
        string[] names = [.. tree.In("cur").Order(StringComparer.Ordinal)];
        foreach (string name in names[499..1999])
        {
            File.Move(Path.Combine(tree.Root, "cur", name), Path.Combine(tree.Root, "cur", name.Replace(":2,S", ":2,FS", StringComparison.Ordinal)));
        }

        foreach (string name in names[2000..2300])
        {
            File.Delete(Path.Combine(tree.Root, "cur", name));
        }

        for (int i = 0; i < 10; i++)
        {
            tree.Deliver();
        }

        if (isOdd)
        {
            tree.Write("new/" + names[7].Split(':')[0], "another\n");
        }
    }

    private static string Look(int seed, Action<TestTree> prepare)
    {
        var random = new Random(seed);
        using var tree = new TestTree();
        var list = new StringBuilder(Header);
        for (int i = 1; i <= 200; i++)
        {
            string name = $"{1700000000 + random.Next(1000)}.M{i}.host{(random.Next(3) == 0 ? ",S=2,W=3" : "")}";
            bool isListed = random.Next(5) != 0;
            if (isListed)
            {
                list.Append(CultureInfo.InvariantCulture, $"{i * 3}{(random.Next(2) == 0 ? " W3 " : " ")}:{name}{(random.Next(4) == 0 ? ":2,S" : "")}\n");
            }

            bool isInNew = random.Next(4) == 0;
            string flags = random.Next(3) switch { 0 => ":2,", 1 => ":2,FSa", _ => ":2,T" };
            if (random.Next(6) != 0)
            {
                tree.Write(isInNew ? $"new/{name}" : $"cur/{name}{flags}", "x\n");
            }
        }

        if (random.Next(4) != 0)
        {
            tree.Write("dovecot-uidlist", list.ToString());
        }

        prepare(tree);
        using Mailbox mailbox = tree.Store.Select(MailboxName.Inbox, readOnly: seed % 3 == 0);
        MailboxState state = mailbox.State;
        var seen = new StringBuilder();
        for (int i = 0; i < state.Count; i++)
        {
            seen.AppendLine(CultureInfo.InvariantCulture, $"{state.UidAt(i).Value} {state.FlagsAt(i)} {state.IsRecentAt(i)} {state.WireOctetsAt(i)}");
        }

        seen.AppendLine(CultureInfo.InvariantCulture, $"messages {state.Count} next {state.UidNext.Value} unseen {state.FirstUnseen()} {state.RecentCount}");
        seen.AppendLine(string.Join('\n', tree.In("new"))).AppendLine(string.Join('\n', tree.In("cur")));

        // What the index has is what this saw: another session reads it.
        MailboxStatus status = tree.Store.Status(MailboxName.Inbox);
        seen.AppendLine(CultureInfo.InvariantCulture, $"{status.Messages} {status.Recent} {status.Unseen} {status.Deleted} {status.Octets} {status.UidNext.Value}");
        return seen.Append(string.Join('\n', tree.Read("dovecot-uidlist").Split('\n').Skip(1))).ToString();
    }
}
