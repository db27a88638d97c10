namespace Imapd.Tests.Stress.Model;

/// <summary>
/// Who may have changed a message's flags when: it says which flags can be seen. Guarded by its mailbox's ledger.
/// </summary>
internal sealed class FlagHistory
{
    private readonly List<Change> _changes = [];
    private int _settled;
    private int _known;

    /// <param name="settled">The flags to begin with.</param>
    /// <param name="known">The bits of them that are known.</param>
    public FlagHistory(int settled, int known)
    {
        _settled = settled;
        _known = known;
    }

    /// <summary>Grows with every change that is begun.</summary>
    public int Version { get; private set; }

    /// <summary>Notes that somebody is about to change flags.</summary>
    public Change Begin(int mask, int value, long now)
    {
        var change = new Change(mask, value & mask, now);
        _changes.Add(change);
        Version++;
        return change;
    }

    /// <summary>It has come to nothing.</summary>
    public void Cancel(Change change) => _changes.Remove(change);

    /// <summary>Everything is at rest, and these are the flags.</summary>
    public void Settle(int flags)
    {
        _changes.Clear();
        _settled = flags;
        _known = FlagAlphabet.All;
    }

    /// <summary>The bits that cannot be as told.</summary>
    /// <param name="told">The flags somebody saw.</param>
    /// <param name="since">Whoever saw them looked at the mailbox after this; what was done before must show.</param>
    public int Impossible(int told, long since)
    {
        int impossible = 0;
        for (int bit = 1; bit <= FlagAlphabet.All; bit <<= 1)
        {
            if (!IsPossible(bit, told & bit, since))
            {
                impossible |= bit;
            }
        }

        return impossible;
    }

    /// <summary>The bits of a change that were told neither as it made them nor as somebody else made them meanwhile.</summary>
    public int NotAsChanged(Change own, int told)
    {
        int wrong = own.Mask & (told ^ own.Value);
        foreach (Change other in _changes)
        {
            if (other != own && other.End > own.Start)
            {
                wrong &= ~(other.Mask & ~(other.Value ^ told));
            }
        }

        return wrong;
    }

    /// <summary>The bits that can have one value only, and their values.</summary>
    public (int Mask, int Value) Certain(long since)
    {
        int mask = 0;
        int value = 0;
        for (int bit = 1; bit <= FlagAlphabet.All; bit <<= 1)
        {
            bool canBeSet = IsPossible(bit, bit, since);
            mask |= canBeSet != IsPossible(bit, 0, since) ? bit : 0;
            value |= canBeSet ? bit : 0;
        }

        return (mask, value & mask);
    }

    /// <summary>Whether a bit can have a value.</summary>
    public bool IsPossible(int bit, int value, long since)
    {
        bool isFirstPossible = (_known & bit) == 0 || (_settled & bit) == value;
        if (isFirstPossible && !IsOverwritten(bit, 0, since))
        {
            return true;
        }

        foreach (Change change in _changes)
        {
            if ((change.Mask & bit) != 0 && (change.Value & bit) == value && !IsOverwritten(bit, change.End, since))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Who changed what, for the report of a failure.</summary>
    public override string ToString() =>
        $"first ({FlagAlphabet.Text(_settled & _known)}), known {_known:x}; " + string.Join("; ", _changes.Select(change => change.ToString()));

    private bool IsOverwritten(int bit, long end, long since)
    {
        foreach (Change later in _changes)
        {
            if ((later.Mask & bit) != 0 && later.IsCertain && later.Start > end && later.End < since)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One change: it happens at some moment between its start and its end.</summary>
    internal sealed class Change(int mask, int value, long start)
    {
        public int Mask { get; } = mask;

        public int Value { get; } = value;

        public long Start { get; } = start;

        public long End { get; private set; } = long.MaxValue;

        /// <summary>Whether it has happened for certain.</summary>
        public bool IsCertain { get; private set; }

        public void Finish(long now, bool isCertain)
        {
            End = now;
            IsCertain = isCertain;
        }

        public override string ToString() =>
            $"{Start}..{(End == long.MaxValue ? "" : End.ToString(System.Globalization.CultureInfo.InvariantCulture))}"
            + $"{(IsCertain ? "" : "?")} {Mask:x} -> ({FlagAlphabet.Text(Value)})";
    }
}
