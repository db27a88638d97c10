using Imapd.Protocol.Values;

namespace Imapd.Storage.Maildir.Index;

/// <summary>The messages of a mailbox at one moment, by place: a snapshot and what is different from it. Immutable.</summary>
/// <remarks>
/// Used by one thread at a time. Views that follow one another share the snapshot, so each costs only what is different.
/// Everything that reads a record may throw <see cref="StoreException"/> with <see cref="StoreError.Corruption"/>.
/// </remarks>
internal sealed class IndexView : ISnapshotRows
{
    private readonly IndexOverlay _overlay;
    private readonly int _kept;

    // Where the last question was answered: a walk finds its next answer beside it, without a search.
    private int _removedHint;
    private int _changedHint;

    /// <summary>A view of a snapshot with differences.</summary>
    public IndexView(IndexSnapshot snapshot, IndexOverlay overlay, IndexSummary summary)
    {
        Snapshot = snapshot;
        _overlay = overlay;
        Summary = summary;
        _kept = snapshot.Count - overlay.Removed.Length;
        Count = _kept + overlay.Added.Length;
    }

    /// <summary>How many messages there are.</summary>
    public int Count { get; }

    /// <summary>The place of the first message that came after the snapshot: these and all behind are few.</summary>
    public int FirstAdded => _kept;

    /// <summary>Counters and stamps.</summary>
    public IndexSummary Summary { get; }

    /// <summary>Which mailbox it is, and the UID to be given next.</summary>
    public MailboxIdentity Identity => new(Snapshot.Header.UidValidity, Summary.NextUid, Snapshot.Header.MailboxId);

    /// <summary>What it is different from.</summary>
    public IndexSnapshot Snapshot { get; }

    /// <summary>What is different.</summary>
    public IndexOverlay Overlay => _overlay;

    /// <summary>Whether the snapshot turned out to be damaged.</summary>
    public bool IsDamaged => Snapshot.IsDamaged;

    /// <summary>The largest UID; 0 when there is no message.</summary>
    public uint LastUid => Count == 0 ? 0 : UidAt(Count - 1);

    /// <summary>Messages that went at this mod-sequence or before may be missing in <see cref="ExpungedAfter"/>.</summary>
    public ulong ExpungedFloor => Snapshot.Header.ExpungedFloor;

    /// <summary>How many messages are remembered as gone.</summary>
    public int ExpungedCount => Snapshot.ExpungedCount + _overlay.Expunged.Length;

    /// <summary>A mailbox without messages, in no file.</summary>
    /// <param name="identity">Which mailbox.</param>
    /// <param name="modSeqFloor">No mod-sequence given earlier was larger than this.</param>
    public static IndexView Empty(MailboxIdentity identity, ulong modSeqFloor = 0)
    {
        var snapshot = IndexSnapshot.Empty(identity.UidValidity, identity.MailboxId, modSeqFloor);
        return new IndexView(snapshot, IndexOverlay.Empty, snapshot.Header.Summary with { NextUid = identity.NextUid });
    }

    /// <summary>The mod-sequence for the next change: above all that were given, even where those were lost with the index.</summary>
    public ulong NextModSeq()
    {
        long microseconds = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        return Math.Max(Summary.HighestModSeq + 1, (ulong)Math.Max(microseconds, 0));
    }

    /// <summary>The UID at a place.</summary>
    public uint UidAt(int place)
    {
        if (place >= _kept)
        {
            return _overlay.Added[place - _kept].Record.Uid;
        }

        return Snapshot.Uid(RowAt(place));
    }

    /// <summary>The mod-sequence at a place.</summary>
    public ulong ModSeqAt(int place)
    {
        if (place >= _kept)
        {
            return _overlay.Added[place - _kept].Record.ModSeq;
        }

        int row = RowAt(place);
        int changed = ChangedAt(row);
        return changed >= 0 ? _overlay.Changed[changed].Record.ModSeq : Snapshot.ModSeq(row);
    }

