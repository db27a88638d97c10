using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Removes what crashes left in <c>tmp/</c>: files named like messages, untouched for 36 hours (maildir(5)).</summary>
internal static class TmpSweep
{
    private const long MaxAgeNanoseconds = 36L * 3600 * 1_000_000_000;

    /// <summary>Sweeps; what cannot be removed stays.</summary>
    public static void Sweep(MailboxFiles files)
    {
        long now = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100;
        foreach (DirectoryEntry entry in DirectoryReader.Read(files.Tmp))
        {
            // ctime: a message being written may already have the mtime that its sender wants it to have.
            if (MessageName.DeliverySeconds(entry.Name) != ulong.MaxValue
                && entry.Name.Contains('.', StringComparison.Ordinal)
                && files.Tmp.TryStat(entry.Name, false, out FileStat stat) == Errno.None
                && stat.Kind == FileKind.Regular
                && now - stat.ChangedNanoseconds > MaxAgeNanoseconds
                && now - stat.ModifiedNanoseconds > MaxAgeNanoseconds)
            {
                files.Tmp.TryUnlink(entry.Name);
            }
        }
    }
}
