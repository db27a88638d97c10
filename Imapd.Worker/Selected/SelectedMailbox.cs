using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;
using Imapd.Worker.Session;

namespace Imapd.Worker.Selected;

/// <summary>
/// The selected mailbox as the client knows it: its numbering, and which flags and keywords it was told of. What other
/// sessions and programs do is told in <see cref="TellUpdates"/> and nowhere else.
/// </summary>
internal sealed class SelectedMailbox : IDisposable
{
    private readonly SessionState _session;
    private Dictionary<Uid, ModSeq> _flagsTold = [];
    private MailboxState _told;
    private IReadOnlyList<string> _keywordsTold;
    private int _recentTold;
    private bool _hasUntoldExpunges;

    /// <summary>Takes over a mailbox that was just opened; all of its messages count as told with the EXISTS of SELECT.</summary>
    public SelectedMailbox(Mailbox mailbox, SessionState session)
    {
        _session = session;
        Mailbox = mailbox;
        Name = mailbox.Name;
        _told = mailbox.State;
        _keywordsTold = _told.Keywords;
        _recentTold = _told.RecentCount;
        Numbering.Begin(_told.Uids);
    }

    /// <summary>The mailbox in the store.</summary>
    public Mailbox Mailbox { get; }

    /// <summary>Its name, as far as this session knows: another session may have renamed it.</summary>
    public MailboxName Name { get; private set; }

    /// <summary>Whether it was selected with EXAMINE.</summary>
    public bool IsReadOnly => Mailbox.IsReadOnly;

    /// <summary>The client's numbering.</summary>
    public ClientNumbering Numbering { get; } = new();

    /// <summary>What <c>$</c> stands for; null before the first SEARCH with SAVE.</summary>
    public SavedSearch? Saved { get; set; }

    /// <summary>
    /// The newest the session knows: it may lack messages that are still numbered, and hold some the client was not told of.
    /// </summary>
    public MailboxState State => Mailbox.State;

    /// <summary>The UIDs of the messages that a command names, also by <c>$</c>; see <see cref="ClientNumbering.Resolve"/>.</summary>
    public IReadOnlyList<Uid> Resolve(SequenceSet set, bool byUid) => Numbering.Resolve(set, byUid, Saved);

    /// <summary>Whether this session is the one that has a message as <c>\Recent</c> (RFC 3501 §2.3.2).</summary>
    public bool IsRecent(Uid uid)
    {
        int index = State.IndexOf(uid);
        return index >= 0 && State.IsRecentAt(index);
    }

    /// <summary>A FETCH response has told the client these flags: they are not told again.</summary>
    /// <param name="uid">The message.</param>
    /// <param name="modSeq">When they were last changed.</param>
    public void FlagsWereTold(Uid uid, ModSeq modSeq)
    {
        if (modSeq > _told.HighestModSeq)
        {
            _flagsTold[uid] = modSeq;
        }
    }

    /// <summary>This session has renamed a mailbox, this one or one above it perhaps.</summary>
    public void Follow(MailboxName from, MailboxName to)
    {
        // What is renamed with INBOX is its messages; it stays itself, and so does what is below it (RFC 9051 §6.3.6).
        if (!from.IsInbox && (Name == from || Name.IsBelow(from)))
        {
            Name = Name.Rebase(from, to);
        }
    }

    /// <summary>
    /// Tells the client of keywords it has not heard of: before the first FETCH response that bears one, because it is the
    /// list in FLAGS by which clients know what a flag in FETCH is (RFC 9051 §7.3.5).
    /// </summary>
    /// <param name="output">Where to.</param>
    /// <param name="state">What the flags are about to be told of.</param>
    public void TellKeywords(ResponseWriter output, MailboxState state)
    {
        if (!ReferenceEquals(state.Keywords, _keywordsTold) && !state.Keywords.SequenceEqual(_keywordsTold))
        {
            FlagsResponse.Write(output, state, IsReadOnly);
        }

        _keywordsTold = state.Keywords;
    }

