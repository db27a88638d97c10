namespace Imapd.Protocol.Mime;

/// <summary>
/// An address as an envelope tells of it (RFC 9051 §7.5.2). Without a host it begins a group, whose name is
/// <paramref name="Mailbox"/>; without either it ends one.
/// </summary>
/// <param name="Name">The display name without quotes, encoded words left as they are; or null.</param>
/// <param name="Route">The source route (RFC 5322 §4.4), or null.</param>
/// <param name="Mailbox">The local part without quotes, <c>MISSING_MAILBOX</c> when there is none.</param>
/// <param name="Host">The domain, <c>MISSING_DOMAIN</c> when there is none.</param>
public readonly record struct Address(byte[]? Name, byte[]? Route, byte[]? Mailbox, byte[]? Host);
