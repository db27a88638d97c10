using System.Collections;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Selected;

/// <summary>The UIDs a command names: runs of places in a sequence. "All of a million" is one run.</summary>
/// <param name="uids">The sequence.</param>
internal sealed class NamedUids(UidSequence uids) : IReadOnlyList<Uid>
{
    private readonly List<(int First, int CountBefore)> _runs = [];

    /// <inheritdoc />
    public int Count { get; private set; }

    /// <inheritdoc />
    public Uid this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            int low = 0;
            int high = _runs.Count;
            while (high - low > 1)
            {
                int middle = (low + high) / 2;
                (low, high) = _runs[middle].CountBefore <= index ? (middle, high) : (low, middle);
            }

            return uids.UidAt(_runs[low].First + index - _runs[low].CountBefore);
        }
    }

    /// <summary>Adds the places from one to before another, behind those added before; nothing when there are none.</summary>
    public void Add(int first, int end)
    {
        if (first < end)
        {
            _runs.Add((first, Count));
            Count += end - first;
        }
    }

    /// <inheritdoc />
    public IEnumerator<Uid> GetEnumerator()
    {
        for (int run = 0; run < _runs.Count; run++)
        {
            (int first, int before) = _runs[run];
            int end = first + (run + 1 < _runs.Count ? _runs[run + 1].CountBefore : Count) - before;
            for (int place = first; place < end; place++)
            {
                yield return uids.UidAt(place);
            }
        }
    }

    /// <inheritdoc />
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
