using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>A mailbox's directories, open. They stay the same ones through a RENAME.</summary>
internal sealed class MailboxFiles : IDisposable
{
    private readonly TreeRoot _tree;
    private string _directoryName;

    private MailboxFiles(TreeRoot tree, string directoryName, DirectoryHandle directory)
    {
        _tree = tree;
        _directoryName = directoryName;
        Directory = directory;
        try
        {
            New = OpenPart("new");
            Cur = OpenPart("cur");
            Tmp = OpenPart("tmp");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The mailbox itself, where the UID list is.</summary>
    public DirectoryHandle Directory { get; }

    /// <summary>Where messages arrive.</summary>
    public DirectoryHandle New { get; } = null!;

    /// <summary>Where messages are once a session has seen them.</summary>
    public DirectoryHandle Cur { get; } = null!;

    /// <summary>Where messages are while they are written.</summary>
    public DirectoryHandle Tmp { get; } = null!;

    /// <summary>What the store was opened with.</summary>
    public StoreOptions Options => _tree.Options;

    /// <summary>The tree the mailbox is in.</summary>
    public TreeRoot Tree => _tree;

    /// <summary>The mailbox's absolute path, octets.</summary>
    public string Path => _tree.PathOf(_directoryName);

    /// <summary>Opens a mailbox; a directory that lacks <c>new</c>, <c>cur</c> or <c>tmp</c> gets them.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.NonExistent"/>.</exception>
    public static MailboxFiles Open(TreeRoot tree, MailboxName name)
    {
        string directoryName = tree.Locate(name)
            ?? throw new StoreException(StoreError.NonExistent, "There is no such mailbox");
        return new MailboxFiles(tree, directoryName, tree.OpenMailbox(directoryName));
    }

    /// <summary>Where a message's file is.</summary>
    public DirectoryHandle Part(bool isInNew) => isInNew ? New : Cur;

    /// <summary>Whether both are one mailbox.</summary>
    public bool IsSameAs(MailboxFiles other)
    {
        FileStat own = Directory.Stat();
        FileStat others = other.Directory.Stat();
        return own.Inode == others.Inode && own.Device == others.Device;
    }

    /// <summary>Takes the mailbox's lock.</summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.NonExistent"/>: the mailbox was deleted. What is still open of it is thrown away with it.
    /// </exception>
    public MailboxLock Lock()
    {
        Find();
        MailboxLock held = MailboxLock.Take(Directory, MailboxLock.FileName, Options);
        try
        {
            // Again: it may have been deleted while this waited. Who deletes a mailbox holds its lock.
            EnsureIsThere();
        }
        catch
        {
            held.Dispose();
            throw;
        }

        return held;
    }

    /// <summary>Finds the mailbox again when it was renamed.</summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.NonExistent"/> when it was deleted, or others were put in place of its <c>new</c> or <c>cur</c>:
    /// what is open then is not in the mailbox.
    /// </exception>
    public void EnsureIsThere()
    {
        Find();
        if (!IsPart("new", New) || !IsPart("cur", Cur))
        {
            throw new StoreException(StoreError.NonExistent, "The mailbox was replaced by another");
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Directory.Dispose();
        New?.Dispose();
        Cur?.Dispose();
        Tmp?.Dispose();
    }

    private void Find()
    {
        FileStat own = Directory.Stat();
        if (_directoryName.Length == 0 ? own.LinkCount > 0 : _tree.IsAt(_directoryName, own))
        {
            return;
        }

        _directoryName = (own.LinkCount == 0 || _directoryName.Length == 0 ? null : _tree.Find(own))
            ?? throw new StoreException(StoreError.NonExistent, "The mailbox was deleted");
    }

    private bool IsPart(string name, DirectoryHandle open)
    {
        FileStat own = open.Stat();
        Errno error = Directory.TryStat(name, false, out FileStat named);
        return error is Errno.None or Errno.ENOENT
            ? error == Errno.None && named.Inode == own.Inode && named.Device == own.Device
            : throw new UnixException("statx", name, error);
    }

    private DirectoryHandle OpenPart(string name)
    {
        Errno error = Directory.TryOpenDirectory(name, false, out DirectoryHandle? part);
        if (error == Errno.ENOENT)
        {
            error = Directory.TryMakeDirectory(name);
            if (error is not (Errno.None or Errno.EEXIST))
            {
                throw new UnixException("mkdirat", name, error);
            }

            return Directory.OpenDirectory(name, false);
        }

        return error == Errno.None ? part! : throw new UnixException("openat", name, error);
    }
}
