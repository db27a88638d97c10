using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>The root of a tree, open: finds mailboxes' directories in it.</summary>
internal sealed class TreeRoot : IDisposable
{
    private readonly string _path;
    private readonly Dictionary<ulong, bool> _remote = [];
    private string? _logged;

    private TreeRoot(StoreOptions options, string path, DirectoryHandle directory)
    {
        Options = options;
        _path = path;
        Directory = directory;
        Layout = options.Layout == MailboxLayout.Fs ? new FsLayout(directory) : new MaildirPlusPlusLayout(directory);
        Names = new UniqueName(options.HostName);
        Inotify = new Inotify(options.Log);
    }

    /// <summary>The root, which is INBOX.</summary>
    public DirectoryHandle Directory { get; }

    /// <summary>Where in it the mailboxes are.</summary>
    public TreeLayout Layout { get; }

    /// <summary>What the store was opened with.</summary>
    public StoreOptions Options { get; }

    /// <summary>Makes names for new messages.</summary>
    public UniqueName Names { get; }

    /// <summary>Tells of changes in the mailboxes that are open.</summary>
    public Inotify Inotify { get; }

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

    /// <summary>Tells the administrator of what is found again each time, if it is not what he was told last.</summary>
    public void LogOnce(string line)
    {
        if (line != _logged)
        {
            _logged = line;
            Options.Log?.Invoke(line);
        }
    }

    /// <summary>Takes the lock of the tree's names.</summary>
    public MailboxLock LockNames() => MailboxLock.Take(Directory, MailboxLock.NamesFileName, Options);

    /// <summary>Opens a mailbox's directory; it may be a link to one, as Courier makes for shared mailboxes.</summary>
    public DirectoryHandle OpenMailbox(string directoryName) =>
        Directory.OpenDirectory(directoryName.Length == 0 ? "." : directoryName, true);

    /// <summary>The name of an existing mailbox's directory; null when there is none.</summary>
    public string? Locate(MailboxName name) => Layout.Locate(name);

    /// <summary>Whether other hosts may change a file, with their clocks: asked once for each file system.</summary>
    /// <param name="file">The file.</param>
    /// <param name="device">The file system it is on.</param>
    public bool IsRemote(FileHandle file, ulong device)
    {
        if (!_remote.TryGetValue(device, out bool isRemote))
        {
            isRemote = FileSystemKind.IsRemote(file);
            _remote[device] = isRemote;
        }

        return isRemote;
    }

    /// <summary>Whether a directory is the one that a name in the root stands for.</summary>
    public bool IsAt(string directoryName, FileStat directory) =>
        Directory.TryStat(directoryName, true, out FileStat there) == Errno.None
        && there.Inode == directory.Inode && there.Device == directory.Device;

    /// <summary>The name a mailbox's directory has now; null when it is no mailbox any more.</summary>
    public string? Find(FileStat directory) => Layout.List().Directories.Values.FirstOrDefault(name => name.Length > 0 && IsAt(name, directory));

    /// <inheritdoc />
    public void Dispose()
    {
        Inotify.Dispose();
        Directory.Dispose();
    }
}
