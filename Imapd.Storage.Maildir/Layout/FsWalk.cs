using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>Goes through a tree of directories and finds the mailboxes in it. Each directory is read once.</summary>
/// <remarks>
/// A directory that cannot be read is taken for a mailbox: whoever opens it is told why it cannot be. Links to directories are
/// followed, but not back to where the walk came from.
/// </remarks>
/// <param name="maxDirectories">After so many the walk ends.</param>
internal sealed class FsWalk(int maxDirectories)
{
    private readonly List<(ulong Device, ulong Inode)> _above = [];
    private int _left = maxDirectories;

    /// <summary>The mailboxes and their directories.</summary>
    public Dictionary<MailboxName, string> Directories { get; } = new() { [MailboxName.Inbox] = string.Empty };

    /// <summary>Directories that are no mailboxes.</summary>
    public HashSet<MailboxName> Bare { get; } = [];

    /// <summary>All of them, with how each level is written: 2 for modified UTF-7, 1 for UTF-8, 0 for another way.</summary>
    public List<(string Directory, MailboxName Name, int Rank)> Found { get; } = [];

    /// <summary>Finds all mailboxes.</summary>
    public void Take(DirectoryHandle root)
    {
        FileStat stat = root.Stat();
        _above.Add((stat.Device, stat.Inode));
        Take(root, DirectoryReader.Read(root), string.Empty, null);
    }

    /// <summary>Where a mailbox is whose name another program has written; null when it is nowhere.</summary>
    /// <remarks>Level by level, and only as far as a level is found.</remarks>
    public static string? Find(DirectoryHandle root, MailboxName name)
    {
        string path = string.Empty;
        MailboxName? above = null;
        foreach (string level in name.Value.Split(MailboxName.Delimiter))
        {
            Errno error = root.TryOpenDirectory(path.Length == 0 ? "." : path, true, out DirectoryHandle? directory);
            if (error != Errno.None)
            {
                ThrowUnlessAbsent(error, path);
                return null;
            }

            using (directory)
            {
                Dictionary<MailboxName, string> levels = Levels(directory!, DirectoryReader.Read(directory!), above, null);
                if (!MailboxName.TryCreate(above is null ? level : $"{above}/{level}", out MailboxName? wanted, out _)
                    || !levels.TryGetValue(wanted!, out string? found))
                {
                    return null;
                }

                path = path.Length == 0 ? found : path + "/" + found;
                above = wanted;
            }
        }

        return root.TryStat(path + "/cur", true, out FileStat stat) == Errno.None && stat.Kind == FileKind.Directory ? path : null;
    }

    private static Dictionary<MailboxName, string> Levels(
        DirectoryHandle parent, List<DirectoryEntry> entries, MailboxName? above, List<(string Directory, MailboxName Name, int Rank)>? all)
    {
        List<(string Directory, MailboxName Name, int Rank)> found = [];
        foreach (DirectoryEntry entry in entries)
        {
            if (!FsLayout.IsReserved(entry.Name) && entry.Kind is not (FileKind.Regular or FileKind.Other)
                && NameOf(entry.Name, above) is { } name && IsLevel(parent, entry))
            {
                string level = name.Value[((above?.Value.Length + 1) ?? 0)..];
                int rank = entry.Name == LevelText.Encode(level, NameForm.ModifiedUtf7) ? 2
                    : entry.Name == LevelText.Encode(level, NameForm.Utf8) ? 1
                    : 0;
                found.Add((entry.Name, name, rank));
            }
        }

        all?.AddRange(found);
        var levels = new Dictionary<MailboxName, string>();
        MailboxListing.AddDistinct(found, levels);
        return levels;
    }

    // A directory of which nothing can be told must not be taken for one that is not there: its mailboxes would be missed.
    private static void ThrowUnlessAbsent(Errno error, string path)
    {
        if (error is not (Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.EACCES or Errno.EPERM))
        {
            throw new UnixException("openat", path, error);
        }
    }

    private static MailboxName? NameOf(string directory, MailboxName? above)
    {
        string prefix = above is null ? string.Empty : above.Value + MailboxName.Delimiter;
        return (LevelText.Decode(directory) is { } text && !text.Contains(MailboxName.Delimiter)
                && MailboxName.TryCreate(prefix + text, out MailboxName? name, out _))
            || MailboxName.TryCreate(prefix + LevelText.Show(directory), out name, out _)
                ? name
                : null;
    }

    private static bool IsLevel(DirectoryHandle parent, DirectoryEntry entry)
    {
        string path = entry.Name[0] == '.' ? entry.Name + "/cur" : entry.Name;
        return (entry.Kind == FileKind.Directory && entry.Name[0] != '.')
            || (parent.TryStat(path, true, out FileStat stat) == Errno.None && stat.Kind == FileKind.Directory);
    }

    private void Take(DirectoryHandle directory, List<DirectoryEntry> entries, string path, MailboxName? above)
    {
        foreach ((MailboxName name, string level) in Levels(directory, entries, above, Found))
        {
            if (_left-- <= 0)
            {
                return;
            }

            TakeLevel(directory, level, path.Length == 0 ? level : path + "/" + level, name);
        }
    }

    private void TakeLevel(DirectoryHandle parent, string level, string path, MailboxName name)
    {
        Errno error = parent.TryOpenDirectory(level, true, out DirectoryHandle? directory);
        if (error != Errno.None)
        {
            ThrowUnlessAbsent(error, path);
            if (error is Errno.EACCES or Errno.EPERM)
            {
                Directories.TryAdd(name, path);
            }

            return;
        }

        using (directory)
        {
            FileStat stat = directory!.Stat();
            if (_above.Contains((stat.Device, stat.Inode)))
            {
                return;
            }

            List<DirectoryEntry> entries = DirectoryReader.Read(directory);
            bool isMailbox = entries.Exists(entry => entry.Name == "cur");
            if (isMailbox)
            {
                // INBOX is elsewhere; the directory of that name has what is below it.
                MailboxListing.AddDistinct([(path, name, 0)], Directories);
            }
            else if (!name.IsInbox)
            {
                Bare.Add(name);
            }

            _above.Add((stat.Device, stat.Inode));
            Take(directory, entries, path, name);
            _above.RemoveAt(_above.Count - 1);
        }
    }
}
