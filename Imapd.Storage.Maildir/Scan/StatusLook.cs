using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>STATUS of a mailbox that has not changed: from the head of its index, nothing else of it is opened.</summary>
/// <remarks>
/// Everything is named by its path from the root. When another mailbox comes to be there meanwhile, its directories are not those
/// of which the index has the stamps. An intent is not asked after: it has brought nothing yet, or the stamps are other ones.
/// </remarks>
internal static class StatusLook
{
    /// <summary>Looks.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="name">The mailbox.</param>
    /// <param name="countOctets">Whether the messages' sizes are wanted.</param>
    /// <returns>Null when the index does not tell, or the mailbox may be another than it says.</returns>
    public static MailboxStatus? Try(TreeRoot tree, MailboxName name, bool countOctets)
    {
        string? usual = tree.Layout.UsualDirectoryOf(name);
        if (usual is not null && TryAt(tree, usual, countOctets) is { } status)
        {
            return status;
        }

        return tree.Locate(name) is { } found && found != usual ? TryAt(tree, found, countOctets) : null;
    }

    private static MailboxStatus? TryAt(TreeRoot tree, string directoryName, bool countOctets)
    {
        string prefix = directoryName.Length == 0 ? directoryName : directoryName + "/";
        DirectoryHandle root = tree.Directory;
        IndexHead? head;
        if (root.TryOpenFile(prefix + IndexFile.FileName, Libc.O_RDONLY, out FileHandle? file) != Errno.None)
        {
            return null;
        }

        using (file)
        {
            FileStat stat = file!.Stat();
            head = tree.IsRemote(file, stat.Device) ? null : IndexHead.TryRead(file, stat);
        }

        if (head is null || (countOctets && head.Summary.UnknownSizes > 0))
        {
            return null;
        }

        // Later than the index was read: what it says was so at this moment.
        LookStamps stamps = head.Summary.Stamps;
        return IsStill(root, prefix + "new", stamps.New) && IsStill(root, prefix + "cur", stamps.Cur)
            && FileStamp.Of(root, prefix + UidListFile.FileName).Confirms(stamps.UidList)
            ? Of(head, countOctets)
            : null;
    }

    private static bool IsStill(DirectoryHandle root, string part, FileStamp stamp) =>
        root.TryStat(part, false, out FileStat now) == Errno.None && FileStamp.Of(now).Confirms(stamp);

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
