using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Whether the file system lets this process change a mailbox.</summary>
internal static class WritePermission
{
    // Nobody makes a file of this name: to be refused its removal is the answer.
    private const string NoFile = "imapd.probe";

    /// <summary>Asks, and changes nothing.</summary>
    /// <returns><see cref="Errno.None"/>, or why not.</returns>
    public static Errno Of(MailboxFiles files)
    {
        Errno error = files.Directory.TryOpenFile(MailboxLock.FileName, Libc.O_RDWR, out FileHandle? file);
        file?.Dispose();
        if (error == Errno.ENOENT)
        {
            error = files.Tmp.TryUnlink(NoFile);
        }

        return error is Errno.EACCES or Errno.EPERM or Errno.EROFS ? error : Errno.None;
    }
}
