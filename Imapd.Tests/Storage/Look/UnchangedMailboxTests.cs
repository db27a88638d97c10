using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Native;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Look;

/// <summary>A mailbox in which nothing has happened is not read, and what this store does itself is no happening.</summary>
internal sealed class UnchangedMailboxTests
{
    private TestTree _tree = null!;

    [SetUp]
    public void Make()
    {
        _tree = new TestTree();
        _tree.Create("other");
        for (int i = 0; i < 20; i++)
        {
            _tree.Append($"{i}\r\n", flags: i % 3 == 0 ? SystemFlags.None : SystemFlags.Seen);
            _tree.Deliver();
        }

        using MailStore store = MailStore.Open(_tree.Options);
        store.Select(MailboxName.Inbox, false).Dispose();
        store.Select(TestTree.Name("other"), false).Dispose();
    }

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void SELECT_EXAMINE_and_STATUS_of_it_list_no_messages()
    {
        IsNotListed();
        Assert.That(_tree.Store.Status(MailboxName.Inbox).Messages, Is.EqualTo(40));
    }

    [Test]
    public void A_look_that_finds_nothing_told_asks_nothing_of_the_disk()
    {
        Mailbox mailbox = _tree.Open();
        Assume.That(mailbox.WatchDescriptor, Is.GreaterThanOrEqualTo(0));
        _tree.Write("imapd.lock", "");
        _tree.Write("dovecot-uidlist.lock", "");
        _tree.Write("imapd.cache", "x");
        File.Delete(Path.Combine(_tree.Root, "dovecot-uidlist.lock"));
        MailboxState before = mailbox.State;
        using var counter = new CallCounter();
        mailbox.DrainWatch();
        Assert.That(mailbox.Refresh(), Is.SameAs(before));
        Assert.That(counter.Calls, Is.Zero);
    }

    [Test]
    public void A_change_from_outside_is_found_without_a_stat_for_each_message()
    {
        Many(200);
        string name = _tree.In("cur")[7];
        File.Move(Path.Combine(_tree.Root, "cur", name), Path.Combine(_tree.Root, "cur", name + "T"));
        using var counter = new CallCounter();
        Mailbox mailbox = _tree.Open();
        Assert.That(counter.Listings, Is.Positive);
        Assert.That(counter.Calls, Is.LessThan(100));
        Assert.That(_tree.Store.Status(MailboxName.Inbox).Deleted, Is.EqualTo(1));
        Assert.That(mailbox.State.Count, Is.EqualTo(240));
    }

