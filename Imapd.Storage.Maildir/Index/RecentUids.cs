namespace Imapd.Storage.Maildir.Index;

/// <summary>The messages that are new to a session (<c>\Recent</c>, RFC 3501 §2.3.2), as ranges of UIDs. Immutable.</summary>
internal sealed class RecentUids
{
    private readonly uint[] _first;
    private readonly uint[] _last;

    private RecentUids(uint[] first, uint[] last)
    {
        _first = first;
        _last = last;
    }

    /// <summary>No messages.</summary>
    public static RecentUids None { get; } = new([], []);

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _first.Length == 0;

    /// <summary>Whether a message is among them.</summary>
    public bool Contains(uint uid)
    {
        int at = Array.BinarySearch(_first, uid);
        return at >= 0 || (~at > 0 && _last[~at - 1] >= uid);
    }

    /// <summary>These and others.</summary>
    /// <param name="uids">In any order; those that are among these already change nothing.</param>
    /// <returns>This instance when there was nothing to add.</returns>
    public RecentUids With(IEnumerable<uint> uids)
    {
        var more = new List<(uint First, uint Last)>();
        foreach (uint uid in uids)
        {
            if (more.Count > 0 && more[^1].Last + 1 == uid && uid != 0)
            {
                more[^1] = (more[^1].First, uid);
            }
            else if (!Contains(uid))
            {
                more.Add((uid, uid));
            }
        }

        if (more.Count == 0)
        {
            return this;
        }

        for (int i = 0; i < _first.Length; i++)
        {
            more.Add((_first[i], _last[i]));
        }

        more.Sort();
        return Joined(more);
    }

    /// <summary>How many of the messages of a view are among them.</summary>
    public int CountIn(IndexView view)
    {
        int count = 0;
        for (int i = 0; i < _first.Length; i++)
        {
            int end = _last[i] == uint.MaxValue ? view.Count : view.FirstIndexAtOrAfter(_last[i] + 1);
            count += end - view.FirstIndexAtOrAfter(_first[i]);
        }

        return count;
    }

    /// <summary>Whether both are the same messages.</summary>
    public bool IsSameAs(RecentUids other) =>
        _first.AsSpan().SequenceEqual(other._first) && _last.AsSpan().SequenceEqual(other._last);

    private static RecentUids Joined(List<(uint First, uint Last)> sorted)
    {
        var first = new List<uint>();
        var last = new List<uint>();
        foreach ((uint begin, uint end) in sorted)
        {
            if (last.Count > 0 && begin <= (ulong)last[^1] + 1)
            {
                last[^1] = Math.Max(last[^1], end);
            }
            else
            {
                first.Add(begin);
                last.Add(end);
            }
        }

        return new RecentUids([.. first], [.. last]);
    }
}
