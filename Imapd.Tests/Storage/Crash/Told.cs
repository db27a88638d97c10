using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Crash;

/// <summary>What clients were told. It has to be true for ever after.</summary>
internal sealed class Told
{
    private readonly List<ToldMailbox> _mailboxes = [];

    /// <summary>Takes note of all that a client could have read here.</summary>
    public void Hear(TreeView view)
    {
        foreach (MailboxView mailbox in view.Mailboxes.Values)
        {
            ToldMailbox told = Of(mailbox.Name, mailbox.UidValidity);
            told.Id = mailbox.Id;
            told.UidNext = Math.Max(told.UidNext, mailbox.UidNext);
            told.HighestModSeq = Math.Max(told.HighestModSeq, mailbox.HighestModSeq);
            foreach (MessageView message in mailbox.Messages)
            {
                told.Messages[message.Uid] = message.Content;
            }
        }
    }

    /// <summary>Takes note of APPENDUID or COPYUID, or of what the files of another server say.</summary>
    public void Hear(string mailbox, uint uidValidity, uint uid, string content)
    {
        ToldMailbox told = Of(mailbox, uidValidity);
        told.Messages[uid] = content;
        told.UidNext = Math.Max(told.UidNext, uid + 1);
    }

    /// <summary>Takes note of HIGHESTMODSEQ.</summary>
    public void HearModSeq(uint uidValidity, ulong highestModSeq)
    {
        foreach (ToldMailbox told in _mailboxes.Where(told => told.UidValidity == uidValidity))
        {
            told.LastModSeq = Math.Max(told.LastModSeq, highestModSeq);
        }
    }

    /// <summary>These may be gone, or not be: the operation removes them.</summary>
    public void MayGo(string mailbox, IEnumerable<Uid> uids) =>
        Named(mailbox).MayGo.UnionWith(uids.Select(static uid => uid.Value));

    /// <summary>These are gone: the operation was acknowledged.</summary>
    public void IsGone(string mailbox, IEnumerable<Uid> uids) =>
        Named(mailbox).Gone.UnionWith(uids.Select(static uid => uid.Value));

    /// <summary>The mailbox may be gone.</summary>
    public void MayVanish(string mailbox) => Named(mailbox).MayVanish = true;

    /// <summary>Asserts that nothing contradicts what was told.</summary>
    /// <param name="now">What there is.</param>
    /// <param name="mayBeUndone">Whether changes for which the disk was not waited may be undone.</param>
    public void Check(TreeView now, bool mayBeUndone)
    {
        foreach (ToldMailbox told in _mailboxes)
        {
            MailboxView? mailbox = now.Mailboxes.Values.SingleOrDefault(other => other.Id == told.Id)
                ?? (told.Id is null ? now.Mailboxes.GetValueOrDefault(told.Name) : null);
            if (mailbox is null)
            {
                Assert.That(told.MayVanish, Is.True, told.Name + " is gone");
                if (now.Mailboxes.TryGetValue(told.Name, out MailboxView? other))
                {
                    Assert.That(other.UidValidity, Is.GreaterThan(told.UidValidity), "another mailbox has the name");
                }

                continue;
            }

            Check(told, mailbox);
            Assert.That(mayBeUndone || mailbox.HighestModSeq >= told.LastModSeq, Is.True, "HIGHESTMODSEQ has gone back");
        }

        Assert.That(
            now.Mailboxes.Values.Select(static mailbox => mailbox.UidValidity), Is.Unique, "two mailboxes have one UIDVALIDITY");
    }

    /// <summary>Asserts that names that are gone can be used again, with a larger UIDVALIDITY.</summary>
    public void CheckGoneNames(MailStore store, TreeView now)
    {
        foreach (ToldMailbox told in _mailboxes.Where(told => told.MayVanish && !now.Mailboxes.ContainsKey(told.Name)))
        {
            store.Create(TestTree.Name(told.Name), SpecialUse.None);
            Assert.That(MailboxView.Of(store, TestTree.Name(told.Name)).UidValidity, Is.GreaterThan(told.UidValidity));
        }
    }

    /// <summary>Asserts that a change gets a mod-sequence above all that were told, those of changes that were undone among them.</summary>
    public void CheckNextModSeq(MailboxView changed)
    {
        foreach (ToldMailbox told in _mailboxes.Where(told => told.UidValidity == changed.UidValidity))
        {
            Assert.That(changed.HighestModSeq, Is.GreaterThan(Math.Max(told.LastModSeq, told.HighestModSeq)), "the next mod-sequence");
        }
    }

    private static void Check(ToldMailbox told, MailboxView mailbox)
    {
        Assert.That(mailbox.UidValidity, Is.EqualTo(told.UidValidity), "UIDVALIDITY");
        Assert.That(mailbox.UidNext, Is.GreaterThanOrEqualTo(told.UidNext), "UIDNEXT");
        Assert.That(mailbox.HighestModSeq, Is.GreaterThanOrEqualTo(told.HighestModSeq), "HIGHESTMODSEQ");
        Assert.That(mailbox.Messages.Select(static message => message.Uid), Is.Ordered.And.Unique);
        foreach (MessageView message in mailbox.Messages)
        {
            if (told.Messages.TryGetValue(message.Uid, out string? content))
            {
                Assert.That(message.Content, Is.EqualTo(content), $"UID {message.Uid} is another message");
                Assert.That(told.Gone, Does.Not.Contain(message.Uid), "a message that was told to be gone");
            }
            else
            {
                Assert.That(message.Uid, Is.GreaterThanOrEqualTo(told.UidNext), "a UID below UIDNEXT for a new message");
            }
        }

        foreach ((uint uid, string content) in told.Messages.Where(pair => !told.MayGo.Contains(pair.Key) && !told.Gone.Contains(pair.Key)))
        {
            Assert.That(mailbox.Messages.Any(message => message.Uid == uid), Is.True, $"UID {uid} is lost in {mailbox.Name}: {content}");
        }
    }

    private ToldMailbox Named(string name) => _mailboxes.Last(told => told.Name == name);

    private ToldMailbox Of(string name, uint uidValidity)
    {
        ToldMailbox? told = _mailboxes.Find(told => told.Name == name && told.UidValidity == uidValidity);
        if (told is null)
        {
            _mailboxes.Add(told = new ToldMailbox { Name = name, UidValidity = uidValidity });
        }

        return told;
    }

    private sealed class ToldMailbox
    {
        public required string Name { get; init; }

        public required uint UidValidity { get; init; }

        public string? Id { get; set; }

        public uint UidNext { get; set; } = 1;

        public ulong HighestModSeq { get; set; }

        /// <summary>What was told of a change for which the disk was not waited.</summary>
        public ulong LastModSeq { get; set; }

        public Dictionary<uint, string> Messages { get; } = [];

        public HashSet<uint> MayGo { get; } = [];

        public HashSet<uint> Gone { get; } = [];

        public bool MayVanish { get; set; }
    }
}
