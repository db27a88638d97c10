using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Native;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Look;

/// <summary>What other programs do reaches every session, whatever this one is doing at the moment.</summary>
internal sealed class ForeignChangeTests
{
    private TestTree _tree = null!;
    private Random _random = null!;

    [SetUp]
    public void Make() => _tree = new TestTree();

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void A_session_that_follows_sees_what_one_that_lists_sees([Values(1, 2, 3, 4, 5, 6)] int seed)
    {
        _random = new Random(seed);
        for (int i = 0; i < 30; i++)
        {
            _tree.Deliver($"{i}\n");
        }

        Mailbox following = _tree.Open(readOnly: seed % 2 == 0);
        for (int round = 0; round < 60; round++)
        {
            for (int i = _random.Next(4); i >= 0; i--)
            {
                Foreign();
            }

            MailboxState before = following.State;
            string[] seen = Pictures.Of(following.Refresh());
            File.Delete(Path.Combine(_tree.Root, "imapd.index"));
            using MailStore store = MailStore.Open(_tree.Options);
            using Mailbox listing = store.Select(MailboxName.Inbox, true);
            Assert.That(seen, Is.EqualTo(Pictures.Of(listing.State)), $"round {round}");
            uint last = before.Count == 0 ? 0 : before.UidAt(before.Count - 1).Value;
            Assert.That(following.State.Uids().Where(uid => uid <= last).Except(before.Uids()), Is.Empty, "messages come in at the end");
        }
    }

    [Test]
    public void Deltas_list_nothing()
    {
        string[] names = [.. Enumerable.Range(0, 5).Select(_ => _tree.Deliver())];
        Mailbox mailbox = _tree.Open();
        Assume.That(mailbox.WatchDescriptor, Is.GreaterThanOrEqualTo(0));
        string cur = Path.Combine(_tree.Root, "cur");
        using var counter = new CallCounter();
        _tree.Deliver("arrived\n");
        File.Delete(Path.Combine(cur, names[1] + ":2,"));
        File.Move(Path.Combine(cur, names[2] + ":2,"), Path.Combine(cur, names[2] + ":2,S"));
        MailboxState state = mailbox.Refresh();
        Assert.That(counter.Listings, Is.Zero);
        Assert.That(state.Uids(), Is.EqualTo(new uint[] { 1, 3, 4, 5, 6 }));
        Assert.That(state.FlagsAt(1).System, Is.EqualTo(SystemFlags.Seen));
        Assert.That(mailbox.Wire(new Uid(6)), Is.EqualTo("arrived\r\n"));
        Assert.That(mailbox.Refresh(), Is.SameAs(state));
    }

