using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Watch;

/// <summary>Holds a lock file's lock until it is disposed of; the kernel ends it when the process dies.</summary>
internal sealed class MailboxLock : IDisposable
{
    /// <summary>The lock of one mailbox: whoever gives UIDs or changes, adds or removes messages holds it.</summary>
    public const string FileName = "imapd.lock";

    /// <summary>The lock of a tree's names: whoever makes, removes or renames mailboxes or changes subscriptions holds it.</summary>
    /// <remarks>Taken before a mailbox's lock, never after.</remarks>
    public const string NamesFileName = "imapd.names.lock";

    private readonly FileHandle _file;

    private MailboxLock(FileHandle file) => _file = file;

    /// <summary>Takes a lock.</summary>
    /// <param name="directory">Where the lock file is or will be.</param>
    /// <param name="fileName">Which of them.</param>
    /// <param name="options">How long to wait.</param>
    /// <exception cref="StoreException"><see cref="StoreError.InUse"/> when it cannot be had in time.</exception>
    /// <exception cref="UnixException">The lock file cannot be made, for example on a read-only file system.</exception>
    public static MailboxLock Take(DirectoryHandle directory, string fileName, StoreOptions options)
    {
        FileHandle file = directory.OpenFile(fileName, Libc.O_RDWR | Libc.O_CREAT);
        try
        {
            new Patience(options.LockWaitSeconds).Wait(() => OfdLock.TryLock(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return new MailboxLock(file);
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();
}
