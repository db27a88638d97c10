namespace Imapd.Storage.Maildir.Index;

/// <summary>What the head of a UID list says of its mailbox.</summary>
/// <param name="UidValidity">The UIDVALIDITY.</param>
/// <param name="NextUid">The UID to be given next.</param>
/// <param name="MailboxId">The identity, 32 hexadecimal digits.</param>
internal readonly record struct MailboxIdentity(uint UidValidity, uint NextUid, string MailboxId);
