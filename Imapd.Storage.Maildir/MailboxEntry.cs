using Imapd.Protocol.Values;

namespace Imapd.Storage.Maildir;

/// <summary>What LIST tells of one mailbox name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Exists">False for a level that is there only because a mailbox is below it (<c>\NonExistent</c>).</param>
/// <param name="HasChildren">Whether a mailbox is below it.</param>
/// <param name="Use">What it is for (RFC 6154); at most one mailbox has each use.</param>
public sealed record MailboxEntry(MailboxName Name, bool Exists, bool HasChildren, SpecialUse Use);
