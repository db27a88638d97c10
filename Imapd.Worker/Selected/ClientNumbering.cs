using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Selected;

/// <summary>
/// The message numbers as the client knows them: number n is the n-th message it was told of and was not told the loss
/// of (RFC 9051 §2.3.1.2). It changes only together with an EXPUNGE or EXISTS response, whatever happens on the disk.
/// </summary>
/// <remarks>
/// Whenever everything was told it is the sequence of the mailbox's own picture, and takes no memory for a message.
/// </remarks>
internal sealed class ClientNumbering
{
    private UidSequence _uids = UidSequence.Empty;

    /// <summary>How many messages the client knows of; the largest number.</summary>
    public int Count => _uids.Count;

    /// <summary>The UID of the last message; 0 when there is none.</summary>
    public Uid LastUid => _uids.Last;

    /// <summary>The UID of the message with a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is 0 or above <see cref="Count"/>.</exception>
    public Uid UidOf(SeqNum number)
    {
        ArgumentOutOfRangeException.ThrowIfZero(number.Value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number.Value, (uint)Count);
        return _uids.UidAt((int)number.Value - 1);
    }

    /// <summary>Whether number n is the message at place n - 1 of a picture, for all; it may also be so where this is false.</summary>
    public bool IsThatOf(MailboxState state) => _uids.AreAllOf(state);

    /// <summary>The number of the message with a UID; null when the client knows of none.</summary>
    public SeqNum? NumberOf(Uid uid)
    {
        int place = _uids.IndexOf(uid);
        return place < 0 ? null : new SeqNum((uint)place + 1);
    }

    /// <summary>The UIDs of the messages that a command names, in ascending order, each once.</summary>
    /// <param name="set">Numbers or UIDs, or <c>$</c>.</param>
    /// <param name="byUid">Whether they are UIDs; those of no message are passed over (RFC 9051 §6.4.9).</param>
    /// <param name="saved">What <c>$</c> stands for; nothing when null (RFC 9051 §6.4.4.1).</param>
    /// <returns>They stay the same whatever the numbering becomes.</returns>
    /// <exception cref="ImapSyntaxException">A number is above <see cref="Count"/>, or <c>*</c> when there is no message.</exception>
    public IReadOnlyList<Uid> Resolve(SequenceSet set, bool byUid, SavedSearch? saved = null)
    {
        if (set.EndsInSavedResult)
        {
            IEnumerable<Uid> found = saved is null ? [] : saved.Uids.Where(uid => NumberOf(uid) is not null);
            return set.IsSavedResult
                ? [.. found]
                : [.. Resolve(set.WithoutSavedResult(), byUid).Union(found).OrderBy(static uid => uid.Value)];
        }

        var named = new NamedUids(_uids);
        if (byUid)
        {
            foreach (SetRange range in set.Resolve(LastUid.Value))
            {
                named.Add(_uids.FirstIndexAtOrAfter(new Uid(range.First)), _uids.FirstIndexAfter(new Uid(range.Last)));
            }

            return named;
        }

        RefuseNumbersBeyondCount(set);
        foreach (SetRange range in set.Resolve((uint)Count))
        {
            named.Add((int)range.First - 1, (int)range.Last);
        }

        return named;
    }

    /// <summary>The client is told of more messages. Their UIDs are above all it was ever told of.</summary>
    /// <param name="uids">Ascending.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is not above the one before it.</exception>
    public void Add(IEnumerable<uint> uids) => _uids = _uids.With(uids);

    /// <summary>The client was told of everything: from now on its numbers are the places in a picture.</summary>
    /// <param name="all">The picture's UIDs; when they are not those the client knows, nothing comes of it.</param>
    public void Become(UidSequence all)
    {
        if (all.Count == Count && all.Last == LastUid && _uids.CountNotIn(all) == 0)
        {
            _uids = all;
        }
    }

    /// <summary>The client is told of all messages of a mailbox that was just selected.</summary>
    public void Begin(UidSequence all) => _uids = all;

    /// <summary>Takes the messages that are gone out of the numbering.</summary>
    /// <param name="there">Those that are still there, and perhaps more behind them.</param>
    /// <param name="tell">
    /// Called with the number of each one gone, as EXPUNGE has to say it: from the last to the first, so that each number
    /// still counts when the client hears it.
    /// </param>
    /// <returns>How many are gone.</returns>
    public int Remove(UidSequence there, Action<SeqNum> tell)
    {
        IReadOnlyList<int> gone = _uids.PlacesNotIn(there);
        for (int i = gone.Count - 1; i >= 0; i--)
        {
            tell(new SeqNum((uint)gone[i] + 1));
        }

        _uids = _uids.Without(gone);
        return gone.Count;
    }

    /// <summary>Whether any message is gone.</summary>
    /// <param name="there">Those that are still there, and perhaps more behind them.</param>
    public bool HasLost(UidSequence there) => _uids.CountNotIn(there) != 0;

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
}
