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
        foreach (DirectoryEntry entry in DirectoryReader.Read(files.Tmp))
        {
            if (IsLeftBehind(files.Tmp, entry.Name))
            {
                files.Tmp.TryUnlink(entry.Name);
            }
        }
    }

    /// <summary>Whether a file in <c>tmp/</c> is one that nobody writes any more.</summary>
    public static bool IsLeftBehind(DirectoryHandle tmp, string name)
    {
        long now = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100;

        // ctime: a message being written may already have the mtime that its sender wants it to have.
        return MessageName.DeliverySeconds(name) != ulong.MaxValue
            && name.Contains('.', StringComparison.Ordinal)
            && tmp.TryStat(name, false, out FileStat stat) == Errno.None
            && stat.Kind == FileKind.Regular
            && now - stat.ChangedNanoseconds > MaxAgeNanoseconds
            && now - stat.ModifiedNanoseconds > MaxAgeNanoseconds;
    }
}
