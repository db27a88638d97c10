using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Removes directories with what is in them. Symbolic links are removed, not followed.</summary>
internal static class DirectoryRemover
{
    /// <summary>Deeper than any mailbox; what lies deeper still is left where it is.</summary>
    private const int MaxDepth = 16;

    /// <summary>Removes as much as can be removed; what is left is no mailbox.</summary>
    /// <returns>Why something is left, the first reason; <see cref="Errno.None"/> when nothing is.</returns>
    public static Errno Remove(DirectoryHandle parent, string name) => Remove(parent, name, 0);

    private static Errno Remove(DirectoryHandle parent, string name, int depth)
    {
        Errno error = parent.TryUnlink(name);
        if (error is Errno.None or Errno.ENOENT || depth > MaxDepth)
        {
            return error == Errno.ENOENT ? Errno.None : error;
        }

        Errno refused = parent.TryOpenDirectory(name, false, out DirectoryHandle? directory);
        if (refused != Errno.None)
        {
            return refused is Errno.ENOTDIR or Errno.ELOOP ? error : refused;
        }

        Errno first = Errno.None;
        using (directory)
        {
            try
            {
                foreach (DirectoryEntry entry in DirectoryReader.Read(directory!))
                {
                    Errno left = Remove(directory!, entry.Name, depth + 1);
                    first = first == Errno.None ? left : first;
                }
            }
            catch (UnixException unlistable)
            {
                return unlistable.Errno;
            }
        }

        error = parent.TryRemoveDirectory(name);
        return first == Errno.None ? error : first;
    }
}
