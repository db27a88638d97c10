using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Change;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>STATUS of a mailbox that has not changed: from the head of its index, nothing else of it is opened.</summary>
internal static class StatusLook
{
    /// <summary>Looks.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="name">The mailbox.</param>
    /// <param name="countOctets">Whether the messages' sizes are wanted.</param>
    /// <returns>Null when the index does not tell, or the mailbox may be another than it says.</returns>
    public static MailboxStatus? Try(TreeRoot tree, MailboxName name, bool countOctets)
    {
        if (tree.Locate(name) is not { } directoryName)
        {
            return null;
        }

        using DirectoryHandle mailbox = tree.OpenMailbox(directoryName);
        if (IndexHead.TryRead(mailbox) is not { } head || (countOctets && head.Summary.UnknownSizes > 0)
            || FileSystemKind.IsRemote(mailbox) || CopyIntent.IsThere(mailbox))
        {
            return null;
        }

        // Later than the index was read: what it says was so at this moment.
        LookStamps stamps = head.Summary.Stamps;
        return IsStill(mailbox, "new", stamps.New) && IsStill(mailbox, "cur", stamps.Cur)
            && FileStamp.Of(mailbox, UidListFile.FileName).Confirms(stamps.UidList)
            ? Of(head, countOctets)
            : null;
    }

    private static bool IsStill(DirectoryHandle mailbox, string part, FileStamp stamp) =>
        mailbox.TryStat(part, false, out FileStat now) == Errno.None && FileStamp.Of(now).Confirms(stamp);

    private static MailboxStatus Of(IndexHead head, bool countOctets)
    {
        IndexSummary summary = head.Summary;
        return new MailboxStatus(
            summary.Messages,
            summary.InNew,
            new Uid(summary.NextUid),
            new UidValidity(head.Header.UidValidity),
            summary.Unseen,
            summary.Deleted,
            countOctets ? summary.WireOctets : 0,
            new ModSeq(summary.HighestModSeq),
            head.Header.MailboxId);
    }
}
