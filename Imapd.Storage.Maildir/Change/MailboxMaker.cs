using Imapd.Storage.Maildir.Courier;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Makes a mailbox's directory.</summary>
internal static class MailboxMaker
{
    /// <summary>What the name of a mailbox being made begins with.</summary>
    public const string Prefix = "imapd.new.";

    /// <summary>Makes a mailbox. The caller holds the lock of the names. Durable on return.</summary>
    /// <remarks>
    /// Power fails after step
    ///   1: a directory where no program looks for a mailbox, removed by the next DELETE;
    ///   2: the mailbox, complete and empty, as the layout says.
    /// </remarks>
    /// <param name="tree">The tree.</param>
    /// <param name="directoryName">Where the layout has a mailbox of the name.</param>
    public static void Make(TreeRoot tree, string directoryName)
    {
        DirectoryHandle root = tree.Directory;
        string temporary = tree.Layout.Aside + Prefix + tree.Names.Next();
        Ensure(root.TryMakeDirectory(temporary), temporary);
        try
        {
            using (DirectoryHandle mailbox = root.OpenDirectory(temporary, false)) // 1
            {
                foreach (string part in (ReadOnlySpan<string>)["new", "cur", "tmp"])
                {
                    Ensure(mailbox.TryMakeDirectory(part), part);
                }

                if (tree.Layout.MarksFolders)
                {
                    mailbox.OpenFile("maildirfolder", Libc.O_WRONLY | Libc.O_CREAT).Dispose();
                }

                UidList list = UidList.New(UidValidityFile.Next(root, new Patience(tree.Options.LockWaitSeconds)));
                UidListFile.Replace(mailbox, list);
                CourierUidFile.Begin(root, mailbox, list);
            }

            tree.Layout.PutInPlace(temporary, directoryName); // 2
        }
        catch
        {
            DirectoryRemover.Remove(root, temporary);
            throw;
        }
    }

    private static void Ensure(Errno error, string subject)
    {
        if (error != Errno.None)
        {
            throw new UnixException("mkdirat", subject, error);
        }
    }
}
