using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>Adds to <c>imapd.cache</c>, and makes it small again. Holds the file's own lock and waits for nobody.</summary>
/// <remarks>
/// A power failure, or the end of the process, after step
///   1: octets behind the last segment that are no segment; nobody reads them, the next writer cuts them off;
///   2: the segment, some of its pages perhaps never written: entries without the right checksum are not there;
///   3: as 2; the segments that were merged are still in the file and no longer read;
///   4: <c>imapd.cache.tmp</c> beside the old file, overwritten the next time;
///   5: the old file or the new one; in the new one pages may be missing as in 2.
/// Nothing is made durable: all of it can be had again from the messages.
/// </remarks>
internal static class CacheWriter
{
    private const string TemporaryName = CacheFile.FileName + ".tmp";
    private const long SmallestBound = 64L * 1024 * 1024;
    private const long LargestBound = 1024L * 1024 * 1024;
    private const long OctetsPerMessage = 4096;

    // What is replaced may be as much as what counts, and this, before the file is written anew.
    private const long DeadOctetsAllowed = 4L * 1024 * 1024;
    private const int MaxFound = 1024;

    /// <summary>Adds a segment.</summary>
    /// <param name="directory">The mailbox.</param>
    /// <param name="state">Its messages.</param>
    /// <param name="pending">What is added; not empty.</param>
    /// <param name="bound">How large the file may become; null for the usual.</param>
    /// <returns>False when another session is writing: nothing was added.</returns>
    /// <exception cref="UnixException">It cannot be written; what was there before is there still.</exception>
    public static bool TryAdd(DirectoryHandle directory, MailboxState state, PendingEntries pending, long? bound)
    {
        Errno error = directory.TryOpenFile(CacheFile.FileName, Libc.O_RDWR | Libc.O_CREAT, out FileHandle? file);
        if (error != Errno.None)
        {
            throw new UnixException("openat", CacheFile.FileName, error);
        }

        using FileHandle held = file!;
        FileStat stat = held.Stat();
        if (stat.Kind != FileKind.Regular)
        {
            throw new UnixException("openat", CacheFile.FileName, Errno.EISDIR);
        }

        if (!OfdLock.TryLock(held) || !IsStillThere(directory, stat))
        {
            return false;
        }

        // Read through a descriptor of its own: closing that of the writer gives the lock back.
        using CacheFile? cache = Reopen(directory, held, state.Identity);
        if (cache is null)
        {
            Rewrite(directory, state, [], pending, floorUid: 0, allowedOctets: 0);
            return true;
        }

        Append(held, cache, pending);
        cache.CatchUp(held.Stat().Octets);
        Tidy(directory, held, cache, state, bound ?? BoundOf(state));
        return true;
    }

    private static long BoundOf(MailboxState state) =>
        Math.Clamp(state.Count * OctetsPerMessage, SmallestBound, LargestBound);

    private static bool IsStillThere(DirectoryHandle directory, FileStat stat) =>
        directory.TryStat(CacheFile.FileName, false, out FileStat now) == Errno.None
        && now.Inode == stat.Inode
        && now.Device == stat.Device;

    private static CacheFile? Reopen(DirectoryHandle directory, FileHandle held, MailboxIdentity identity)
    {
        if (held.Stat().Octets == 0)
        {
            Span<byte> header = stackalloc byte[CacheHeader.Octets];
            CacheHeader.Write(header, identity, floorUid: 0);
            held.Write(0, header);
        }

        return CacheFile.TryRead(directory.OpenFile(CacheFile.FileName, Libc.O_RDONLY), identity);
    }

    private static void Append(FileHandle held, CacheFile cache, PendingEntries pending)
    {
        long at = cache.End;
        held.SetLength(at);
        try
        {
            ReadOnlySpan<byte> segment = pending.ToSegment(at);
            held.Write(at + SegmentHeader.HeaderOctets, segment[SegmentHeader.HeaderOctets..]); // 1
            held.Write(at, segment[..SegmentHeader.HeaderOctets]); // 2
        }
        catch (UnixException)
        {
            held.SetLength(at);
            throw;
        }
    }

    private static void Tidy(DirectoryHandle directory, FileHandle held, CacheFile cache, MailboxState state, long bound)
    {
        long live = 0;
        long entries = 0;
        foreach (CacheSegment segment in cache.Segments)
        {
            live += segment.Header.Octets;
            entries += segment.Header.Count;
        }

        long dead = cache.End - live;
        if (cache.End > bound || dead > live + DeadOctetsAllowed || cache.Found > MaxFound || entries > (2L * state.Count) + 4096)
        {
            // When all that counts is too much, the oldest messages go, and are not taken again.
            Rewrite(directory, state, cache.Segments, null, cache.Header.FloorUid, bound * 3 / 4);
        }
        else if (cache.Segments.Count > CacheFile.MaxSegments)
        {
            Merge(held, cache, state);
        }
    }

    // The newest segments, as far back as they are not much larger than what is behind them: what is large is not copied
    // for the sake of something small.
    private static void Merge(FileHandle held, CacheFile cache, MailboxState state)
    {
        IReadOnlyList<CacheSegment> all = cache.Segments;
        int first = all.Count - 4;
        long sum = 0;
        for (int i = first; i < all.Count; i++)
        {
            sum += all[i].Header.Octets;
        }

        while (first > 0 && all[first - 1].Header.Octets <= sum)
        {
            sum += all[--first].Header.Octets;
        }

        List<CacheSegment> merged = [.. all.Skip(first)];
        long at = cache.End;
        try
        {
            using var output = new SegmentOutput(held, at);
            CacheMerge.Run(merged, cache.Header.Seed, Keeps(state), output); // 1
            if (!output.IsEmpty)
            {
                output.Complete(cache.Header.Seed, merged[0].Header.Offset); // 3
            }
        }
        catch (UnixException)
        {
            held.SetLength(at);
            throw;
        }
    }

    private static void Rewrite(
        DirectoryHandle directory, MailboxState state, IReadOnlyList<CacheSegment> segments, PendingEntries? pending, uint floorUid, long allowedOctets)
    {
        uint seed = CacheHeader.SeedOf(state.Identity);
        directory.TryUnlink(TemporaryName);
        try
        {
            using FileHandle file = directory.OpenFile(TemporaryName, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL); // 4
            if (pending is not null)
            {
                file.Write(CacheHeader.Octets, pending.ToSegment(CacheHeader.Octets));
            }
            else
            {
                var floor = new CacheFloor(Keeps(state), segments, floorUid, allowedOctets);
                using var output = new SegmentOutput(file, CacheHeader.Octets);
                CacheMerge.Run(segments, seed, floor.Keeps, output);
                floorUid = floor.FloorUid;
                if (!output.IsEmpty)
                {
                    output.Complete(seed, CacheHeader.Octets);
                }
            }

            Span<byte> header = stackalloc byte[CacheHeader.Octets];
            CacheHeader.Write(header, state.Identity, floorUid);
            file.Write(0, header);
            Errno error = directory.TryRename(TemporaryName, directory, CacheFile.FileName); // 5
            if (error != Errno.None)
            {
                throw new UnixException("renameat2", CacheFile.FileName, error);
            }
        }
        catch (UnixException)
        {
            directory.TryUnlink(TemporaryName);
            throw;
        }
    }

    // Messages that came after this picture of the mailbox are not gone.
    private static Func<uint, bool> Keeps(MailboxState state) =>
        uid => uid >= state.UidNext.Value || state.IndexOf(new Protocol.Values.Uid(uid)) >= 0;
}
