using Imapd.Storage.Maildir.Index;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Sizes and dates of messages that a session has found out, until they are in the index.</summary>
internal sealed class LearntFacts
{
    /// <summary>So many are kept; the next ones are counted again when they are asked for again.</summary>
    private const int MaxKept = 10_000;

    /// <summary>So many dates are kept, 16 octets each.</summary>
    private const int MaxDates = 100_000;

    /// <summary>So many are worth a write.</summary>
    private const int Many = 64;

    private readonly Dictionary<uint, (long Raw, long Wire)> _counted = [];
    private readonly HashSet<uint> _news = [];
    private List<(uint Uid, long Seconds)> _dates = [];

    /// <summary>Whether the index does not know some of them.</summary>
    public bool HasNews => _news.Count + _dates.Count > 0;

    /// <summary>Whether the index does not know many of them.</summary>
    public bool HasMuchNews => _news.Count + _dates.Count >= Many;

    /// <summary>A message's internal date, which the index does not know, was looked up.</summary>
    public void Dated(uint uid, long seconds)
    {
        if (_dates.Count < MaxDates)
        {
            _dates.Add((uid, seconds));
        }
    }

    /// <summary>The size in wire form as it was counted; -1 when it was not.</summary>
    public long Find(uint uid) => _counted.TryGetValue(uid, out (long Raw, long Wire) octets) ? octets.Wire : -1;

    /// <summary>A message was counted.</summary>
    /// <param name="uid">Which.</param>
    /// <param name="rawOctets">Its file's length.</param>
    /// <param name="wireOctets">Its length as it is sent.</param>
    /// <param name="isNews">Whether the index says otherwise, or nothing.</param>
    public void Counted(uint uid, long rawOctets, long wireOctets, bool isNews)
    {
        if (_counted.Count < MaxKept)
        {
            _counted[uid] = (rawOctets, wireOctets);
            if (isNews)
            {
                _news.Add(uid);
            }
        }
    }

    /// <summary>Adds what the index does not know to a change of it.</summary>
    public void Tell(IndexChanges changes)
    {
        foreach (uint uid in _news)
        {
            if (changes.Before.IndexOf(uid) >= 0)
            {
                (long raw, long wire) = _counted[uid];
                changes.Facts(uid, IndexRecord.UnknownDate, raw, wire);
            }
        }

        foreach ((uint uid, long seconds) in _dates)
        {
            int place = changes.Before.IndexOf(uid);
            if (place >= 0 && changes.Before.RecordAt(place).InternalDateSeconds == IndexRecord.UnknownDate)
            {
                changes.Facts(uid, seconds, IndexRecord.UnknownOctets, IndexRecord.UnknownOctets);
            }
        }

        _news.Clear();
        _dates = [];
    }
}