    /// <summary>The system flags and keyword letters at a place.</summary>
    public SystemFlags FlagsAt(int place, out uint letters)
    {
        if (place >= _kept)
        {
            ref readonly IndexEntry added = ref _overlay.Added[place - _kept];
            letters = added.Record.Letters;
            return added.Record.Flags;
        }

        int row = RowAt(place);
        int changed = ChangedAt(row);
        if (changed < 0)
        {
            return Snapshot.Flags(row, out letters);
        }

        letters = _overlay.Changed[changed].Record.Letters;
        return _overlay.Changed[changed].Record.Flags;
    }

    /// <summary>The record at a place; what it says of its name is of no use outside the snapshot.</summary>
    public IndexRecord RecordAt(int place)
    {
        if (place >= _kept)
        {
            return _overlay.Added[place - _kept].Record;
        }

        int row = RowAt(place);
        int changed = ChangedAt(row);
        return changed >= 0 ? _overlay.Changed[changed].Record : Snapshot.Row(row);
    }

    /// <summary>The name of the file at a place, octets.</summary>
    public string NameAt(int place)
    {
        IndexEntry entry = EntryAt(place);
        return IndexOverlay.NameOf(Snapshot, entry);
    }

    /// <summary>Copies the name of the file at a place.</summary>
    /// <returns>How long it is.</returns>
    public int CopyNameAt(int place, Span<byte> to)
    {
        IndexEntry entry = EntryAt(place);
        return IndexOverlay.CopyNameOf(Snapshot, entry, to);
    }

    /// <inheritdoc />
    public int NameOctetsAt(int place)
    {
        IndexEntry entry = EntryAt(place);
        return IndexOverlay.NameOctetsOf(Snapshot, entry);
    }

    /// <summary>The place of a UID; -1 when it is not there.</summary>
    public int IndexOf(uint uid)
    {
        int place = FirstIndexAtOrAfter(uid);
        return place < Count && UidAt(place) == uid ? place : -1;
    }

    /// <summary>The place of the first message with this UID or a larger one; <see cref="Count"/> when there is none.</summary>
    public int FirstIndexAtOrAfter(uint uid)
    {
        int row = Snapshot.Find(uid);
        row = row < 0 ? ~row : row;
        if (row < Snapshot.Count)
        {
            // A row that is gone has the place of the next one that is not.
            return row - LowerBound(_overlay.Removed, row);
        }

        int added = _overlay.FindAdded(uid);
        return _kept + (added < 0 ? ~added : added);
    }

    /// <summary>
    /// The place of a message below <see cref="FirstAdded"/> by its file's name, octets, whatever flags that bears; -1 when
    /// there is none. It costs a search, whatever the size of the mailbox.
    /// </summary>
    public int PlaceOfName(ReadOnlySpan<byte> name)
    {
        int row = Snapshot.FindName(name);
        return row < 0 || Array.BinarySearch(_overlay.Removed, row) >= 0 ? -1 : PlaceOfRow(row);
    }

    /// <summary>The place of the first message without <c>\Seen</c>; -1 when all have it.</summary>
    public int FirstUnseen()
    {
        if (Summary.Unseen == 0)
        {
            return -1;
        }

        for (int place = FirstIndexAtOrAfter(Summary.FirstUnseenHint); place < Count; place++)
        {
            if (RecordAt(place).IsUnseen)
            {
                return place;
            }
        }

        return -1;
    }

    /// <summary>The messages in <c>new/</c>, ascending.</summary>
    public List<uint> UidsInNew()
    {
        var inNew = new List<uint>();
        uint left = Summary.InNew;
        for (int place = Count - 1; place >= 0 && left > 0; place--)
        {
            if (RecordAt(place).IsInNew)
            {
                inNew.Add(UidAt(place));
                left--;
            }
        }

        inNew.Reverse();
        return inNew;
    }

