using Imapd.Storage.Maildir.Index;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Sizes of messages that a session has counted, until they are in the index.</summary>
internal sealed class LearntSizes
{
    /// <summary>So many are kept; the next ones are counted again when they are asked for again.</summary>
    private const int MaxKept = 10_000;

    private readonly Dictionary<uint, (long Raw, long Wire)> _counted = [];
    private readonly HashSet<uint> _news = [];

    /// <summary>Whether the index does not know some of them.</summary>
    public bool HasNews => _news.Count > 0;

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

        _news.Clear();
    }
}
