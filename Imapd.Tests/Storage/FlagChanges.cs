using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;

namespace Imapd.Tests;

/// <summary>For tests in which flags can be changed.</summary>
internal static class FlagChanges
{
    /// <summary>Changes flags of messages.</summary>
    /// <exception cref="StoreException">Not all of them could be changed.</exception>
    public static MailboxState ChangeFlags(this Mailbox mailbox, IReadOnlyList<Uid> uids, FlagChange change)
    {
        MailboxState state = mailbox.ChangeFlags(uids, change, out StoreException? refused);
        return refused is null ? state : throw refused;
    }
}
