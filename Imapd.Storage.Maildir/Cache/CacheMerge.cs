using System.Buffers;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>Makes one segment of several: of every message one entry, with the newest of each field.</summary>
internal static class CacheMerge
{
    /// <summary>Merges.</summary>
    /// <param name="segments">What is merged, the oldest first.</param>
    /// <param name="seed">What checksums begin with.</param>
    /// <param name="keeps">Whether a message is still wanted; asked in the order of UIDs.</param>
    /// <param name="output">Where to.</param>
    public static void Run(IReadOnlyList<CacheSegment> segments, uint seed, Func<uint, bool> keeps, SegmentOutput output)
    {
        int[] places = new int[segments.Count];
        byte[] scratch = ArrayPool<byte>.Shared.Rent(CacheEntry.MaxOctets);
        var message = new CachedMessage();
        try
        {
            for (uint uid = NextUid(segments, places); uid != uint.MaxValue; uid = NextUid(segments, places))
            {
                message.Clear();
                for (int i = segments.Count - 1; i >= 0; i--)
                {
                    if (segments[i].UidAt(places[i]) == uid)
                    {
                        if (segments[i].TryRead(places[i], uid, out ReadOnlyMemory<byte> entry))
                        {
                            message.Add(entry);
                        }

                        places[i]++;
                    }
                }

                if (!message.IsEmpty && keeps(uid))
                {
                    output.Add(message.Combine(scratch, seed, uid));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    // The smallest UID that is next in any of them; uint.MaxValue at the end. What is out of order is passed over, because
    // a directory that is damaged must not make a damaged one; at a UID of 0 a segment ends.
    private static uint NextUid(IReadOnlyList<CacheSegment> segments, int[] places)
    {
        uint smallest = uint.MaxValue;
        for (int i = 0; i < places.Length; i++)
        {
            CacheSegment segment = segments[i];
            uint before = places[i] == 0 ? 0 : segment.UidAt(places[i] - 1);
            uint uid = segment.UidAt(places[i]);
            while (uid != 0 && uid <= before)
            {
                uid = segment.UidAt(++places[i]);
            }

            smallest = uid == 0 ? smallest : Math.Min(smallest, uid);
        }

        return smallest;
    }
}
