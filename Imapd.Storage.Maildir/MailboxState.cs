using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;

namespace Imapd.Storage.Maildir;

/// <summary>What is in a mailbox at one moment: messages by place, sorted by UID, places from 0. Immutable.</summary>
/// <remarks>
/// A view of the index: no memory for a message that has not changed, and pictures that follow one another share the rest.
/// Used by one thread at a time. Everything that tells of a message may throw <see cref="StoreException"/> with
/// <see cref="StoreError.Corruption"/> where the index is damaged; it is then made anew at the next look.
/// </remarks>
public sealed class MailboxState
{
    private readonly RecentUids _recent;
    private UidSequence? _uids;
    private int _recentCount = -1;

    // Most messages that follow one another bear the same keywords, most often none.
    private uint _letters;
    private uint _places;

    internal MailboxState(IndexView view, KeywordTable table, RecentUids recent)
    {
        View = view;
        Table = table;
        _recent = recent;
        Identity = view.Identity;
    }

    /// <summary>How many messages there are.</summary>
    public int Count => View.Count;

    /// <summary>The mailbox's UIDVALIDITY.</summary>
    public UidValidity UidValidity => new(Identity.UidValidity);

    /// <summary>The UID the next message will have at the least.</summary>
    public Uid UidNext => new(Identity.NextUid);

    /// <summary>The largest mod-sequence given so far.</summary>
    public ModSeq HighestModSeq => new(View.Summary.HighestModSeq);

    /// <summary>The mailbox's identity through renames: 32 hexadecimal digits.</summary>
    public string MailboxId => Identity.MailboxId;

    /// <summary>The keywords in use here; place n is bit n of <see cref="MessageFlags.KeywordBits"/>.</summary>
    public IReadOnlyList<string> Keywords => Table.Names;

    /// <summary>Whether a letter is left for one more keyword.</summary>
    public bool CanAddKeywords => Table.HasRoom;

    /// <summary>How many messages are new to this session (RFC 3501 §2.3.2).</summary>
    public int RecentCount => _recentCount < 0 ? _recentCount = _recent.CountIn(View) : _recentCount;

    /// <summary>The UIDs of all messages.</summary>
    public UidSequence Uids => _uids ??= UidSequence.Of(View);

    internal MailboxIdentity Identity { get; }

    internal KeywordTable Table { get; }

    /// <summary>The records.</summary>
    internal IndexView View { get; }

    /// <summary>The messages that are new to this session.</summary>
    internal RecentUids Recent => _recent;

    /// <summary>The UID of a message.</summary>
    public Uid UidAt(int index) => new(View.UidAt(index));

    /// <summary>The flags of a message, keyword bits by place in <see cref="Keywords"/>.</summary>
    public MessageFlags FlagsAt(int index)
    {
        SystemFlags flags = View.FlagsAt(index, out uint letters);
        if (letters != _letters)
        {
            _places = Table.PlacesOf(letters);
            _letters = letters;
        }

        return new MessageFlags(flags, _places);
    }

    /// <summary>A number that grows whenever the message's flags change.</summary>
    public ModSeq ModSeqAt(int index) => new(View.ModSeqAt(index));

    /// <summary>Whether the message is new to this session (RFC 3501 §2.3.2).</summary>
    public bool IsRecentAt(int index) => !_recent.IsEmpty && _recent.Contains(View.UidAt(index));

    /// <summary>The message's size as it is sent (RFC822.SIZE), in octets; -1 when nobody has counted it yet.</summary>
    public long WireOctetsAt(int index) => View.RecordAt(index).WireOctets;

    /// <summary>When the message arrived (RFC 9051 §2.3.3), in UTC; null when nobody has looked it up yet.</summary>
    public DateTimeOffset? InternalDateAt(int index)
    {
        long seconds = View.RecordAt(index).InternalDateSeconds;
        return seconds == IndexRecord.UnknownDate ? null : DateTimeOffset.FromUnixTimeSeconds(
            Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
    }

    /// <summary>The place of the message with this UID; -1 when it is not there.</summary>
    public int IndexOf(Uid uid) => View.IndexOf(uid.Value);

    /// <summary>The place of the first message with this UID or a larger one; <see cref="Count"/> when there is none.</summary>
    public int FirstIndexAtOrAfter(Uid uid) => View.FirstIndexAtOrAfter(uid.Value);

    /// <summary>The place of the first message without <c>\Seen</c>; -1 when all have it.</summary>
    public int FirstUnseen() => View.FirstUnseen();

    /// <summary>What is different since an earlier picture of the same mailbox.</summary>
    /// <remarks>It costs what was changed, unless the index was written anew in between: then one walk over the records.</remarks>
    public StateDifference DifferenceFrom(MailboxState earlier)
    {
        uint last = earlier.View.LastUid;
        int firstNew = last == uint.MaxValue ? Count : View.FirstIndexAtOrAfter(last + 1);
        ulong since = earlier.HighestModSeq.Value;
        List<int> changed = View.Summary.HighestModSeq <= since ? []
            : ReferenceEquals(View.Snapshot, earlier.View.Snapshot) ? View.ChangedAfter(since, firstNew)
            : ChangedAfter(since, firstNew);
        return new StateDifference(changed, firstNew, HasLosses: firstNew != earlier.Count);
    }

    private List<int> ChangedAfter(ulong since, int end)
    {
        var changed = new List<int>();
        for (int place = 0; place < end; place++)
        {
            if (View.ModSeqAt(place) > since)
            {
                changed.Add(place);
            }
        }

        return changed;
    }
}
