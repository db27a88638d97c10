using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir.Index;

/// <summary>Makes the next view of a mailbox from one and from changes: one walk over both, both sorted by UID.</summary>
/// <param name="view">The view.</param>
internal sealed class IndexMerge(IndexView view)
{
    /// <summary>How far the hint at the first unseen message is moved on with one change.</summary>
    private const int MaxHintSteps = 4096;

    private readonly List<int> _removed = [];
    private readonly List<IndexEntry> _changed = [];
    private readonly List<IndexEntry> _added = [];
    private readonly HashSet<uint> _goneOfAdded = [];
    private readonly List<(uint Uid, ulong ModSeq)> _gone = [];
    private readonly uint _lastUid = view.LastUid;
    private IndexSummary _summary = view.Summary;
    private bool _isHintSeen;

    /// <summary>The view after the changes, with the summary that follows from both.</summary>
    public IndexView Apply(IndexChanges changes)
    {
        ReadOnlySpan<IndexChange> sorted = changes.ByUid();
        int next;
        for (int first = 0; first < sorted.Length; first = next)
        {
            uint uid = sorted[first].Record.Uid;
            next = first + 1;
            while (next < sorted.Length && sorted[next].Record.Uid == uid)
            {
                next++;
            }

            Take(uid, sorted[first..next]);
        }

        IndexOverlay before = view.Overlay;
        (int[] rows, IndexEntry[] changed) = Changed(before);
        var overlay = new IndexOverlay(Removed(before.Removed), rows, changed, Added(before.Added), Expunged(before.Expunged));
        var after = new IndexView(view.Snapshot, overlay, _summary with
        {
            Stamps = changes.Stamps,
            NextUid = changes.NextUid,
            HighestModSeq = changes.HighestModSeq,
            UidListLines = changes.UidListLines,
        });
        return _isHintSeen ? WithHint(after) : after;
    }

    private void Take(uint uid, ReadOnlySpan<IndexChange> changes)
    {
        int place = uid > _lastUid ? -1 : view.IndexOf(uid);
        IndexEntry entry = place < 0 ? default : view.EntryAt(place);
        bool isThere = place >= 0;
        foreach (ref readonly IndexChange change in changes)
        {
            if (change.Kind == IndexChangeKind.Added && !isThere && uid > _lastUid)
            {
                entry = new IndexEntry(-1, change.Record, change.Name, false);
                _summary = _summary.With(change.Record);
                isThere = true;
            }
            else if (change.Kind == IndexChangeKind.Removed && isThere)
            {
                _summary = _summary.Without(entry.Record);
                _isHintSeen |= entry.Record.IsUnseen;
                _gone.Add((uid, change.Record.ModSeq));
                isThere = false;
            }
            else if (isThere)
            {
                IndexRecord before = entry.Record;
                entry = change.Kind == IndexChangeKind.Facts ? WithFacts(entry, change.Record) : With(entry, change);
                _summary = _summary.Without(before).With(entry.Record);
                _isHintSeen |= before.IsUnseen && !entry.Record.IsUnseen;
            }
        }

        Keep(uid, place >= 0, isThere, entry);
    }

    private void Keep(uint uid, bool wasThere, bool isThere, in IndexEntry entry)
    {
        if (isThere)
        {
            (wasThere && entry.Row >= 0 ? _changed : _added).Add(entry);
        }
        else if (wasThere && entry.Row >= 0)
        {
            _removed.Add(entry.Row);
        }
        else if (wasThere)
        {
            _goneOfAdded.Add(uid);
        }
    }

    private static IndexEntry With(in IndexEntry entry, in IndexChange change)
    {
        IndexRecord record = entry.Record;
        record.Flags = change.Record.Flags;
        record.Letters = change.Record.Letters;
        record.IsInNew = change.Record.IsInNew;
        record.ModSeq = change.Record.ModSeq;
        string? name = change.Name;
        if (name is null && entry.Name is not null)
        {
            name = MessageName.WithFlags(entry.Name, record.Flags, record.Letters);
        }

        return entry with { Record = record, Name = name, IsRenamed = name is null };
    }

