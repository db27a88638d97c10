using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Renames mailboxes' directories.</summary>
internal static class MailboxRenamer
{
    /// <summary>Renames directories in the root, all or none. The caller holds the lock of the names. Durable on return.</summary>
    /// <remarks>
    /// Each directory is renamed by itself, parents first; each keeps its UIDVALIDITY, which no other mailbox of the tree
    /// has. Power fails in between: some have the new name, the others the old; every one is whole.
    /// </remarks>
    /// <param name="tree">The tree.</param>
    /// <param name="moves">Directories and their new names.</param>
    public static void Rename(TreeRoot tree, IReadOnlyList<(string From, string To)> moves)
    {
        DirectoryHandle root = tree.Directory;
        for (int i = 0; i < moves.Count; i++)
        {
            Errno error = root.TryRenameNew(moves[i].From, root, moves[i].To);
            if (error != Errno.None)
            {
                for (int back = i - 1; back >= 0; back--)
                {
                    root.TryRenameNew(moves[back].To, root, moves[back].From);
                }

                throw new UnixException("renameat2", moves[i].To, error);
            }
        }

        root.Sync();
    }
}
