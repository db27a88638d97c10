using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Index;
using Imapd.Tests.Storage.Look;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Scale;

/// <summary>STATUS from the head of the index says what STATUS from the whole mailbox does.</summary>
internal sealed class StatusLookTests
{
    [Test]
    public void It_is_what_a_look_at_everything_tells([Range(1, 15)] int seed)
    {
        var random = new Random(seed);
        using var tree = new TestTree();
        Mailbox mailbox = tree.Open();
        for (int step = 0; step < 30; step++)
        {
            switch (random.Next(6))
            {
                case 0:
                    tree.Deliver();
                    break;
                case 1:
                    tree.Append("Subject: a\r\n\r\nx\r\n", flags: random.Next(2) == 0 ? SystemFlags.Seen : SystemFlags.Deleted);
                    break;
                case 2:
                    mailbox.Refresh();
                    break;
                case 3:
                    mailbox.Flag(FlagChangeKind.Add, random.Next(2) == 0 ? SystemFlags.Seen : SystemFlags.Flagged, "key");
                    break;
                case 4 when tree.In("cur") is { Length: > 0 } names:
                    File.Delete(Path.Combine(tree.Root, "cur", names[random.Next(names.Length)]));
                    break;
                default:
                    mailbox.Expunge(null);
                    break;
            }

            MailboxStatus told = tree.Store.Status(MailboxName.Inbox, random.Next(2) == 0);
            MailboxStatus again = tree.Store.Status(MailboxName.Inbox);
            using Mailbox whole = tree.Store.Select(MailboxName.Inbox, readOnly: true);
            MailboxState state = whole.State;
            Assert.That(again with { Octets = 0 }, Is.EqualTo(told with { Octets = 0 }));
            Assert.That(told.Messages, Is.EqualTo(tree.In("cur").Length + tree.In("new").Length));
            Assert.That(
                (told.Messages, told.UidNext, told.UidValidity, told.MailboxId, told.HighestModSeq),
                Is.EqualTo(((uint)state.Count, state.UidNext, state.UidValidity, state.MailboxId, state.HighestModSeq)));
            Assert.That(told.Recent, Is.EqualTo(tree.In("new").Length));
            Assert.That(
                told.Unseen, Is.EqualTo(Enumerable.Range(0, state.Count).Count(i => (state.FlagsAt(i).System & SystemFlags.Seen) == 0)));
            Assert.That(again.Octets, Is.EqualTo((ulong)mailbox.Refresh().AllUids().Sum(mailbox.WireOctets)));
        }
    }

    [TestCase("INBOX", null)]
    [TestCase("Work", null)]
    [TestCase("Österreich", null)]
    [TestCase("Österreich", ".Österreich")]
    public void An_unchanged_mailbox_costs_seven_calls_wherever_it_is(string mailbox, string? directory)
    {
        using var tree = new TestTree();
        MailboxName name = TestTree.Name(mailbox);
        if (directory is not null)
        {
            foreach (string part in (string[])["new", "cur", "tmp"])
            {
                Directory.CreateDirectory(Path.Combine(tree.Root, directory, part));
            }
        }
        else if (!name.IsInbox)
        {
            tree.Create(mailbox);
        }

        using var calls = new CallCounter { AgeNanoseconds = 3_600_000_000_000 };
        MailboxStatus first = tree.Store.Status(name);
        tree.Store.Status(name);
        calls.Take();
        Assert.That(tree.Store.Status(name), Is.EqualTo(first));
        Assert.That(calls.Take(), Is.LessThanOrEqualTo(directory is null ? 7 : 10));
    }

    [Test]
    public void Another_mailbox_in_its_place_is_not_told_of_by_its_index()
    {
        using var tree = new TestTree();
        tree.Create("one");
        tree.Create("two");
        tree.Append("x\r\n", mailbox: "two");
        Assert.That(tree.Store.Status(TestTree.Name("one")).Messages, Is.Zero);
        Assert.That(tree.Store.Status(TestTree.Name("two")).Messages, Is.EqualTo(1));
        foreach (string part in (string[])["new", "cur", "dovecot-uidlist"])
        {
            Directory.Move(Path.Combine(tree.Root, ".one", part), Path.Combine(tree.Root, ".one", "old." + part));
            Directory.Move(Path.Combine(tree.Root, ".two", part), Path.Combine(tree.Root, ".one", part));
        }

        Assert.That(tree.Store.Status(TestTree.Name("one")).Messages, Is.EqualTo(1));
    }

    [Test]
    public void An_index_with_a_damaged_head_tells_nothing()
    {
        using var tree = new TestTree();
        tree.Append("x\r\n");
        tree.Open().Dispose();
        Assert.That(tree.Store.Status(MailboxName.Inbox).Messages, Is.EqualTo(1));
        string index = Path.Combine(tree.Root, IndexFile.FileName);
        byte[] octets = File.ReadAllBytes(index);
        octets[200] ^= 0xff;
        File.WriteAllBytes(index, octets);
        Assert.That(tree.Store.Status(MailboxName.Inbox).Messages, Is.EqualTo(1));
        Assert.That(tree.Store.Status(MailboxName.Inbox).Octets, Is.EqualTo(3));
    }
}
