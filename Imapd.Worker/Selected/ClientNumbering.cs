using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;

namespace Imapd.Worker.Selected;

/// <summary>
/// The message numbers as the client knows them: number n is the n-th message it was told of and was not told the loss
/// of (RFC 9051 §2.3.1.2). It changes only together with an EXPUNGE or EXISTS response, whatever happens on the disk.
/// </summary>
/// <remarks>Four octets a message, in ascending order of UIDs, which is the order of the numbers.</remarks>
internal sealed class ClientNumbering
{
    private uint[] _uids = [];

    /// <summary>How many messages the client knows of; the largest number.</summary>
    public int Count { get; private set; }

    /// <summary>The UID of the last message; 0 when there is none.</summary>
    public Uid LastUid => new(Count == 0 ? 0 : _uids[Count - 1]);

    /// <summary>The UID of the message with a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is 0 or above <see cref="Count"/>.</exception>
    public Uid UidOf(SeqNum number)
    {
        ArgumentOutOfRangeException.ThrowIfZero(number.Value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number.Value, (uint)Count);
        return new Uid(_uids[number.Value - 1]);
    }

    /// <summary>The number of the message with a UID; null when the client knows of none.</summary>
    public SeqNum? NumberOf(Uid uid)
    {
        int index = Array.BinarySearch(_uids, 0, Count, uid.Value);
        return index < 0 ? null : new SeqNum((uint)index + 1);
    }

    /// <summary>The UIDs of the messages that a command names, in ascending order, each once.</summary>
    /// <param name="set">Numbers or UIDs, or <c>$</c>.</param>
    /// <param name="byUid">Whether they are UIDs; those of no message are passed over (RFC 9051 §6.4.9).</param>
    /// <param name="saved">What <c>$</c> stands for; nothing when null (RFC 9051 §6.4.4.1).</param>
    /// <exception cref="ImapSyntaxException">A number is above <see cref="Count"/>, or <c>*</c> when there is no message.</exception>
    public IReadOnlyList<Uid> Resolve(SequenceSet set, bool byUid, SavedSearch? saved = null)
    {
        if (set.IsSavedResult)
        {
            return saved is null ? [] : [.. saved.Uids.Where(uid => NumberOf(uid) is not null)];
        }

        var uids = new List<Uid>();
        if (byUid)
        {
            foreach (SetRange range in set.Resolve(LastUid.Value))
            {
                for (int i = IndexAtOrAfter(range.First); i < Count && _uids[i] <= range.Last; i++)
                {
                    uids.Add(new Uid(_uids[i]));
                }
            }

            return uids;
        }

        RefuseNumbersBeyondCount(set);
        foreach (SetRange range in set.Resolve((uint)Count))
        {
            for (uint number = range.First; number <= range.Last; number++)
            {
                uids.Add(new Uid(_uids[number - 1]));
            }
        }

        return uids;
    }

    /// <summary>The client is told of one more message. Its UID is above all it was ever told of.</summary>
    public void Add(Uid uid)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(uid.Value, LastUid.Value);
        if (Count == _uids.Length)
        {
            Array.Resize(ref _uids, Math.Max(16, checked(Count + (Count / 2))));
        }

        _uids[Count++] = uid.Value;
    }

    /// <summary>Makes room for messages about to be added.</summary>
    public void Reserve(int more)
    {
        if (_uids.Length - Count < more)
        {
            Array.Resize(ref _uids, checked(Count + more));
        }
    }

    /// <summary>Takes the messages that are gone out of the numbering.</summary>
    /// <param name="isGone">Asked for every message, from the last to the first.</param>
    /// <param name="tell">
    /// Called with the number of each one gone, as EXPUNGE has to say it: from the last to the first, so that each number
    /// still counts when the client hears it.
    /// </param>
    /// <returns>How many are gone.</returns>
    public int Remove(Func<Uid, bool> isGone, Action<SeqNum> tell)
    {
        // What stays is gathered at the end of the array while going down, then moved to the front in one piece.
        int kept = Count;
        for (int i = Count - 1; i >= 0; i--)
        {
            if (isGone(new Uid(_uids[i])))
            {
                tell(new SeqNum((uint)i + 1));
            }
            else
            {
                _uids[--kept] = _uids[i];
            }
        }

        Array.Copy(_uids, kept, _uids, 0, Count - kept);
        Count -= kept;
        return kept;
    }

    /// <summary>Whether any message is gone.</summary>
    /// <param name="isGone">Asked from the last message to the first, until there is one.</param>
    public bool Any(Func<Uid, bool> isGone)
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            if (isGone(new Uid(_uids[i])))
            {
                return true;
            }
        }

        return false;
    }

    private void RefuseNumbersBeyondCount(SequenceSet set)
    {
        foreach (SetRange range in set.Ranges)
        {
            uint largest = Math.Max(range.First, range.Last);
            bool hasStar = range.First == SequenceSet.Star || range.Last == SequenceSet.Star;
            if (largest > (uint)Count)
            {
                throw new ImapSyntaxException($"There is no message {largest}: the mailbox has {Count}");
            }

            if (hasStar && Count == 0)
            {
                throw new ImapSyntaxException("There is no message *: the mailbox is empty");
            }
        }
    }

    private int IndexAtOrAfter(uint uid)
    {
        int index = Array.BinarySearch(_uids, 0, Count, uid);
        return index < 0 ? ~index : index;
    }
}
