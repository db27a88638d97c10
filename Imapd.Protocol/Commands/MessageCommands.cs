using Imapd.Protocol.Values;

namespace Imapd.Protocol.Commands;

/// <summary>EXPUNGE and UID EXPUNGE (RFC 9051 §6.4.3, §6.4.9).</summary>
/// <param name="Uids">Only among these; null for EXPUNGE.</param>
public sealed record ExpungeCommand(SequenceSet? Uids) : Command;

/// <summary>COPY and UID COPY (RFC 9051 §6.4.7).</summary>
/// <param name="ByUid">Whether the set holds UIDs.</param>
/// <param name="Set">Which messages.</param>
/// <param name="Name">Where to.</param>
public sealed record CopyCommand(bool ByUid, SequenceSet Set, MailboxName Name) : Command;

/// <summary>MOVE and UID MOVE (RFC 9051 §6.4.8).</summary>
/// <param name="ByUid">Whether the set holds UIDs.</param>
/// <param name="Set">Which messages.</param>
/// <param name="Name">Where to.</param>
public sealed record MoveCommand(bool ByUid, SequenceSet Set, MailboxName Name) : Command;
