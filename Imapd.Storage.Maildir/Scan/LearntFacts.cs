using Imapd.Storage.Maildir.Index;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Sizes and dates of messages that a session has found out, until they are in the index.</summary>
internal sealed class LearntFacts
{
    /// <summary>So many are kept; the next ones are counted again when they are asked for again.</summary>
    private const int MaxKept = 10_000;

    /// <summary>So many dates are kept.</summary>
    private const int MaxDates = 100_000;

    /// <summary>So many are worth a write.</summary>
    private const int Many = 64;

    private readonly Dictionary<uint, (long Raw, long Wire)> _counted = [];
    private readonly HashSet<uint> _news = [];
    private Dictionary<uint, long> _dates = [];
    private bool _hasCorrection;

    /// <summary>Whether the index does not know some of them.</summary>
    public bool HasNews => _news.Count + _dates.Count > 0;

    /// <summary>Whether the index does not know many of them, or says what is not true.</summary>
    public bool HasMuchNews => _hasCorrection || _news.Count + _dates.Count >= Many;

    /// <summary>A message's internal date, which the index does not know, was looked up.</summary>
    public void Dated(uint uid, long seconds)
    {
        if (_dates.Count < MaxDates)
        {
            _dates[uid] = seconds;
        }
    }

    /// <summary>The internal date as it was looked up; <see cref="IndexRecord.UnknownDate"/> when it was not.</summary>
    public long FindDate(uint uid) => _dates.GetValueOrDefault(uid, IndexRecord.UnknownDate);

    /// <summary>The size in wire form as it was counted; -1 when it was not.</summary>
    public long Find(uint uid) => _counted.TryGetValue(uid, out (long Raw, long Wire) octets) ? octets.Wire : -1;

    /// <summary>A message was counted.</summary>
    /// <param name="uid">Which.</param>
    /// <param name="rawOctets">Its file's length.</param>
    /// <param name="wireOctets">Its length as it is sent.</param>
    /// <param name="indexed">What the index says of it; null when it is not there.</param>
    public void Counted(uint uid, long rawOctets, long wireOctets, IndexRecord? indexed)
    {
        if (_counted.Count < MaxKept || _counted.ContainsKey(uid))
        {
            _counted[uid] = (rawOctets, wireOctets);
            if (indexed is { } record && (record.RawOctets != rawOctets || record.WireOctets != wireOctets))
            {
                _news.Add(uid);
                _hasCorrection |= (record.RawOctets >= 0 && record.RawOctets != rawOctets)
                    || (record.WireOctets >= 0 && record.WireOctets != wireOctets);
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

        if (_counted.Count >= MaxKept)
        {
            _counted.Clear();
        }

        _news.Clear();
        _dates = [];
        _hasCorrection = false;
    }
}
