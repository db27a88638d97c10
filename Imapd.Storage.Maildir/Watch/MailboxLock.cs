using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Watch;

/// <summary>Holds a lock file's lock until it is disposed of; the kernel ends it when the process dies.</summary>
/// <remarks>
/// Where the file is not there yet and cannot be made because the disk is full, the directory itself is locked instead
/// (flock(2)), so that messages can still be expunged to make room. Both exclude each other: the file is only ever made by
/// who has locked the directory, and whoever has locked the directory has seen that there is no file. File systems that do
/// not lock directories (NFS) have the file alone.
/// A file that is not the one of its name any more, because a backup was played back over it, locks nobody out who opens
/// the name now: it is let go, and the other one taken.
/// </remarks>
internal sealed class MailboxLock : IDisposable
{
    /// <summary>The lock of one mailbox: whoever gives UIDs or changes, adds or removes messages holds it.</summary>
    public const string FileName = "imapd.lock";

    /// <summary>The lock of a tree's names: whoever makes, removes or renames mailboxes or changes subscriptions holds it.</summary>
    /// <remarks>Taken before a mailbox's lock, never after.</remarks>
    public const string NamesFileName = "imapd.names.lock";

    private readonly DirectoryHandle? _directory;
    private readonly FileHandle? _file;

    private MailboxLock(DirectoryHandle? directory, FileHandle? file)
    {
        _directory = directory;
        _file = file;
    }

    /// <summary>Takes a lock.</summary>
    /// <param name="directory">Where the lock file is or will be.</param>
    /// <param name="fileName">Which of them.</param>
    /// <param name="options">How long to wait.</param>
    /// <exception cref="StoreException"><see cref="StoreError.InUse"/> when it cannot be had in time.</exception>
    /// <exception cref="UnixException">The lock file cannot be made, for example on a read-only file system.</exception>
    public static MailboxLock Take(DirectoryHandle directory, string fileName, StoreOptions options)
    {
        var patience = new Patience(options.LockWaitSeconds);
        MailboxLock? held = null;
        patience.Wait(() => (held = Current(TakeOnce(directory, fileName, patience), directory, fileName)) is not null);
        return held!;
    }

    /// <summary>Takes a lock without making its file.</summary>
    /// <returns>Null when there is no such file, or it may not be opened for writing.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.InUse"/> when it cannot be had in time.</exception>
    public static MailboxLock? TakeIfThere(DirectoryHandle directory, string fileName, StoreOptions options)
    {
        var patience = new Patience(options.LockWaitSeconds);
        MailboxLock? held = null;
        patience.Wait(() =>
            directory.TryOpenFile(fileName, Libc.O_RDWR, out FileHandle? file) != Errno.None
            || (held = Current(Locked(file!, patience), directory, fileName)) is not null);
        return held;
    }

    /// <summary>Takes a lock without making its file, and without waiting.</summary>
    /// <returns>Null when there is no such file, it may not be opened for writing, or somebody else holds it.</returns>
    public static MailboxLock? TryTake(DirectoryHandle directory, string fileName)
    {
        if (directory.TryOpenFile(fileName, Libc.O_RDWR, out FileHandle? file) != Errno.None)
        {
            return null;
        }

        bool isTaken = false;
        try
        {
            isTaken = OfdLock.TryLock(file!);
            return isTaken ? Current(new MailboxLock(null, file), directory, fileName) : null;
        }
        finally
        {
            if (!isTaken)
            {
                file!.Dispose();
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _file?.Dispose();
        _directory?.Dispose();
    }

    private static MailboxLock TakeOnce(DirectoryHandle directory, string fileName, Patience patience)
    {
        Errno error = directory.TryOpenFile(fileName, Libc.O_RDWR, out FileHandle? file);
        return error switch
        {
            Errno.ENOENT => Make(directory, fileName, patience),
            Errno.None => Locked(file!, patience),
            _ => throw new UnixException("openat", fileName, error),
        };
    }

    /// <summary>The lock, or null when its file has lost its name and the lock was let go.</summary>
    private static MailboxLock? Current(MailboxLock held, DirectoryHandle directory, string fileName)
    {
        if (held._file is null)
        {
            return held;
        }

        bool isCurrent = false;
        try
        {
            FileStat own = held._file.Stat();
            Errno error = directory.TryStat(fileName, false, out FileStat named);
            if (error is not (Errno.None or Errno.ENOENT))
            {
                throw new UnixException("statx", fileName, error);
            }

            isCurrent = error == Errno.None && own.Inode == named.Inode && own.Device == named.Device;
            return isCurrent ? held : null;
        }
        finally
        {
            if (!isCurrent)
            {
                held.Dispose();
            }
        }
    }

    private static MailboxLock Make(DirectoryHandle directory, string fileName, Patience patience)
    {
        // A descriptor of its own: the lock belongs to the open directory and ends when that is closed.
        DirectoryHandle own = directory.Reopen();
        try
        {
            bool isDirectoryLocked = true;
            patience.Wait(() =>
            {
                Errno refused = own.TryFlock();
                isDirectoryLocked = refused == Errno.None;
                return refused is not (Errno.EAGAIN or Errno.EINTR);
            });
            Errno error = directory.TryOpenFile(fileName, Libc.O_RDWR | Libc.O_CREAT, out FileHandle? file);
            if (error == Errno.None)
            {
                // Now there is a file, and nobody comes by the directory any more. Waiting with the directory locked would keep
                // out whoever holds this lock and wants to make another one here, as RENAME of INBOX does.
                own.Dispose();
                return Locked(file!, patience);
            }

            return error switch
            {
                Errno.ENOSPC or Errno.EDQUOT when isDirectoryLocked => new MailboxLock(own, null),
                _ => throw new UnixException("openat", fileName, error),
            };
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    private static MailboxLock Locked(FileHandle file, Patience patience)
    {
        try
        {
            patience.Wait(() => OfdLock.TryLock(file));
            return new MailboxLock(null, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
