using Imapd.Protocol.Values;

namespace Imapd.Storage.Maildir;

/// <summary>Where appended messages are now (RFC 9051 §7.1, <c>APPENDUID</c>).</summary>
/// <param name="UidValidity">The mailbox's UIDVALIDITY.</param>
/// <param name="Uids">Their UIDs, ascending, in the order they were appended.</param>
public sealed record AppendResult(UidValidity UidValidity, IReadOnlyList<Uid> Uids);
