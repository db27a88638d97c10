using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir.Index;

/// <summary>Makes the next picture of a mailbox from file names, and sees what has changed since the one before.</summary>
/// <param name="before">The one before; null for the first.</param>
/// <param name="identity">The head of the UID list now.</param>
/// <param name="table">The keywords now.</param>
/// <param name="capacity">How many messages there will be, about.</param>
internal sealed class StateBuilder(MailboxState? before, MailboxIdentity identity, KeywordTable table, int capacity)
{
    private readonly IndexChanges _changes = new(IndexView.Empty(identity, before?.HighestModSeq.Value ?? 0));
    private readonly List<string> _names = new(capacity);
    private readonly List<bool> _isInNew = new(capacity);
    private readonly List<uint> _recent = [];
    private readonly ulong _nextModSeq = (before?.HighestModSeq.Value ?? 0) + 1;
    private bool _isChanged;

    /// <summary>Adds the next message, in ascending order of UIDs.</summary>
    public void Add(uint uid, string name, bool isInNew, bool isRecent)
    {
        var record = IndexRecord.Of(uid);
        record.Flags = MessageName.Flags(name);
        record.Letters = MessageName.KeywordLetters(name);
        record.IsInNew = isInNew;
        (record.RawOctets, record.WireOctets) = MessageName.Sizes(name);
        int old = before?.IndexOf(new Uid(uid)) ?? -1;
        bool isSame = old >= 0 && before!.FlagsAt(old).System == record.Flags
            && IsSameKeywords(before, before.FlagsAt(old).KeywordBits, table.PlacesOf(record.Letters));
        _isChanged |= !isSame;
        record.ModSeq = isSame ? before!.ModSeqAt(old).Value : _nextModSeq;
        _changes.Add(record, name);
        _names.Add(name);
        _isInNew.Add(isInNew);
        if (isRecent)
        {
            _recent.Add(uid);
        }
    }

    /// <summary>The picture: the one before when nobody could tell them apart, its file names brought up to date.</summary>
    public MailboxState Build()
    {
        bool isAdvanced = before is null || _isChanged || _names.Count != before.Count;
        _changes.HighestModSeq = isAdvanced ? _nextModSeq : before!.HighestModSeq.Value;
        _changes.NextUid = identity.NextUid;
        var files = new FileNames([.. _names], [.. _isInNew]);
        var state = new MailboxState(_changes.Before.Apply(_changes), table, RecentUids.None.With(_recent), files);
        if (before is null || !state.LooksLike(before))
        {
            return state;
        }

        before.Adopt(files);
        return before;
    }

    private bool IsSameKeywords(MailboxState before, uint bitsBefore, uint bits)
    {
        if (ReferenceEquals(before.Table, table) || (bitsBefore | bits) == 0)
        {
            return bitsBefore == bits;
        }

        // The table is another one: what counts are the names.
        return NamesOf(before.Table, bitsBefore).SetEquals(NamesOf(table, bits));
    }

    private static HashSet<string> NamesOf(KeywordTable table, uint places) =>
        [.. table.Names.Where((_, place) => (places & (1u << place)) != 0)];
}
