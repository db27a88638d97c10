using Imapd.Protocol.Values;

namespace Imapd.Protocol.Commands;

/// <summary>CREATE (RFC 9051 §6.3.4, RFC 6154 §3).</summary>
/// <param name="Name">The new mailbox.</param>
/// <param name="Use">What it is to be for.</param>
public sealed record CreateCommand(MailboxName Name, SpecialUse Use) : Command;

/// <summary>DELETE (RFC 9051 §6.3.5).</summary>
/// <param name="Name">Which mailbox.</param>
public sealed record DeleteCommand(MailboxName Name) : Command;

/// <summary>RENAME (RFC 9051 §6.3.6).</summary>
/// <param name="From">Which mailbox.</param>
/// <param name="To">What it is to be called.</param>
public sealed record RenameCommand(MailboxName From, MailboxName To) : Command;

/// <summary>SUBSCRIBE (RFC 9051 §6.3.7).</summary>
/// <param name="Name">Which mailbox, existing or not.</param>
public sealed record SubscribeCommand(MailboxName Name) : Command;

/// <summary>UNSUBSCRIBE (RFC 9051 §6.3.8).</summary>
/// <param name="Name">Which mailbox, existing or not.</param>
public sealed record UnsubscribeCommand(MailboxName Name) : Command;
