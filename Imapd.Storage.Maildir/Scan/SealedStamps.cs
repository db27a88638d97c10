using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>The stamps of a mailbox after a change of ours, which seals the directories it has touched.</summary>
internal static class SealedStamps
{
    /// <summary>Seals, and asks the kernel whether others were at work meanwhile: then that directory is not believed.</summary>
    /// <param name="stamps">The stamps before the change.</param>
    /// <param name="own">What the change has touched.</param>
    /// <param name="files">The mailbox.</param>
    /// <param name="watch">What tells of others; null when nothing does, and nothing touched is believed.</param>
    public static LookStamps After(LookStamps stamps, OwnRenames own, MailboxFiles files, MailboxWatch? watch)
    {
        if (own.IsEmpty)
        {
            return stamps;
        }

        FileStamp arrived = own.HasTouchedNew ? Sealed(files.New, watch) : stamps.New;
        FileStamp seen = own.HasTouchedCur ? Sealed(files.Cur, watch) : stamps.Cur;
        bool isOurs = watch is null || own.IsAllThatHappened(watch);
        return stamps with
        {
            New = isOurs || !own.HasTouchedNew ? arrived : default,
            Cur = isOurs || !own.HasTouchedCur ? seen : default,
        };
    }

    private static FileStamp Sealed(DirectoryHandle directory, MailboxWatch? watch) =>
        watch is null ? default : DirectorySeal.Put(directory);
}
