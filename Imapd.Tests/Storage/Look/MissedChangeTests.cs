using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Native;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Look;

/// <summary>What happens while a look is at work, or makes it fail, is seen by the next one.</summary>
internal sealed class MissedChangeTests
{
    private TestTree _tree = null!;

    [SetUp]
    public void Make() => _tree = new TestTree();

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void A_message_that_comes_between_stamps_and_events_is_not_lost()
    {
        _tree.Deliver();
        Mailbox mailbox = _tree.Open();
        mailbox.Refresh();
        _tree.Write("dovecot-uidlist", _tree.Read("dovecot-uidlist"));
        int asked = 0;
        using (new CallCounter((kind, name) =>
        {
            if (kind == DiskCallKind.Stat && name == "dovecot-keywords" && ++asked == 2)
            {
                _tree.Deliver();
            }

            return Errno.None;
        }))
        {
            mailbox.Refresh();
        }

        Assert.That(asked, Is.GreaterThanOrEqualTo(2));
        Assert.That(mailbox.Refresh().Uids(), Is.EqualTo(new uint[] { 1, 2 }));
    }

    [Test]
    public void What_comes_during_a_look_is_looked_at_soon([Values] bool readOnly)
    {
        Mailbox mailbox = _tree.Open(readOnly: readOnly);
        Assume.That(mailbox.WatchDescriptor, Is.GreaterThanOrEqualTo(0));
        mailbox.Refresh();
        Assert.That(mailbox.RefreshWithinMilliseconds, Is.EqualTo(int.MaxValue));
        _tree.Deliver();
        bool isDone = false;
        using (new CallCounter((kind, _) =>
        {
            if (kind == DiskCallKind.Sync && !isDone)
            {
                isDone = true;
                _tree.Deliver();
            }

            return Errno.None;
        }))
        {
            Assert.That(mailbox.Refresh().Count, Is.EqualTo(1));
        }

        Assert.That(mailbox.RefreshWithinMilliseconds, Is.LessThan(1000));
        Assert.That(mailbox.Refresh().Count, Is.EqualTo(2));
        mailbox.Refresh();
        Assert.That(mailbox.RefreshWithinMilliseconds, Is.EqualTo(int.MaxValue));
    }

    [Test]
    public void A_look_that_fails_is_made_up_for()
    {
        Mailbox mailbox = _tree.Open();
        _tree.Deliver();
        using (new CallCounter((kind, name) =>
            kind == DiskCallKind.Create && name == "dovecot-uidlist.lock" ? Errno.EMFILE : Errno.None))
        {
            Assert.That(() => mailbox.Refresh(), Throws.InstanceOf<StoreException>());
        }

        Assert.That(mailbox.RefreshWithinMilliseconds, Is.LessThan(int.MaxValue));
        Assert.That(mailbox.Refresh().Uids(), Is.EqualTo(new uint[] { 1 }));
    }

    [Test]
    public void Messages_that_got_no_UID_on_a_full_disk_get_one_when_there_is_room([Values] bool isListed)
    {
        Mailbox mailbox = _tree.Open(readOnly: true);
        _tree.Deliver();
        if (isListed)
        {
            File.Delete(Path.Combine(_tree.Root, "imapd.index"));
        }

        // The directory's time is old enough to be believed.
        using (new CallCounter((kind, _) => kind == DiskCallKind.Write ? Errno.ENOSPC : Errno.None) { AgeNanoseconds = 1_000_000_000 })
        {
            Assert.That(mailbox.Refresh().Count, Is.Zero);
        }

        Assert.That(mailbox.Refresh().Uids(), Is.EqualTo(new uint[] { 1 }));
    }

    [Test]
    public void A_listing_that_takes_long_makes_no_stamp_old_enough()
    {
        _tree.Append("x\r\n");
        _tree.Deliver();
        using var slow = new SlowListings();
        _tree.Store.Status(MailboxName.Inbox, false);
        slow.Listings = 0;
        _tree.Store.Status(MailboxName.Inbox, false);
        Assert.That(slow.Listings, Is.GreaterThan(0));
    }

    [Test]
    public void A_UID_that_another_program_gives_while_we_wait_for_its_lock_is_kept()
    {
        _tree.Append("1\r\n");
        bool isDone = false;
        using (new CallCounter((kind, name) =>
        {
            if (kind == DiskCallKind.Create && name == "dovecot-uidlist.lock" && !isDone)
            {
                isDone = true;
                File.AppendAllText(Path.Combine(_tree.Root, "dovecot-uidlist"), $"2 :{_tree.Deliver("2\n")}\n");
            }

            return Errno.None;
        }))
        {
            Assert.That(_tree.Append("3\r\n").Uids[0].Value, Is.EqualTo(3));
        }

        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.State.AllUids().Select(mailbox.Wire), Is.EqualTo(new[] { "1\r\n", "2\r\n", "3\r\n" }));
        Assert.That(mailbox.State.Uids(), Is.EqualTo(new uint[] { 1, 2, 3 }));
    }

    [Test]
    public void A_file_being_renamed_by_link_and_unlink_keeps_both_names()
    {
        string name = _tree.Deliver();
        Assert.That(_tree.Open().State.Count, Is.EqualTo(1));
        Assert.That(DirectoryHandle.TryOpen(Path.Combine(_tree.Root, "cur"), out DirectoryHandle? cur), Is.EqualTo(Errno.None));
        using (cur)
        {
            Assert.That(cur!.TryLink(name + ":2,", cur, name + ":2,S"), Is.EqualTo(Errno.None));
            Assert.That(_tree.Open().Refresh().Uids(), Is.EqualTo(new uint[] { 1 }));
            Assert.That(_tree.In("cur"), Has.Length.EqualTo(2));
            cur.TryUnlink(name + ":2,");
        }

        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.State.Uids(), Is.EqualTo(new uint[] { 1 }));
        Assert.That(mailbox.Wire(new Uid(1)), Does.Contain("body"));
    }

    /// <summary>
    /// Everything changes a moment after the first look at the UID list, and a listing takes until the time of that change would
    /// be old enough to be believed.
    /// </summary>
    private sealed class SlowListings : CallSeam, IDisposable
    {
        private const long MomentNanoseconds = 200_000_000;
        private const long OldNanoseconds = 60_000_000;
        private long _changed;

        public SlowListings() => Current = this;

        public int Listings { get; set; }

        private static long Now => (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100;

        public override FileStat Seen(in FileStat stat) => _changed == 0 ? stat : stat with { ChangedNanoseconds = _changed };

        public void Dispose() => Current = null;

        protected override Errno Before(in DiskCall call)
        {
            if (call.Kind == DiskCallKind.List)
            {
                Listings++;
                SpinWait.SpinUntil(() => Now > _changed + OldNanoseconds);
            }
            else if (call.Kind == DiskCallKind.Stat && _changed == 0 && call.Path.StartsWith("dovecot-uidlist"u8))
            {
                _changed = Now + MomentNanoseconds;
            }

            return Errno.None;
        }

        protected override void After(in DiskCall call, nint result)
        {
        }
    }
}