    /// <summary>
    /// Looks at the mailbox and tells the client what is new: EXPUNGE if allowed, EXISTS, in rev1 RECENT, FLAGS when there
    /// are new keywords, and FETCH with the flags that others changed (RFC 9051 §7.3, §7.4, §7.5).
    /// </summary>
    /// <param name="output">Where to.</param>
    /// <param name="mayExpunge">
    /// Whether numbers may change now; if not, lost messages keep theirs until the next time (RFC 9051 §7.5.1).
    /// </param>
    /// <exception cref="StoreException">NonExistent: the mailbox is gone, or another now has its name.</exception>
    public void TellUpdates(ResponseWriter output, bool mayExpunge)
    {
        MailboxState state = Mailbox.Refresh();
        if (state.UidValidity != _told.UidValidity)
        {
            throw new StoreException(StoreError.NonExistent, "The selected mailbox was replaced by another");
        }

        bool isNew = !ReferenceEquals(state, _told);
        if (isNew || (mayExpunge && _hasUntoldExpunges))
        {
            TellExpunges(output, state, mayExpunge);
        }

        int known = Numbering.Count;
        if (isNew)
        {
            TellArrivals(output, state);
        }

        TellRecent(output, state, hasGrown: Numbering.Count > known);
        if (isNew)
        {
            TellKeywords(output, state);
            TellFlags(output, state);
            _told = state;
            _flagsTold = _flagsTold.Count == 0 ? _flagsTold : [];
            Numbering.Become(state.Uids);
        }
    }

    /// <summary>Closes the mailbox.</summary>
    public void Dispose() => Mailbox.Dispose();

    private void TellExpunges(ResponseWriter output, MailboxState state, bool mayExpunge)
    {
        if (mayExpunge)
        {
            Numbering.Remove(state.Uids, number => output.Raw("* "u8).Number(number.Value).Raw(" EXPUNGE\r\n"u8));
            Numbering.Become(state.Uids);
        }

        _hasUntoldExpunges = !mayExpunge && Numbering.HasLost(state.Uids);
    }

    private void TellArrivals(ResponseWriter output, MailboxState state)
    {
        int first = state.Uids.FirstIndexAfter(Numbering.LastUid);
        if (first == state.Count)
        {
            return;
        }

        Numbering.Add(Enumerable.Range(first, state.Count - first).Select(index => state.UidAt(index).Value));
        output.Raw("* "u8).Number((ulong)Numbering.Count).Raw(" EXISTS\r\n"u8);
    }

    /// <summary>RECENT whenever the mailbox has grown, and when recent messages were lost (RFC 3501 §7.3.2).</summary>
    private void TellRecent(ResponseWriter output, MailboxState state, bool hasGrown)
    {
        bool isDue = hasGrown || (state.RecentCount != _recentTold && !_hasUntoldExpunges);
        if (isDue && !_session.IsRev2)
        {
            output.Raw("* "u8).Number((ulong)state.RecentCount).Raw(" RECENT\r\n"u8);
            _recentTold = state.RecentCount;
        }
    }

    /// <summary>FETCH with the flags of the messages the client had been told of that changed since.</summary>
    private void TellFlags(ResponseWriter output, MailboxState state)
    {
        foreach (int index in state.DifferenceFrom(_told).Changed)
        {
            Uid uid = state.UidAt(index);
            if (IsUntold(uid, state.ModSeqAt(index)) && Numbering.NumberOf(uid) is { } number)
            {
                // UID is among them always: §6.4.9 asks for it while a UID command runs, and nothing forbids it elsewhere.
                output.Raw("* "u8).Number(number.Value).Raw(" FETCH (UID "u8).Number(uid.Value).Raw(" FLAGS "u8)
                    .Flags(state.FlagsAt(index), state.Keywords, !_session.IsRev2 && state.IsRecentAt(index))
                    .Raw(")\r\n"u8);
            }
        }
    }

    private bool IsUntold(Uid uid, ModSeq modSeq) =>
        modSeq > _told.HighestModSeq && !(_flagsTold.TryGetValue(uid, out ModSeq told) && told >= modSeq);
}
