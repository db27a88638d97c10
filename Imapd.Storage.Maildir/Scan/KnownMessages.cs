using Imapd.Storage.Maildir.Index;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>What was known of a mailbox before it is scanned: by the index, and by this session.</summary>
/// <param name="index">What the index shows; null when there is none.</param>
/// <param name="session">What the session was shown last, when that is not the same; null at first.</param>
internal sealed class KnownMessages(IndexView? index, MailboxState? session)
{
    /// <summary>
    /// Whether a UID was given, and its message was gone since: a file that comes back must get another, because clients were
    /// told that this one is no more, and a message can only come in at the end of their numbering.
    /// </summary>
    public bool IsReturned(uint uid) =>
        (index is not null && uid < index.Summary.NextUid && index.IndexOf(uid) < 0)
        || (session is not null && uid < session.UidNext.Value && session.IndexOf(new(uid)) < 0);

    /// <summary>Whether its message ought to be there: lines of those that are gone stay in the UID list for a while.</summary>
    public bool IsExpected(uint uid) => !IsReturned(uid);
}
