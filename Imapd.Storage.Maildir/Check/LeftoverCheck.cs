using Imapd.Storage.Maildir.Change;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Check;

/// <summary>Finds what crashes left beside a mailbox's files.</summary>
internal static class LeftoverCheck
{
    // Longer than anything of ours takes that is still at work.
    private const long MinAgeNanoseconds = 3600L * 1_000_000_000;

    /// <summary>Looks through the mailbox's directory.</summary>
    public static void Run(CheckedMailbox mailbox, StoreOptions options)
    {
        foreach (DirectoryEntry entry in DirectoryReader.Read(mailbox.Directory))
        {
            string name = entry.Name;
            if (name == DotLock.FileName)
            {
                if (DotLock.IsStale(mailbox.Directory, options))
                {
                    mailbox.Findings.Note(name, "whoever held this lock is gone", RemoveFile(mailbox, name));
                }
            }
            else if (name == CopyIntent.FileName)
            {
                CheckIntent(mailbox);
            }
            else if (IsOurs(name) && name.EndsWith(".tmp", StringComparison.Ordinal))
            {
                if (IsOld(mailbox.Directory, name))
                {
                    mailbox.Findings.Note(name, "writing it was never ended", RemoveFile(mailbox, name));
                }
            }
            else if (name.StartsWith(MailboxRemover.Prefix, StringComparison.Ordinal))
            {
                mailbox.Findings.Note(name, "a mailbox that was deleted, not all of it", RemoveDirectory(mailbox, name));
            }
            else if (name.StartsWith(MailboxMaker.Prefix, StringComparison.Ordinal) && IsOld(mailbox.Directory, name))
            {
                mailbox.Findings.Note(name, "a mailbox that was never made", RemoveDirectory(mailbox, name));
            }
        }
    }

    private static void CheckIntent(CheckedMailbox mailbox)
    {
        if (!CopyIntent.IsThere(mailbox.Directory))
        {
            mailbox.Findings.Damage(CopyIntent.FileName, "it is no file; until it is gone, several messages cannot be added at once");
        }
        else if (CopyIntent.WhyUnreadable(mailbox.Directory) is not Errno.None and var error)
        {
            mailbox.Findings.Damage(CopyIntent.FileName, $"it cannot be read ({error}); messages that were coming in together may lack until its owner can");
        }
        else
        {
            mailbox.Findings.Note(
                CopyIntent.FileName, "messages were coming in together when a session ended; the next one completes it", _look);
        }
    }

    private static readonly Remedy _look = new("complete it", static () => { }, NeedsLook: true);

    private static bool IsOurs(string name) => name.StartsWith("imapd.", StringComparison.Ordinal)
        || name.StartsWith("dovecot-uidlist.", StringComparison.Ordinal)
        || name.StartsWith("dovecot-keywords.", StringComparison.Ordinal)
        || name.StartsWith("subscriptions.", StringComparison.Ordinal);

    private static bool IsOld(DirectoryHandle directory, string name) =>
        directory.TryStat(name, false, out FileStat stat) == Errno.None
        && ((DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100) - stat.ChangedNanoseconds > MinAgeNanoseconds;

    private static Remedy RemoveFile(CheckedMailbox mailbox, string name) =>
        new("remove it", () => mailbox.Directory.TryUnlink(name));

    private static Remedy RemoveDirectory(CheckedMailbox mailbox, string name) =>
        new("remove it", () => DirectoryRemover.Remove(mailbox.Directory, name));
}
