using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Change;

/// <summary>A message in <c>tmp/</c> and where it is to be.</summary>
/// <param name="IsInNew">Whether in <c>new/</c>, otherwise in <c>cur/</c>.</param>
/// <param name="Staged">Its name in <c>tmp/</c>.</param>
/// <param name="Name">Its name there.</param>
internal sealed record StagedMessage(bool IsInNew, string Staged, string Name)
{
    /// <summary>Gives it its place; one that has it already is no error.</summary>
    public Errno TryPlace(MailboxFiles files)
    {
        DirectoryHandle part = files.Part(IsInNew);
        Errno error = files.Tmp.TryRenameNew(Staged, part, Name);
        if (error == Errno.EEXIST && IsSameFile(files, part))
        {
            // Without renameat2 it is a link and an unlink, and the unlink is missing.
            error = files.Tmp.TryUnlink(Staged);
        }

        return error == Errno.ENOENT ? Errno.None : error;
    }

    /// <summary>Takes it back to <c>tmp/</c>; one that is there still is no error.</summary>
    public Errno TryTakeBack(MailboxFiles files)
    {
        DirectoryHandle part = files.Part(IsInNew);
        Errno error = part.TryRenameNew(Name, files.Tmp, Staged);
        if (error == Errno.EEXIST && IsSameFile(files, part))
        {
            error = part.TryUnlink(Name);
        }

        return error == Errno.ENOENT ? Errno.None : error;
    }

    private bool IsSameFile(MailboxFiles files, DirectoryHandle part) =>
        files.Tmp.TryStat(Staged, false, out FileStat staged) == Errno.None
        && part.TryStat(Name, false, out FileStat placed) == Errno.None
        && staged.Inode == placed.Inode && staged.Device == placed.Device;
}
