using Imapd.Protocol.Values;

namespace Imapd.Worker.Search;

/// <summary>Whether a number lies in a resolved set, in logarithmic time.</summary>
/// <param name="ranges">As <see cref="SequenceSet.Resolve"/> gives them: ascending, none overlapping.</param>
internal sealed class NumberRanges(IReadOnlyList<SetRange> ranges)
{
    /// <summary>Whether <paramref name="number"/> is in the set.</summary>
    public bool Contains(uint number)
    {
        int low = 0;
        int high = ranges.Count;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (ranges[middle].Last < number)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < ranges.Count && ranges[low].First <= number;
    }
}
