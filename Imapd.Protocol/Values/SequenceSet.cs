namespace Imapd.Protocol.Values;

/// <summary>One range of a sequence set, ends in the order the client sent them (RFC 9051 §9, <c>seq-range</c>).</summary>
/// <param name="First">One end; <see cref="SequenceSet.Star"/> for <c>*</c>.</param>
/// <param name="Last">The other end, perhaps the smaller one; the same as the first for a single number.</param>
public readonly record struct SetRange(uint First, uint Last);

/// <summary>
/// The messages a command names, by number or by UID, or the saved search result <c>$</c>
/// (RFC 9051 §9, <c>sequence-set</c>; §6.4.4.1).
/// </summary>
public sealed class SequenceSet
{
    /// <summary>How <c>*</c>, the largest number in use, stands in a range: 0, which no number can be.</summary>
    public const uint Star = 0;

    /// <summary>Makes a set of the given ranges, at least one.</summary>
    /// <param name="ranges">As sent.</param>
    /// <param name="endsInSavedResult">Whether <c>,$</c> stands behind them.</param>
    public SequenceSet(IReadOnlyList<SetRange> ranges, bool endsInSavedResult = false) =>
        (Ranges, EndsInSavedResult) = (ranges, endsInSavedResult);

    /// <summary><c>$</c>: what the last SEARCH with SAVE found.</summary>
    public static SequenceSet SavedResult { get; } = new([], endsInSavedResult: true);

    /// <summary>The ranges as sent; empty for <see cref="SavedResult"/> only.</summary>
    public IReadOnlyList<SetRange> Ranges { get; }

    /// <summary>Whether <c>$</c> is the last of its parts, or the only one: it can stand nowhere else.</summary>
    public bool EndsInSavedResult { get; }

    /// <summary>Whether this is <c>$</c> and nothing else.</summary>
    public bool IsSavedResult => EndsInSavedResult && Ranges.Count == 0;

    /// <summary>The set without <c>$</c>.</summary>
    public SequenceSet WithoutSavedResult() => EndsInSavedResult ? new(Ranges) : this;

    /// <summary>
    /// The ranges with <c>*</c> put in, each in ascending order, sorted and merged: no two overlap or touch.
    /// </summary>
    /// <param name="largest">What <c>*</c> stands for; 0 when there is no message, and then ranges of only <c>*</c> fall away.</param>
    public IReadOnlyList<SetRange> Resolve(uint largest)
    {
        var resolved = new List<SetRange>(Ranges.Count);
        foreach (SetRange range in Ranges)
        {
            uint first = range.First == Star ? largest : range.First;
            uint last = range.Last == Star ? largest : range.Last;
            if (first > last)
            {
                (first, last) = (last, first);
            }

            if (last != 0)
            {
                resolved.Add(new SetRange(Math.Max(first, 1), last));
            }
        }

        resolved.Sort(static (left, right) => left.First.CompareTo(right.First));
        int kept = 0;
        for (int next = 1; next < resolved.Count; next++)
        {
            SetRange before = resolved[kept];
            if (resolved[next].First <= (ulong)before.Last + 1)
            {
                resolved[kept] = before with { Last = Math.Max(before.Last, resolved[next].Last) };
            }
            else
            {
                resolved[++kept] = resolved[next];
            }
        }

        if (resolved.Count > 0)
        {
            resolved.RemoveRange(kept + 1, resolved.Count - kept - 1);
        }

        return resolved;
    }
}
