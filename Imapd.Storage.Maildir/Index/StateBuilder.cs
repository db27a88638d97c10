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
    private readonly List<uint> _uids = new(capacity);
    private readonly List<string> _names = new(capacity);
    private readonly List<MessageFlags> _flags = new(capacity);
    private readonly List<ulong> _modSeqs = new(capacity);
    private readonly List<bool> _isRecent = new(capacity);
    private readonly List<bool> _isInNew = new(capacity);
    private readonly ulong _nextModSeq = (before?.HighestModSeq.Value ?? 0) + 1;
    private bool _isChanged;

    /// <summary>Adds the next message, in ascending order of UIDs.</summary>
    public void Add(uint uid, string name, bool isInNew, bool isRecent)
    {
        uint letters = MessageName.KeywordLetters(name);
        var flags = new MessageFlags(MessageName.Flags(name), table.PlacesOf(letters));
        int old = before?.IndexOf(new Uid(uid)) ?? -1;
        bool isSame = old >= 0 && before!.FlagsAt(old).System == flags.System
            && IsSameKeywords(before, before.FlagsAt(old).KeywordBits, flags.KeywordBits);
        _isChanged |= !isSame;
        _uids.Add(uid);
        _names.Add(name);
        _flags.Add(flags);
        _modSeqs.Add(isSame ? before!.ModSeqAt(old).Value : _nextModSeq);
        _isInNew.Add(isInNew);
        _isRecent.Add(isRecent);
    }

    /// <summary>The picture: the one before when nobody could tell them apart, its file names brought up to date.</summary>
    public MailboxState Build()
    {
        bool isAdvanced = before is null || _isChanged || _uids.Count != before.Count;
        var files = new FileNames([.. _names], [.. _isInNew]);
        var state = new MailboxState(
            identity,
            table,
            isAdvanced ? _nextModSeq : before!.HighestModSeq.Value,
            [.. _uids],
            [.. _flags],
            [.. _modSeqs],
            [.. _isRecent],
            files);
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
