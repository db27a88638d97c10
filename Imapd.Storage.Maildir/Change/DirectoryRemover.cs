using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Removes directories with what is in them. Symbolic links are removed, not followed.</summary>
internal static class DirectoryRemover
{
    /// <summary>Deeper than any mailbox; what lies deeper still is left where it is.</summary>
    private const int MaxDepth = 16;

    /// <summary>Removes as much as can be removed; what is left is no mailbox.</summary>
    public static void Remove(DirectoryHandle parent, string name) => Remove(parent, name, 0);

    private static void Remove(DirectoryHandle parent, string name, int depth)
    {
        if (parent.TryUnlink(name) == Errno.None
            || depth > MaxDepth
            || parent.TryOpenDirectory(name, false, out DirectoryHandle? directory) != Errno.None)
        {
            return;
        }

        using (directory)
        {
            try
            {
                foreach (DirectoryEntry entry in DirectoryReader.Read(directory!))
                {
                    Remove(directory!, entry.Name, depth + 1);
                }
            }
            catch (UnixException)
            {
                // What cannot be listed cannot be removed.
                return;
            }
        }

        parent.TryRemoveDirectory(name);
    }
}
