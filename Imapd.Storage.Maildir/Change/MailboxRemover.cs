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
    ///   1: the mailbox, or a directory without a leading full stop in the root, which no program takes for a mailbox and
    ///      the next DELETE removes;
    ///   2: the latter;
    ///   3: part of it, or nothing.
    /// </remarks>
    public static void Remove(TreeRoot tree, string directoryName)
    {
        DirectoryHandle root = tree.Directory;
        SweepLeftovers(root);
        string aside = Prefix + tree.Names.Next();
        using DirectoryHandle mailbox = tree.OpenMailbox(directoryName);
        using MailboxLock held = MailboxLock.Take(mailbox, MailboxLock.FileName, tree.Options);
        Errno error = root.TryRenameNew(directoryName, root, aside); // 1
        if (error != Errno.None)
        {
            throw new UnixException("renameat2", directoryName, error);
        }

        try
        {
            root.Sync(); // 2
        }
        catch (UnixException)
        {
            // Nobody is told that it is gone, so it is not.
            root.TryRenameNew(aside, root, directoryName);
            throw;
        }

        DirectoryRemover.Remove(root, aside); // 3
    }

    private static void SweepLeftovers(DirectoryHandle root)
    {
        foreach (Scan.DirectoryEntry entry in Scan.DirectoryReader.Read(root))
        {
            if (entry.Name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                DirectoryRemover.Remove(root, entry.Name);
            }
        }
    }
}