    /// <summary>The places of the messages that differ from the snapshot and were changed after a mod-sequence, ascending.</summary>
    /// <param name="modSeq">The mod-sequence.</param>
    /// <param name="end">Only places below this one.</param>
    public List<int> ChangedAfter(ulong modSeq, int end)
    {
        var places = new List<int>();
        foreach (ref readonly IndexEntry entry in _overlay.Changed.AsSpan())
        {
            if (entry.Record.ModSeq > modSeq && PlaceOfRow(entry.Row) is var place && place < end)
            {
                places.Add(place);
            }
        }

        for (int i = 0; _kept + i < end; i++)
        {
            if (_overlay.Added[i].Record.ModSeq > modSeq)
            {
                places.Add(_kept + i);
            }
        }

        return places;
    }

    /// <summary>The messages that went after a mod-sequence, in the order in which they went.</summary>
    /// <param name="modSeq">At least <see cref="ExpungedFloor"/>, or some may be missing.</param>
    public List<uint> ExpungedAfter(ulong modSeq)
    {
        var gone = new List<uint>();
        for (int i = 0; i < ExpungedCount; i++)
        {
            (uint uid, ulong at) = ExpungedAt(i);
            if (at > modSeq)
            {
                gone.Add(uid);
            }
        }

        return gone;
    }

    /// <summary>A message that is remembered as gone: the first one first.</summary>
    public (uint Uid, ulong ModSeq) ExpungedAt(int place) => place < Snapshot.ExpungedCount
        ? Snapshot.Expunged(place)
        : _overlay.Expunged[place - Snapshot.ExpungedCount];

    /// <summary>The view after changes that were made to this one.</summary>
    public IndexView Apply(IndexChanges changes) => new IndexMerge(this).Apply(changes);

    /// <summary>What stands at a place.</summary>
    public IndexEntry EntryAt(int place)
    {
        if (place >= _kept)
        {
            return _overlay.Added[place - _kept];
        }

        int row = RowAt(place);
        int changed = ChangedAt(row);
        return changed >= 0 ? _overlay.Changed[changed] : new IndexEntry(row, Snapshot.Row(row), null, false);
    }

    /// <summary>The place of a row; that of the next one when it is gone.</summary>
    public int PlaceOfRow(int row) => row - LowerBound(_overlay.Removed, row);

    /// <summary>The row at a place in the snapshot's part of the view.</summary>
    private int RowAt(int place)
    {
        int[] removed = _overlay.Removed;
        if (removed.Length == 0)
        {
            return place;
        }

        ArgumentOutOfRangeException.ThrowIfNegative(place);
        int before = _removedHint;
        if (!IsBefore(before) || IsBefore(before + 1))
        {
            before++;
            if (!IsBefore(before) || IsBefore(before + 1))
            {
                before = CountBefore(removed, place);
            }

            _removedHint = before;
        }

        return place + before;

        // Whether at least so many rows are gone before the place: removed[k] - k rows stay before the k-th that is gone.
        bool IsBefore(int count) => count <= removed.Length && (count == 0 || removed[count - 1] - (count - 1) <= place);
    }

    private static int CountBefore(int[] removed, int place)
    {
        int low = 0;
        int high = removed.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = removed[middle] - middle <= place ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The place among the changed rows; -1 when the row is as in the snapshot.</summary>
    private int ChangedAt(int row)
    {
        int[] rows = _overlay.ChangedRows;
        if (rows.Length == 0)
        {
            return -1;
        }

        int at = _changedHint;
        if (!IsFirstAtOrAfter(at))
        {
            at++;
            if (!IsFirstAtOrAfter(at))
            {
                at = LowerBound(rows, row);
            }

            _changedHint = at;
        }

        return at < rows.Length && rows[at] == row ? at : -1;

        bool IsFirstAtOrAfter(int i) =>
            i <= rows.Length && (i == rows.Length || rows[i] >= row) && (i == 0 || rows[i - 1] < row);
    }

    private static int LowerBound(int[] sorted, int value)
    {
        int at = Array.BinarySearch(sorted, value);
        return at < 0 ? ~at : at;
    }
}
