using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Drops the lines of messages that are gone from the UID list: they mean nothing, and reading them takes time.</summary>
internal static class UidListTrim
{
    /// <summary>Drops them where they outnumber the others. What stands in the way of it is no error: the list is right as it is.</summary>
    /// <remarks>Power fails: the old list or the new one, each whole, with the same messages.</remarks>
    public static void TrimIfDue(LockedMailbox mailbox)
    {
        if (!UidMatch.AreMostGone(mailbox.View.Summary.UidListLines, mailbox.View.Count))
        {
            return;
        }

        try
        {
            using DotLock held = DotLock.Take(mailbox.Files.Directory, mailbox.Files.Options);
            if (FileStamp.Of(mailbox.Files.Directory, UidListFile.FileName) != mailbox.View.Summary.Stamps.UidList
                || UidListFile.Read(mailbox.Files.Directory) is not { IsDamaged: false, CanGrow: true } list)
            {
                // Dovecot has written it: the next look reads it.
                return;
            }

            uint nextUid = Math.Max(list.NextUid, mailbox.View.Summary.NextUid);
            List<UidLine> lines = [.. list.Lines.Where(line => mailbox.View.IndexOf(line.Uid) >= 0)];
            FileStamp written = UidListFile.Replace(mailbox.Files.Directory, list.With(nextUid, lines));
            mailbox.Changes.UidListLines = (uint)lines.Count;
            mailbox.Commit(written);
        }
        catch (UnixException error) when (error.Errno is Errno.ENOSPC or Errno.EDQUOT or Errno.EACCES or Errno.EROFS)
        {
            // There will be room another time.
        }
    }
}
