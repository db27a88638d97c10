namespace Imapd.Storage.Maildir.Cache;

/// <summary>Which messages are kept when a cache is written anew: those that are there, and not the oldest of too many.</summary>
internal sealed class CacheFloor
{
    private readonly Func<uint, bool> _isThere;
    private readonly IReadOnlyList<CacheSegment> _segments;
    private readonly int[] _places;
    private long _excess;

    /// <summary>Finds out how much is too much.</summary>
    /// <param name="isThere">Whether a message is in the mailbox.</param>
    /// <param name="segments">What the cache holds.</param>
    /// <param name="floorUid">The floor so far.</param>
    /// <param name="allowedOctets">How much may be kept.</param>
    public CacheFloor(Func<uint, bool> isThere, IReadOnlyList<CacheSegment> segments, uint floorUid, long allowedOctets)
    {
        _isThere = isThere;
        _segments = segments;
        _places = new int[segments.Count];
        FloorUid = floorUid;
        _excess = -allowedOctets;
        foreach (CacheSegment segment in segments)
        {
            uint uid;
            for (int place = 0; (uid = segment.UidAt(place)) != 0; place++)
            {
                _excess += isThere(uid) ? segment.OctetsAt(place) + CachePointer.Octets : 0;
            }
        }
    }

    /// <summary>Below it nothing is kept.</summary>
    public uint FloorUid { get; private set; }

    /// <summary>Whether a message is kept; to be asked in the order of UIDs.</summary>
    public bool Keeps(uint uid)
    {
        if (uid < FloorUid || !_isThere(uid))
        {
            return false;
        }

        if (_excess <= 0)
        {
            return true;
        }

        for (int i = 0; i < _places.Length; i++)
        {
            uint here;
            while ((here = _segments[i].UidAt(_places[i])) != 0 && here <= uid)
            {
                _excess -= here == uid ? _segments[i].OctetsAt(_places[i]) + CachePointer.Octets : 0;
                _places[i]++;
            }
        }

        FloorUid = uid + 1;
        return false;
    }
}