    private static IndexEntry WithFacts(in IndexEntry entry, in IndexRecord facts)
    {
        IndexRecord record = entry.Record;
        record.InternalDateSeconds =
            facts.InternalDateSeconds == IndexRecord.UnknownDate ? record.InternalDateSeconds : facts.InternalDateSeconds;
        record.RawOctets = facts.RawOctets < 0 ? record.RawOctets : facts.RawOctets;
        record.WireOctets = facts.WireOctets < 0 ? record.WireOctets : facts.WireOctets;
        return entry with { Record = record };
    }

    private int[] Removed(int[] before)
    {
        if (_removed.Count == 0)
        {
            return before;
        }

        int[] merged = [.. before, .. _removed];
        Array.Sort(merged);
        return merged;
    }

    private (int[] Rows, IndexEntry[] Changed) Changed(IndexOverlay before)
    {
        if (_changed.Count == 0 && _removed.Count == 0)
        {
            return (before.ChangedRows, before.Changed);
        }

        int[] cuts = [.. _removed, .. _changed.Select(static entry => entry.Row)];
        Array.Sort(cuts);
        int length = before.Changed.Length + _changed.Count;
        foreach (int row in cuts)
        {
            length -= Array.BinarySearch(before.ChangedRows, row) >= 0 ? 1 : 0;
        }

        // Most changes are of few messages: what lies between them is copied in one piece.
        int[] rows = new int[length];
        var changed = new IndexEntry[length];
        int from = 0;
        int to = 0;
        int next = 0;
        foreach (int row in cuts)
        {
            int at = Array.BinarySearch(before.ChangedRows, row);
            CopyUntil(at < 0 ? ~at : at);
            from += at < 0 ? 0 : 1;
            if (next < _changed.Count && _changed[next].Row == row)
            {
                rows[to] = row;
                changed[to++] = _changed[next++];
            }
        }

        CopyUntil(before.Changed.Length);
        return (rows, changed);

        void CopyUntil(int end)
        {
            before.ChangedRows.AsSpan(from, end - from).CopyTo(rows.AsSpan(to));
            before.Changed.AsSpan(from, end - from).CopyTo(changed.AsSpan(to));
            to += end - from;
            from = end;
        }
    }

    private IndexEntry[] Added(IndexEntry[] before)
    {
        if (_added.Count == 0 && _goneOfAdded.Count == 0)
        {
            return before;
        }

        if (_goneOfAdded.Count == 0 && (before.Length == 0 || _added[0].Record.Uid > before[^1].Record.Uid))
        {
            return [.. before, .. _added];
        }

        var merged = new List<IndexEntry>(before.Length + _added.Count);
        int next = 0;
        foreach (ref readonly IndexEntry entry in before.AsSpan())
        {
            if (next < _added.Count && _added[next].Record.Uid == entry.Record.Uid)
            {
                merged.Add(_added[next++]);
            }
            else if (!_goneOfAdded.Contains(entry.Record.Uid))
            {
                merged.Add(entry);
            }
        }

        for (; next < _added.Count; next++)
        {
            merged.Add(_added[next]);
        }

        return [.. merged];
    }

    private (uint Uid, ulong ModSeq)[] Expunged((uint Uid, ulong ModSeq)[] before)
    {
        if (_gone.Count == 0)
        {
            return before;
        }

        _gone.Sort(static (left, right) => (left.ModSeq, left.Uid).CompareTo((right.ModSeq, right.Uid)));
        return [.. before, .. _gone];
    }

    // A client that reads its mail from the oldest on would leave the hint behind, and SELECT would look further each time.
    private static IndexView WithHint(IndexView view)
    {
        uint hint = view.Summary.FirstUnseenHint;
        int place = view.FirstIndexAtOrAfter(hint);
        int end = (int)Math.Min(view.Count, (long)place + MaxHintSteps);
        while (place < end && !view.RecordAt(place).IsUnseen)
        {
            place++;
        }

        hint = place < view.Count ? view.UidAt(place) : uint.MaxValue;
        return new IndexView(view.Snapshot, view.Overlay, view.Summary with { FirstUnseenHint = hint });
    }
}
