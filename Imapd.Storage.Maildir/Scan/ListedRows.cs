using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>
/// What a new index is written from after a listing: the messages that were found, with what the index before knew of them.
/// No memory for a message, whatever their number.
/// </summary>
internal sealed class ListedRows : ISnapshotRows, IDisposable
{
    private readonly ListedMailbox _listed;
    private readonly IndexView? _index;
    private readonly NativeList<uint> _gone = new();
    private readonly ulong _modSeq;
    private readonly uint _letters;
    private readonly ulong _shown;
    private int _hint;

    /// <summary>Compares what was listed, of which nothing changes any more, with the index.</summary>
    /// <param name="listed">What was listed.</param>
    /// <param name="session">What the session was shown last; null at first.</param>
    /// <param name="letters">Letters that stand for other keywords than in the session's picture.</param>
    /// <param name="stamps">The stamps from now on.</param>
    public ListedRows(ListedMailbox listed, MailboxState? session, uint letters, LookStamps stamps)
    {
        _listed = listed;
        _index = listed.Index;
        _letters = letters;
        _shown = session?.HighestModSeq.Value ?? 0;

        // Clients that knew an earlier index are told everything anew: no mod-sequence of theirs is above this floor.
        ExpungedFloor = _index?.ExpungedFloor
            ?? Math.Max((ulong)Math.Max((DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond, 1), _shown);
        _modSeq = _index?.NextModSeq() ?? ExpungedFloor + 1;
        CollectGone();
        Summary = Sum(stamps);
    }

    /// <inheritdoc />
    public MailboxIdentity Identity => _listed.Identity;

    /// <inheritdoc />
    public IndexSummary Summary { get; }

    /// <inheritdoc />
    public int Count => _listed.Count;

    /// <inheritdoc />
    public int ExpungedCount => (_index?.ExpungedCount ?? 0) + (int)_gone.Count;

    /// <inheritdoc />
    public ulong ExpungedFloor { get; }

    /// <inheritdoc />
    public IndexRecord RecordAt(int place) => RecordOf(ref _listed.At(place));

    /// <inheritdoc />
    public int NameOctetsAt(int place)
    {
        ref FoundName message = ref _listed.At(place);
        return message.NameOctets + (message.HasInfoAdded ? 3 : 0);
    }

    /// <inheritdoc />
    public int CopyNameAt(int place, Span<byte> to)
    {
        ref FoundName message = ref _listed.At(place);
        _listed.NameOf(message).CopyTo(to);
        if (!message.HasInfoAdded)
        {
            return message.NameOctets;
        }

        ":2,"u8.CopyTo(to[message.NameOctets..]);
        return message.NameOctets + 3;
    }

    /// <inheritdoc />
    public (uint Uid, ulong ModSeq) ExpungedAt(int place)
    {
        int known = _index?.ExpungedCount ?? 0;
        return place < known ? _index!.ExpungedAt(place) : (_gone[place - known], _modSeq);
    }

    /// <inheritdoc />
    public void Dispose() => _gone.Dispose();

    private IndexRecord RecordOf(ref readonly FoundName message)
    {
        ReadOnlySpan<byte> octets = _listed.NameOf(message);
        Span<char> name = stackalloc char[Octets.NameBuffer];
        name = octets.Length <= name.Length ? name[..octets.Length] : new char[octets.Length];
        Encoding.Latin1.GetChars(octets, name);
        IndexRecord record = MessageRecord.Of(message, name, _modSeq);
        if (PlaceInIndex(message.Uid) is >= 0 and var at)
        {
            IndexRecord before = _index!.RecordAt(at);
            bool isSame = before.Flags == record.Flags && before.Letters == record.Letters
                && ((record.Letters & _letters) == 0 || before.ModSeq > _shown);
            before.Flags = record.Flags;
            before.Letters = record.Letters;
            before.IsInNew = record.IsInNew;
            before.ModSeq = isSame ? before.ModSeq : _modSeq;
            return before;
        }

        return record;
    }

    // Both are sorted by UID: the next question is mostly for the next place.
    private int PlaceInIndex(uint uid)
    {
        if (_index is null)
        {
            return -1;
        }

        if (_hint >= _index.Count || _index.UidAt(_hint) != uid)
        {
            _hint = _index.FirstIndexAtOrAfter(uid);
        }

        return _hint < _index.Count && _index.UidAt(_hint) == uid ? _hint++ : -1;
    }

    private void CollectGone()
    {
        int place = 0;
        for (int at = 0; at < _index?.Count; at++)
        {
            uint uid = _index.UidAt(at);
            while (place < Count && _listed.UidAt(place) < uid)
            {
                place++;
            }

            if (place == Count || _listed.UidAt(place) != uid)
            {
                _gone.Add(uid);
            }
        }
    }

    private IndexSummary Sum(LookStamps stamps)
    {
        uint unseen = 0;
        uint deleted = 0;
        uint inNew = 0;
        uint unknown = 0;
        ulong octets = 0;

        // With an index both are gone through by UID; without one nothing is to be looked up, and memory has its own order.
        foreach (int place in _index is null ? _listed.InMemory() : Enumerable.Range(0, Count))
        {
            IndexRecord record = _index is null ? RecordOf(ref _listed.InMemoryAt(place)) : RecordAt(place);
            unseen += record.IsUnseen ? 1u : 0;
            deleted += (record.Flags & SystemFlags.Deleted) != 0 ? 1u : 0;
            inNew += record.IsInNew ? 1u : 0;
            unknown += record.WireOctets < 0 ? 1u : 0;
            octets += (ulong)Math.Max(record.WireOctets, 0);
        }

        return new IndexSummary
        {
            Stamps = stamps,
            NextUid = Identity.NextUid,
            HighestModSeq = Count > 0 || _index is not null ? _modSeq : ExpungedFloor,
            Messages = (uint)Count,
            Unseen = unseen,
            Deleted = deleted,
            InNew = inNew,
            UnknownSizes = unknown,
            WireOctets = octets,
            FirstUnseenHint = uint.MaxValue,
            UidListLines = _listed.UidListLines,
        };
    }
}
