using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Gives a directory a time that no change by the kernel's clock will ever give it.</summary>
/// <remarks>
/// After a change of ours the directory's time is too fresh to tell a further change in the same tick. With nanoseconds of
/// our own choice every further change shows at once. What others did between our change and the seal does not show: who
/// seals looks at the kernel's events afterwards.
/// </remarks>
internal static class DirectorySeal
{
    private const int RandomNanoseconds = 1_000_000;

    /// <summary>Seals a directory.</summary>
    /// <returns>
    /// Its stamp; the default when the file system refuses or does not keep the time, or when somebody has changed the
    /// directory since.
    /// </returns>
    public static FileStamp Put(DirectoryHandle directory)
    {
        long time = Time();
        if (directory.TrySetModified(time) != Errno.None)
        {
            return default;
        }

        FileStat stat = directory.Stat();
        return stat.ModifiedNanoseconds == time ? FileStamp.Of(stat) : default;
    }

    private static long Time()
    {
        long now = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100;
        return now - (now % RandomNanoseconds) + Random.Shared.Next(RandomNanoseconds);
    }
}