    [Test]
    public void After_STORE_of_one_and_of_all_it_is_still_believed()
    {
        Mailbox mailbox = _tree.Open();
        mailbox.ChangeFlags([new Uid(3)], new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.Flagged, ["Work"])));
        IsNotListed();
        mailbox.Flag(FlagChangeKind.Replace, SystemFlags.Answered);
        IsNotListed();
        Assert.That(mailbox.Refresh(), Is.SameAs(mailbox.State));
        Agrees();
    }

    [Test]
    public void A_STORE_that_changes_nothing_writes_nothing()
    {
        Mailbox mailbox = _tree.Open();
        mailbox.Flag(FlagChangeKind.Add, SystemFlags.Seen);
        using var counter = new CallCounter((kind, name) =>
            new DiskCall { Kind = kind }.IsChange ? throw new InvalidOperationException(name) : Errno.None);
        mailbox.Flag(FlagChangeKind.Add, SystemFlags.Seen);
    }

    [Test]
    public void STORE_of_one_message_costs_the_same_in_any_mailbox()
    {
        Mailbox mailbox = _tree.Open();
        var change = new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.Flagged, []));
        mailbox.ChangeFlags([new Uid(3)], change);
        int few = Calls(() => mailbox.ChangeFlags([new Uid(4)], change));
        Many(200);
        mailbox.Refresh();
        mailbox.ChangeFlags([new Uid(5)], change);
        Assert.That(Calls(() => mailbox.ChangeFlags([new Uid(6)], change)), Is.EqualTo(few));
    }

    [Test]
    public void After_EXPUNGE_it_is_still_believed()
    {
        Mailbox mailbox = _tree.Open();
        mailbox.ChangeFlags([new Uid(3), new Uid(5), new Uid(40)], new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.Deleted, [])));
        mailbox.Expunge(null);
        IsNotListed();
        Agrees();
    }

    [Test]
    public void After_APPEND_to_it_selected_or_not_it_is_still_believed()
    {
        _tree.Append("a\r\n", flags: SystemFlags.Seen);
        IsNotListed();
        _tree.Append("b\r\n");
        Mailbox mailbox = _tree.Open();
        IsNotListed();
        _tree.Append("c\r\n", flags: SystemFlags.Draft, keywords: "New");
        mailbox.Refresh();
        IsNotListed();
        Agrees();
        Assert.That(mailbox.State.InternalDateAt(mailbox.State.Count - 1), Is.Not.Null);
    }

    [Test]
    public void After_COPY_and_MOVE_both_are_still_believed()
    {
        Mailbox mailbox = _tree.Open();
        mailbox.Copy([new Uid(1)], TestTree.Name("other"));
        mailbox.Copy([new Uid(2), new Uid(3)], TestTree.Name("other"));
        mailbox.Move([new Uid(4), new Uid(5), new Uid(6)], TestTree.Name("other"));
        mailbox.Copy([new Uid(7), new Uid(8)], MailboxName.Inbox);
        mailbox.Refresh();
        _tree.Open("other");
        IsNotListed();
        IsNotListed("other");
        Agrees();
        Agrees("other");
    }

    [Test]
    public void What_another_program_did_a_moment_before_the_session_ended_is_not_listed_again([Values] bool isRename)
    {
        string name = _tree.In("cur")[7];
        using (MailStore store = MailStore.Open(_tree.Options))
        {
            using Mailbox mailbox = store.Select(MailboxName.Inbox, false);
            Assume.That(mailbox.WatchDescriptor, Is.GreaterThanOrEqualTo(0));
            if (isRename)
            {
                File.Move(Path.Combine(_tree.Root, "cur", name), Path.Combine(_tree.Root, "cur", name + "T"));
            }
            else
            {
                File.Delete(Path.Combine(_tree.Root, "cur", name));
            }

            Assert.That(mailbox.Refresh().Count, Is.EqualTo(isRename ? 40 : 39));
        }

        IsNotListed();
        Agrees();
    }

    [Test]
    public void What_another_program_does_unseen_as_the_session_ends_is_found_by_the_next()
    {
        string[] names = _tree.In("cur");
        using (MailStore store = MailStore.Open(_tree.Options))
        {
            using Mailbox mailbox = store.Select(MailboxName.Inbox, false);
            File.Delete(Path.Combine(_tree.Root, "cur", names[7]));
            Assert.That(mailbox.Refresh().Count, Is.EqualTo(39));
            File.Delete(Path.Combine(_tree.Root, "cur", names[8]));
            bool isDone = false;
            using var counter = new CallCounter((kind, _) =>
            {
                if (kind == DiskCallKind.SetTimes && !isDone)
                {
                    isDone = true;
                    File.Delete(Path.Combine(_tree.Root, "cur", names[9]));
                }

                return Errno.None;
            });
            mailbox.Dispose();
        }

        Assert.That(_tree.Open().State.Count, Is.LessThanOrEqualTo(38));
        Agrees();
    }

    [Test]
    public void More_arrivals_than_the_kernel_tells_of_are_moved_without_losing_sight_of_the_directories()
    {
        for (int i = 0; i < 9000; i++)
        {
            _tree.Deliver("x\n");
        }

        using (MailStore store = MailStore.Open(_tree.Options))
        {
            using Mailbox mailbox = store.Select(MailboxName.Inbox, false);
            Assert.That(mailbox.State.Count, Is.EqualTo(9040));
            using var counter = new CallCounter();
            mailbox.Refresh();
            Assert.That(counter.Listings, Is.Zero);
        }

        IsNotListed();
    }

    [Test]
    public void Lines_of_expunged_messages_are_dropped_when_they_outnumber_the_others()
    {
        for (int i = 0; i < 150; i++)
        {
            _tree.Append("x\r\n", flags: SystemFlags.Deleted);
        }

        Mailbox mailbox = _tree.Open();
        uint next = mailbox.State.UidNext.Value;
        mailbox.Expunge(null);
        Assert.That(_tree.Read("dovecot-uidlist").Split('\n'), Has.Length.EqualTo(42));
        IsNotListed();
        Assert.That(_tree.Append("y\r\n").Uids[0].Value, Is.EqualTo(next));
        Agrees();
    }

    [Test]
    public void Sizes_that_STATUS_has_counted_are_not_counted_again()
    {
        ulong octets = _tree.Store.Status(MailboxName.Inbox).Octets;
        Assert.That(octets, Is.EqualTo((20ul * 20) + (10 * 3) + (10 * 4)));
        int reads = 0;
        using var counter = new CallCounter((kind, name) =>
        {
            reads += kind == DiskCallKind.Open && name.StartsWith("17", StringComparison.Ordinal) ? 1 : 0;
            return Errno.None;
        });
        Assert.That(_tree.Store.Status(MailboxName.Inbox).Octets, Is.EqualTo(octets));
        Assert.That(reads, Is.Zero);
    }

    private void Many(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _tree.Deliver();
        }

        using MailStore store = MailStore.Open(_tree.Options);
        store.Select(MailboxName.Inbox, false).Dispose();
    }

    private static int Calls(Action action)
    {
        using var counter = new CallCounter();
        action();
        return counter.Calls;
    }

    /// <summary>Nobody who comes now lists the directories.</summary>
    private void IsNotListed(string name = "INBOX")
    {
        using MailStore store = MailStore.Open(_tree.Options);
        using var counter = new CallCounter();
        store.Select(TestTree.Name(name), true).Dispose();
        store.Select(TestTree.Name(name), false).Dispose();
        store.Status(TestTree.Name(name), false);
        Assert.That(counter.Listings, Is.Zero);
    }

    /// <summary>What the index shows is what is in the directories.</summary>
    private void Agrees(string name = "INBOX") => Pictures.AreThoseOfTheDirectories(_tree, name);
}
