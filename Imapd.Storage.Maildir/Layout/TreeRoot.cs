using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>The Maildir++ root, open: finds mailboxes' directories in it.</summary>
internal sealed class TreeRoot : IDisposable
{
    private readonly string _path;

    private TreeRoot(StoreOptions options, string path, DirectoryHandle directory)
    {
        Options = options;
        _path = path;
        Directory = directory;
        Names = new UniqueName(options.HostName);
    }

    /// <summary>The root, which is INBOX.</summary>
    public DirectoryHandle Directory { get; }

    /// <summary>What the store was opened with.</summary>
    public StoreOptions Options { get; }

    /// <summary>Makes names for new messages.</summary>
    public UniqueName Names { get; }

    /// <summary>Opens the root, and makes it when there is none.</summary>
    public static TreeRoot Open(StoreOptions options)
    {
        string path = Octets.FromText(options.Root);
        Errno error = DirectoryHandle.TryOpen(path, out DirectoryHandle? directory);
        if (error == Errno.ENOENT)
        {
            error = DirectoryHandle.TryMake(path);
            if (error == Errno.ENOENT)
            {
                throw new StoreException(StoreError.NonExistent, "The directory in which the mail should be is not there");
            }

            if (error is not (Errno.None or Errno.EEXIST))
            {
                throw new UnixException("mkdir", options.Root, error);
            }

            error = DirectoryHandle.TryOpen(path, out directory);
        }

        return error switch
        {
            Errno.None => new TreeRoot(options, path, directory!),
            Errno.ENOENT => throw new StoreException(StoreError.NonExistent, "The Maildir is a link that leads nowhere"),
            Errno.ENOTDIR => throw new StoreException(StoreError.Cannot, "The Maildir is not a directory"),
            _ => throw new UnixException("open", options.Root, error),
        };
    }

    /// <summary>The absolute path of a directory in the root, octets.</summary>
    public string PathOf(string directoryName) => directoryName.Length == 0 ? _path : _path + "/" + directoryName;

    /// <summary>Takes the lock of the tree's names.</summary>
    public MailboxLock LockNames() => MailboxLock.Take(Directory, MailboxLock.NamesFileName, Options);

    /// <summary>Opens a mailbox's directory; it may be a link to one, as Courier makes for shared mailboxes.</summary>
    public DirectoryHandle OpenMailbox(string directoryName) =>
        Directory.OpenDirectory(directoryName.Length == 0 ? "." : directoryName, true);

    /// <summary>The name of an existing mailbox's directory; null when there is none.</summary>
    public string? Locate(MailboxName name)
    {
        string directoryName = DirectoryName.Of(name);
        if (directoryName.Length == 0)
        {
            return directoryName;
        }

        Errno error = Directory.TryStat(directoryName, true, out FileStat stat);
        if (error == Errno.None && stat.Kind == FileKind.Directory)
        {
            return directoryName;
        }

        if (error is not (Errno.None or Errno.ENOENT or Errno.ELOOP or Errno.ENAMETOOLONG))
        {
            throw new UnixException("statx", directoryName, error);
        }

        // Another program may have written the name in another way.
        return Mailboxes().TryGetValue(name, out string? found) ? found : null;
    }

    /// <summary>All mailboxes' directories, INBOX's without a name. Of several for one mailbox the one we would have made, or else the first.</summary>
    public Dictionary<MailboxName, string> Mailboxes()
    {
        var mailboxes = new Dictionary<MailboxName, string> { [MailboxName.Inbox] = string.Empty };
        foreach (DirectoryEntry entry in DirectoryReader.Read(Directory))
        {
            if (entry.Name[0] == '.' && IsDirectory(entry) && DirectoryName.ToMailbox(entry.Name) is { } name)
            {
                if (!mailboxes.TryGetValue(name, out string? other) || entry.Name == DirectoryName.Of(name)
                    || (other != DirectoryName.Of(name) && string.CompareOrdinal(entry.Name, other) < 0))
                {
                    mailboxes[name] = entry.Name;
                }
            }
        }

        return mailboxes;
    }

    /// <summary>Whether a directory is the one that a name in the root stands for.</summary>
    public bool IsAt(string directoryName, FileStat directory) =>
        Directory.TryStat(directoryName, true, out FileStat there) == Errno.None
        && there.Inode == directory.Inode && there.Device == directory.Device;

    /// <summary>The name a mailbox's directory has now; null when it is no mailbox any more.</summary>
    public string? Find(FileStat directory) => Mailboxes().Values.FirstOrDefault(name => name.Length > 0 && IsAt(name, directory));

    /// <inheritdoc />
    public void Dispose() => Directory.Dispose();

    private bool IsDirectory(DirectoryEntry entry) => entry.Kind switch
    {
        FileKind.Directory => true,
        FileKind.Link or FileKind.Unknown =>
            Directory.TryStat(entry.Name, true, out FileStat stat) == Errno.None && stat.Kind == FileKind.Directory,
        _ => false,
    };
}