    [TestCase(DiskCallKind.Rename)]
    [TestCase(DiskCallKind.SetTimes)]
    [TestCase(DiskCallKind.Write)]
    public void A_change_between_ours_and_the_seal_is_not_lost(DiskCallKind moment)
    {
        string[] names = [.. Enumerable.Range(0, 3).Select(_ => _tree.Deliver())];
        Mailbox mailbox = _tree.Open();
        string cur = Path.Combine(_tree.Root, "cur");
        bool isDone = false;
        using (new CallCounter((kind, _) =>
        {
            if (kind == moment && !isDone)
            {
                isDone = true;
                File.Move(Path.Combine(cur, names[1] + ":2,"), Path.Combine(cur, names[1] + ":2,F"));
                File.Delete(Path.Combine(cur, names[2] + ":2,"));
            }

            return Errno.None;
        }))
        {
            mailbox.ChangeFlags([new Uid(1)], new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.Seen, [])));
        }

        Assert.That(isDone, Is.True);
        using (MailStore store = MailStore.Open(_tree.Options))
        {
            using Mailbox other = store.Select(MailboxName.Inbox, true);
            Assert.That(Pictures.Of(other.State), Is.EqualTo(new[] { "1 Seen ", "2 Flagged " }));
        }

        Assert.That(Pictures.Of(mailbox.Refresh()), Is.EqualTo(new[] { "1 Seen ", "2 Flagged " }));
        Pictures.AreThoseOfTheDirectories(_tree, "INBOX");
    }

    [Test]
    public void A_program_that_renames_while_flags_are_stored_loses_nothing()
    {
        for (int i = 0; i < 40; i++)
        {
            _tree.Append($"{i}\r\n", flags: SystemFlags.Seen);
        }

        Mailbox mailbox = _tree.Open();
        string cur = Path.Combine(_tree.Root, "cur");
        bool isOver = false;
        var renamer = new Thread(() =>
        {
            var random = new Random(1);
            while (!Volatile.Read(ref isOver))
            {
                string[] files = Directory.GetFiles(cur);
                string file = files[random.Next(files.Length)];
                try
                {
                    File.Move(file, file.EndsWith('T') ? file[..^1] : file + "T");
                }
                catch (IOException)
                {
                    Thread.Yield();
                }
            }
        });
        renamer.Start();
        try
        {
            for (int i = 0; i < 200; i++)
            {
                mailbox.Flag((FlagChangeKind)(i % 2) + 1, SystemFlags.Flagged);
                Assert.That(mailbox.Refresh().Count, Is.EqualTo(40));
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            renamer.Join();
        }

        string[] seen = Pictures.Of(mailbox.Refresh());
        Pictures.AreThoseOfTheDirectories(_tree, "INBOX");
        using MailStore store = MailStore.Open(_tree.Options);
        using Mailbox fresh = store.Select(MailboxName.Inbox, true);
        Assert.That(seen, Is.EqualTo(Pictures.Of(fresh.State)));
    }

    [Test]
    public void More_events_than_can_be_kept_are_made_good_by_a_listing()
    {
        Mailbox mailbox = _tree.Open();
        for (int i = 0; i < 300; i++)
        {
            _tree.Deliver("x\n");
        }

        string cur = Path.Combine(_tree.Root, "cur");
        string name = Path.GetFileName(Directory.GetFiles(Path.Combine(_tree.Root, "new"))[0]);
        mailbox.Refresh();
        for (int i = 0; i < 17_000; i++)
        {
            File.Move(Path.Combine(cur, name + (i % 2 == 0 ? ":2," : ":2,S")), Path.Combine(cur, name + (i % 2 == 0 ? ":2,S" : ":2,")));
        }

        File.Delete(Path.Combine(cur, name + ":2,"));
        Assert.That(mailbox.Refresh().Count, Is.EqualTo(299));
    }

    private void Foreign()
    {
        string cur = Path.Combine(_tree.Root, "cur");
        string arriving = Path.Combine(_tree.Root, "new");
        string[] files = [.. Directory.GetFiles(cur), .. Directory.GetFiles(arriving)];
        string file = files.Length == 0 ? "" : files[_random.Next(files.Length)];
        string name = Path.GetFileName(file).Split(':')[0];
        switch (files.Length == 0 ? 0 : _random.Next(9))
        {
            case 0 or 1:
                _tree.Deliver();
                break;
            case 2:
                File.Delete(file);
                break;
            case 3 or 4:
                File.Move(file, Path.Combine(cur, name + ":2," + (_random.Next(2) == 0 ? "S" : "FT")), overwrite: true);
                break;
            case 5:
                File.Move(file, Path.Combine(arriving, name), overwrite: true);
                break;
            case 6:
                // Out and in again.
                File.Move(file, Path.Combine(_tree.Root, "tmp", name));
                File.Move(Path.Combine(_tree.Root, "tmp", name), Path.Combine(cur, name + ":2,R"));
                break;
            case 7:
                File.WriteAllText(Path.Combine(cur, $"{1800000000 + _random.Next(1000)}.M1P1.cur:2,S"), "straight\n");
                break;
            default:
                File.Copy(file, file.Replace(name, name + "x", StringComparison.Ordinal), overwrite: true);
                break;
        }
    }
}
