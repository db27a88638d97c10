namespace Imapd.Master.Supervision;

/// <summary>
/// Failed logins by source. Each source's next connection waits longer after more failures, up to some seconds: a guesser is
/// slowed, a neighbour behind the same address is not shut out, and whoever logs in from there halves the wait. A password that was
/// wrong before is no new guess: a telephone with an old one does not count. What is remembered is bounded and fades.
/// </summary>
/// <param name="maxSources">When there are more, the one longest without a failure that counts is forgotten.</param>
internal sealed class SourcePenalties(int maxSources)
{
    private const int FreeFailures = 3;
    private const int MaxFailures = 12;
    private const int MaxGuesses = 8;
    private const long FirstDelayMilliseconds = 250;
    private const long MaxDelayMilliseconds = 8000;
    private const long HalfLifeMilliseconds = 60_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<SourceAddress, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byAge = new();

    /// <summary>Sources that something is remembered of.</summary>
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
    /// <param name="guess">A keyed hash of user and password; 0: there is none, and it counts.</param>
    /// <param name="now">As <see cref="Environment.TickCount64"/>.</param>
    /// <returns>It counts; false: the guess is one of the last few of this source.</returns>
    public bool Add(SourceAddress source, ulong guess, long now)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(source, out LinkedListNode<Entry>? node))
            {
                if (_entries.Count >= maxSources)
                {
                    _entries.Remove(_byAge.First!.Value.Source);
                    _byAge.RemoveFirst();
                }
                node = new LinkedListNode<Entry>(new Entry(source));
                _entries.Add(source, node);
            }
            else if (node.Value.Remembers(guess))
            {
                return false;
            }
            else
            {
                _byAge.Remove(node);
            }
            node.Value.Fail(guess, now);
            _byAge.AddLast(node);
            return true;
        }
    }

    /// <summary>Somebody logged in from there.</summary>
    /// <param name="source">Where.</param>
    /// <param name="now">As <see cref="Environment.TickCount64"/>.</param>
    public void Succeed(SourceAddress source, long now)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(source, out LinkedListNode<Entry>? node))
            {
                node.Value.Halve(now);
            }
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

    private sealed class Entry(SourceAddress source)
    {
        private readonly ulong[] _guesses = new ulong[MaxGuesses]; // the latest first; 0: none
        private int _failures;
        private long _at;

        public SourceAddress Source => source;

        public int FailuresAt(long now) => _failures >> (int)Math.Min((now - _at) / HalfLifeMilliseconds, 31);

        public bool Remembers(ulong guess)
        {
            int place = guess == 0 ? -1 : Array.IndexOf(_guesses, guess);
            if (place >= 0)
            {
                PutFirst(guess, place);
            }
            return place >= 0;
        }

        public void Fail(ulong guess, long now)
        {
            _failures = Math.Min(FailuresAt(now) + 1, MaxFailures);
            _at = now;
            if (guess != 0)
            {
                PutFirst(guess, MaxGuesses - 1);
            }
        }

        public void Halve(long now)
        {
            _failures = FailuresAt(now) / 2;
            _at = now;
        }

        private void PutFirst(ulong guess, int place)
        {
            Array.Copy(_guesses, 0, _guesses, 1, place);
            _guesses[0] = guess;
        }
    }
}
