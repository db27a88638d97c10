using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Native;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Look;

/// <summary>
/// HIGHESTMODSEQ does not go back (RFC 7162 §3.1.2.1), whatever became of the index in which it stood. No command shows it yet.
/// It may where changes of flags that took back one another leave no trace: a power failure takes the renames together with what
/// the index said of them, since neither is waited for; or the disk is full, the mailbox had changed in the same moment as its
/// index was written, and it is opened again within five seconds. The next mod-sequence is above all that were told even then
/// (<see cref="Crash.Told.CheckNextModSeq"/>): a client misses no change, and one that shows it would have to sync the index first.
/// </summary>
internal sealed class ModSeqTests
{
    private TestTree _tree = null!;

    [SetUp]
    public void Make() => _tree = new TestTree();

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void It_does_not_go_back_when_changes_that_took_back_one_another_were_in_no_index()
    {
        _tree.Append("x\r\n");
        _tree.Open();
        ulong told;
        using (new CallCounter((kind, _) => kind == DiskCallKind.Write ? Errno.ENOSPC : Errno.None))
        {
            using MailStore store = MailStore.Open(_tree.Options);
            using Mailbox mailbox = store.Select(MailboxName.Inbox, false);
            mailbox.Flag(FlagChangeKind.Add, SystemFlags.Flagged);
            told = mailbox.Flag(FlagChangeKind.Remove, SystemFlags.Flagged).HighestModSeq.Value;
        }

        Assert.That(Fresh(), Is.GreaterThanOrEqualTo(told));
    }

    [Test]
    public void It_does_not_go_back_when_the_index_is_lost_or_an_older_one_is_put_back([Values] bool isLost, [Values] bool isOpen)
    {
        _tree.Append("x\r\n");
        using Mailbox mailbox = _tree.Store.Select(MailboxName.Inbox, false);
        string path = Path.Combine(_tree.Root, "imapd.index");
        byte[] older = File.ReadAllBytes(path);
        mailbox.Flag(FlagChangeKind.Add, SystemFlags.Flagged);
        ulong told = mailbox.Flag(FlagChangeKind.Remove, SystemFlags.Flagged).HighestModSeq.Value;
        if (!isOpen)
        {
            mailbox.Dispose();
        }

        File.Delete(path);
        if (!isLost)
        {
            File.WriteAllBytes(path, older);
        }

        Assert.That(Fresh(), Is.GreaterThanOrEqualTo(told));
        if (isOpen)
        {
            Assert.That(mailbox.Refresh().HighestModSeq.Value, Is.GreaterThanOrEqualTo(told));
        }
    }

    private ulong Fresh()
    {
        using MailStore store = MailStore.Open(_tree.Options);
        using Mailbox mailbox = store.Select(MailboxName.Inbox, true);
        return mailbox.State.HighestModSeq.Value;
    }
}
