using System.Runtime.InteropServices;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Index;

/// <summary>What a change does with a message.</summary>
internal enum IndexChangeKind : byte
{
    /// <summary>It is new; everything about it is in the record.</summary>
    Added = 1,

    /// <summary>Its flags, letters, place or name are others.</summary>
    Changed = 2,

    /// <summary>It is gone.</summary>
    Removed = 3,

    /// <summary>Dates or sizes became known.</summary>
    Facts = 4,
}

/// <summary>One change of one message.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Record">What it sets; which of it counts depends on the kind.</param>
/// <param name="Name">The file's name, octets; null when it follows from the name it had and the flags.</param>
internal readonly record struct IndexChange(IndexChangeKind Kind, IndexRecord Record, string? Name);

/// <summary>Changes of an index that belong together: all of them count, or none.</summary>
/// <remarks>Several changes of one message are made in the order in which they were given.</remarks>
internal sealed class IndexChanges
{
    private readonly List<IndexChange> _changes = [];

    /// <summary>Begins with no change.</summary>
    /// <param name="before">The view the changes are made to: what the caller does not set here stays as it is there.</param>
    public IndexChanges(IndexView before)
    {
        Before = before;
        LastUid = before.LastUid;
        Stamps = before.Summary.Stamps;
        NextUid = before.Summary.NextUid;
        HighestModSeq = before.Summary.HighestModSeq;
        UidListLines = before.Summary.UidListLines;
    }

    /// <summary>The view the changes are made to.</summary>
    public IndexView Before { get; }

    /// <summary>The stamps from now on.</summary>
    public LookStamps Stamps { get; set; }

    /// <summary>The UID to be given next; never below the one after the last message.</summary>
    public uint NextUid { get; set; }

    /// <summary>The largest mod-sequence, those of the changes among them.</summary>
    public ulong HighestModSeq { get; set; }

    /// <summary>How many lines the UID list has.</summary>
    public uint UidListLines { get; set; }

    /// <summary>How many changes there are.</summary>
    public int Count => _changes.Count;

    /// <summary>Whether nothing at all would be different.</summary>
    public bool IsEmpty =>
        _changes.Count == 0 && Stamps == Before.Summary.Stamps && NextUid == Before.Summary.NextUid
        && HighestModSeq == Before.Summary.HighestModSeq && UidListLines == Before.Summary.UidListLines;

    /// <summary>The changes in the order in which they were given.</summary>
    public IReadOnlyList<IndexChange> Entries => _changes;

    /// <summary>The largest UID of the view and of what was added.</summary>
    public uint LastUid { get; private set; }

    /// <summary>A new message.</summary>
    /// <param name="record">All that is known of it.</param>
    /// <param name="name">Its file's name, octets.</param>
    /// <exception cref="ArgumentOutOfRangeException">Its UID is not above all others.</exception>
    public void Add(IndexRecord record, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(record.Uid, LastUid);
        LastUid = record.Uid;
        NextUid = LastUid == uint.MaxValue ? NextUid : Math.Max(NextUid, LastUid + 1);
        Append(IndexChangeKind.Added, record, name);
    }

    /// <summary>A message's flags, letters, place or name changed; of a message that is not there, nothing comes.</summary>
    /// <param name="uid">Which.</param>
    /// <param name="flags">Its system flags now.</param>
    /// <param name="letters">Its keyword letters now.</param>
    /// <param name="isInNew">Whether it is in <c>new/</c> now.</param>
    /// <param name="modSeq">When: the one it had, for a change that no client can see.</param>
    /// <param name="name">
    /// Its name now, with the base name it had; null when it is <see cref="Layout.MessageName.WithFlags(string, SystemFlags, uint)"/> of that.
    /// </param>
    public void Change(uint uid, SystemFlags flags, uint letters, bool isInNew, ulong modSeq, string? name = null)
    {
        var record = IndexRecord.Of(uid);
        record.Flags = flags;
        record.Letters = letters;
        record.IsInNew = isInNew;
        record.ModSeq = modSeq;
        Append(IndexChangeKind.Changed, record, name);
    }

    /// <summary>A message is gone.</summary>
    public void Remove(uint uid, ulong modSeq)
    {
        var record = IndexRecord.Of(uid);
        record.ModSeq = modSeq;
        Append(IndexChangeKind.Removed, record, null);
    }

    /// <summary>Dates or sizes of a message became known; those that are not known leave what was.</summary>
    /// <param name="uid">Which.</param>
    /// <param name="internalDateSeconds">Seconds since 1970, or <see cref="IndexRecord.UnknownDate"/>.</param>
    /// <param name="rawOctets">The file's length, or <see cref="IndexRecord.UnknownOctets"/>.</param>
    /// <param name="wireOctets">The length on the wire, or <see cref="IndexRecord.UnknownOctets"/>.</param>
    public void Facts(uint uid, long internalDateSeconds, long rawOctets, long wireOctets)
    {
        var record = IndexRecord.Of(uid);
        record.InternalDateSeconds = internalDateSeconds;
        record.RawOctets = rawOctets;
        record.WireOctets = wireOctets;
        Append(IndexChangeKind.Facts, record, null);
    }

    /// <summary>Changes that were read from the journal, and what was written down with them.</summary>
    public void Take(List<IndexChange> changes, IndexSummary summary)
    {
        foreach (IndexChange change in changes)
        {
            LastUid = change.Kind == IndexChangeKind.Added ? change.Record.Uid : LastUid;
            _changes.Add(change);
        }

        Stamps = summary.Stamps;
        NextUid = summary.NextUid;
        HighestModSeq = summary.HighestModSeq;
        UidListLines = summary.UidListLines;
    }

    /// <summary>The changes by UID, those of one message in their order; valid until the next one is made.</summary>
    public ReadOnlySpan<IndexChange> ByUid()
    {
        Span<IndexChange> sorted = CollectionsMarshal.AsSpan(_changes);
        if (!IsAscending(sorted))
        {
            sorted = sorted.ToArray();
            var keys = new ulong[sorted.Length];
            for (int i = 0; i < keys.Length; i++)
            {
                keys[i] = ((ulong)sorted[i].Record.Uid << 32) | (uint)i;
            }

            keys.AsSpan().Sort(sorted);
        }

        return sorted;
    }

    private static bool IsAscending(ReadOnlySpan<IndexChange> changes)
    {
        for (int i = 1; i < changes.Length; i++)
        {
            if (changes[i].Record.Uid < changes[i - 1].Record.Uid)
            {
                return false;
            }
        }

        return true;
    }

    private void Append(IndexChangeKind kind, IndexRecord record, string? name)
    {
        HighestModSeq = Math.Max(HighestModSeq, record.ModSeq);
        _changes.Add(new IndexChange(kind, record, name));
    }
}
