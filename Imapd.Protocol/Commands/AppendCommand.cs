using Imapd.Protocol.Values;

namespace Imapd.Protocol.Commands;

/// <summary>APPEND (RFC 9051 §6.3.12). The message itself is never part of the command: the session streams it.</summary>
/// <param name="Name">Where to.</param>
/// <param name="Flags">What is set on it.</param>
/// <param name="InternalDate">Its internal date; null for now.</param>
/// <param name="Octets">How many octets were announced.</param>
/// <param name="IsBinary">Whether it was announced as a literal8, which may hold NUL (RFC 3516 §4.4).</param>
public sealed record AppendCommand(
    MailboxName Name,
    FlagSet Flags,
    DateTimeOffset? InternalDate,
    long Octets,
    bool IsBinary) : Command;
