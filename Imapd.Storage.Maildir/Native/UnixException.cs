using System.Runtime.InteropServices;

namespace Imapd.Storage.Maildir.Native;

/// <summary>
/// A system call failed. Not an IOException: those mean that the client is gone. Never leaves the store: every public
/// member turns it into a <see cref="StoreException"/>.
/// </summary>
internal sealed class UnixException(string call, string subject, Errno errno)
    : Exception($"{call} {subject}: {errno} ({(int)errno})")
{
    /// <summary>Why.</summary>
    public Errno Errno { get; } = errno;

    /// <summary>The failure of the call made last on this thread.</summary>
    public static UnixException FromLastError(string call, string subject) =>
        new(call, subject, (Errno)Marshal.GetLastPInvokeError());

    /// <summary>What the client is told; it names no path.</summary>
    public StoreException ToStoreException() => Errno switch
    {
        Errno.EDQUOT => new StoreException(StoreError.OverQuota, "The quota is used up"),
        Errno.ENOSPC => new StoreException(StoreError.OverQuota, "The disk is full"),
        Errno.EACCES or Errno.EPERM => new StoreException(StoreError.NoPermission, "The file system does not permit it"),
        Errno.EROFS => new StoreException(StoreError.ReadOnly, "The file system is read-only"),
        Errno.EMFILE or Errno.ENFILE => new StoreException(StoreError.Unavailable, "Too many files are open"),
        Errno.EIO => new StoreException(StoreError.Unavailable, "The disk reports an input or output error"),
        Errno.ENOMEM => new StoreException(StoreError.Unavailable, "The system is out of memory"),
        Errno.ENAMETOOLONG => new StoreException(StoreError.Cannot, "The name is too long for the file system"),
        Errno.EFBIG => new StoreException(StoreError.TooBig, "The file system does not take a file of this size"),
        Errno.ENOENT or Errno.ESTALE => new StoreException(StoreError.NonExistent, "The mailbox is not there"),
        Errno.ENOTDIR or Errno.ELOOP or Errno.EISDIR or Errno.ENXIO or Errno.ESPIPE =>
            new StoreException(StoreError.Cannot, "Something else is where the mailbox should be"),
        _ => new StoreException(StoreError.Unavailable, $"The file system reported an error ({Errno})"),
    };
}
