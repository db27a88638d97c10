using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Scale;

/// <summary>Dates and sizes that were found out once are known from then on, and are nobody's news.</summary>
internal sealed class LearntFactsTests
{
    private TestTree _tree = null!;

    [SetUp]
    public void Deliver()
    {
        _tree = new TestTree();
        for (int i = 0; i < 200; i++)
        {
            _tree.Deliver();
        }

        _tree.Open().Dispose();
    }

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void They_are_in_the_index_for_the_next_session([Values] bool readOnly, [Values] bool isRefreshed)
    {
        DateTimeOffset[] dates;
        using (Mailbox mailbox = _tree.Store.Select(MailboxName.Inbox, readOnly))
        {
            Assert.That(mailbox.State.InternalDateAt(0), Is.Null);
            dates = Ask(mailbox);
            if (isRefreshed)
            {
                mailbox.Refresh();
            }
        }

        MailboxState state = _tree.Open(readOnly: true).State;
        Assert.That(Enumerable.Range(0, 200).Select(i => state.InternalDateAt(i)), Is.EqualTo(dates.Select(date => (DateTimeOffset?)date)));
        Assert.That(Enumerable.Range(0, 200).Select(state.WireOctetsAt), Is.All.GreaterThan(0));
        Assert.That(_tree.Store.Status(MailboxName.Inbox).Octets, Is.EqualTo((ulong)Enumerable.Range(0, 200).Sum(state.WireOctetsAt)));
    }

    [Test]
    public void Nobody_is_told_anything_because_of_them()
    {
        Mailbox other = _tree.Open();
        Mailbox mailbox = _tree.Open(readOnly: true);
        MailboxState before = other.State;
        MailboxState own = mailbox.State;
        Ask(mailbox);
        Assert.That(mailbox.Refresh(), Is.SameAs(own));
        Assert.That(other.Refresh().HighestModSeq, Is.EqualTo(before.HighestModSeq));
        StateDifference difference = other.State.DifferenceFrom(before);
        Assert.That(difference.Changed, Is.Empty);
        Assert.That(_tree.Store.Status(MailboxName.Inbox).HighestModSeq, Is.EqualTo(before.HighestModSeq));
    }

    [Test]
    public void They_are_not_waited_for()
    {
        using Mailbox mailbox = _tree.Store.Select(MailboxName.Inbox, false);
        Ask(mailbox);
        using (Imapd.Storage.Maildir.Native.DirectoryHandle directory = Opened(_tree.Root))
        using (Imapd.Storage.Maildir.Watch.MailboxLock.Take(
            directory, Imapd.Storage.Maildir.Watch.MailboxLock.FileName, _tree.Options))
        {
            Assert.That(mailbox.Refresh(), Is.SameAs(mailbox.State));
            Assert.That(mailbox.State.InternalDateAt(0), Is.Null);
        }

        mailbox.Refresh();
        Assert.That(_tree.Open(readOnly: true).State.InternalDateAt(0), Is.Not.Null);
    }

    private static Imapd.Storage.Maildir.Native.DirectoryHandle Opened(string path)
    {
        Imapd.Storage.Maildir.Native.DirectoryHandle.TryOpen(path, out Imapd.Storage.Maildir.Native.DirectoryHandle? directory);
        return directory!;
    }

    private static DateTimeOffset[] Ask(Mailbox mailbox) =>
    [
        .. mailbox.State.AllUids().Select(uid =>
        {
            mailbox.WireOctets(uid);
            return mailbox.InternalDate(uid);
        }),
    ];
}
