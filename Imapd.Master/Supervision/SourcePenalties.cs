namespace Imapd.Master.Supervision;

/// <summary>
/// Failed logins by source. Each source's next connection waits longer after more failures, up to a few seconds: a
/// guesser is slowed, a neighbour behind the same address is not shut out. What is remembered is bounded and fades.
/// </summary>
/// <param name="maxSources">When there are more, the one longest without failure is forgotten.</param>
internal sealed class SourcePenalties(int maxSources)
{
    private const int FreeFailures = 3;
    private const int MaxFailures = 12;
    private const long FirstDelayMilliseconds = 250;
    private const long MaxDelayMilliseconds = 4000;
    private const long HalfLifeMilliseconds = 60_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<SourceAddress, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byAge = new();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>A login failed, or a worker crashed over what the source sent.</summary>
    /// <param name="source">Where it came from.</param>
    /// <param name="now">As <see cref="Environment.TickCount64"/>.</param>
    public void Add(SourceAddress source, long now)
    {
        lock (_lock)
        {
            int failures = 0;
            if (_entries.Remove(source, out LinkedListNode<Entry>? known))
            {
                failures = known.Value.FailuresAt(now);
                _byAge.Remove(known);
            }
            else if (_entries.Count >= maxSources)
            {
                _entries.Remove(_byAge.First!.Value.Source);
                _byAge.RemoveFirst();
            }
            var entry = new Entry(source, Math.Min(failures + 1, MaxFailures), now);
            _entries.Add(source, _byAge.AddLast(entry));
        }
    }

    /// <summary>How long the source's next connection is held back.</summary>
    /// <param name="source">Where it comes from.</param>
    /// <param name="now">As <see cref="Environment.TickCount64"/>.</param>
    public TimeSpan Delay(SourceAddress source, long now)
    {
        lock (_lock)
        {
            int failures = _entries.TryGetValue(source, out LinkedListNode<Entry>? known) ? known.Value.FailuresAt(now) : 0;
            return failures < FreeFailures
                ? TimeSpan.Zero
                : TimeSpan.FromMilliseconds(
                    Math.Min(FirstDelayMilliseconds << (failures - FreeFailures), MaxDelayMilliseconds));
        }
    }

    private sealed record Entry(SourceAddress Source, int Failures, long At)
    {
        public int FailuresAt(long now) => Failures >> (int)Math.Min((now - At) / HalfLifeMilliseconds, 31);
    }
}
