using Imapd.Storage.Maildir.Cache;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Check;

/// <summary>Checks <c>imapd.cache</c>: whose it is, its segments and every entry in them.</summary>
internal static class CacheCheck
{
    private const string File = CacheFile.FileName;

    /// <summary>Reads and checks it.</summary>
    public static void Run(CheckedMailbox mailbox)
    {
        Errno error = mailbox.Directory.TryOpenFile(File, Libc.O_RDONLY, out FileHandle? file);
        if (error == Errno.ENOENT)
        {
            return;
        }

        var drop = new Remedy("remove it; it fills again as it is used", () => mailbox.Directory.TryUnlink(File));
        if (error != Errno.None)
        {
            mailbox.Findings.Damage(File, $"it cannot be opened ({error})", drop);
            return;
        }

        try
        {
            long octets = file!.Stat().Octets;
            if (octets == 0)
            {
                // A session ended when it was made; the next one fills it.
                file.Dispose();
                return;
            }

            using CacheFile? cache = mailbox.Identity is { } identity ? CacheFile.TryRead(file, identity) : null;
            if (cache is null)
            {
                file.Dispose();
                mailbox.Findings.Damage(File, "it is damaged, of another version, or of another mailbox", drop);
                return;
            }

            foreach (CacheSegment segment in cache.Segments)
            {
                CheckEntries(mailbox.Findings, segment, drop);
            }

            if (octets > cache.End)
            {
                mailbox.Findings.Note(File, $"{octets - cache.End} octets at its end are no whole segment; the next one is written over them");
            }
        }
        catch (UnixException failed)
        {
            mailbox.Findings.Damage(File, $"it cannot be read ({failed.Errno})", drop);
        }
    }

    private static void CheckEntries(FindingList findings, CacheSegment segment, Remedy drop)
    {
        uint before = 0;
        for (int place = 0; place < segment.Header.Count; place++)
        {
            uint uid = segment.UidAt(place);
            if (uid <= before || uid < segment.Header.FirstUid || uid > segment.Header.LastUid)
            {
                findings.Damage(File, $"UID {uid} is out of order in the segment at {segment.Header.Offset}", drop);
                return;
            }

            if (!segment.TryRead(place, uid, out _))
            {
                findings.Damage(File, $"what it says of UID {uid} is damaged, and is passed over", drop);
            }

            before = uid;
        }
    }
}
