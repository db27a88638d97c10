using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Removes a mailbox's directory.</summary>
internal static class MailboxRemover
{
    /// <summary>What the name of a mailbox being removed begins with.</summary>
    public const string Prefix = "imapd.deleted.";

    /// <summary>Removes a mailbox. The caller holds the lock of the names. Durable on return.</summary>
    /// <remarks>
    /// The mailbox's own lock is held, so no session adds a message to what is being thrown away; it finds the mailbox gone
    /// when it gets the lock. Power fails after step
    ///   1: as the layout says; at last a directory where no program looks for a mailbox, which the next DELETE removes;
    ///   2: part of it, or nothing.
    /// </remarks>
    public static void Remove(TreeRoot tree, string directoryName)
    {
        DirectoryHandle root = tree.Directory;
        SweepLeftovers(tree);
        string aside = tree.Layout.Aside + Prefix + tree.Names.Next();
        using DirectoryHandle mailbox = tree.OpenMailbox(directoryName);
        using MailboxLock held = MailboxLock.Take(mailbox, MailboxLock.FileName, tree.Options);
        tree.Layout.TakeAside(directoryName, aside); // 1
        DirectoryRemover.Remove(root, aside); // 2
    }

    private static void SweepLeftovers(TreeRoot tree)
    {
        using DirectoryHandle place = tree.Directory.OpenDirectory("./" + tree.Layout.Aside, false);
        foreach (Scan.DirectoryEntry entry in Scan.DirectoryReader.Read(place))
        {
            if (entry.Name.StartsWith(Prefix, StringComparison.Ordinal) || entry.Name.StartsWith(MailboxMaker.Prefix, StringComparison.Ordinal))
            {
                DirectoryRemover.Remove(place, entry.Name);
            }
        }
    }
}
