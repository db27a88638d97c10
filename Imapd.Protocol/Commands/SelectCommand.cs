using Imapd.Protocol.Values;

namespace Imapd.Protocol.Commands;

/// <summary>SELECT and EXAMINE (RFC 9051 §6.3.2, §6.3.3).</summary>
/// <param name="Name">Which mailbox.</param>
/// <param name="ReadOnly">Whether it is EXAMINE.</param>
/// <param name="Parameters">Names of parameters in capitals (RFC 4466 §2.1); mostly none.</param>
public sealed record SelectCommand(MailboxName Name, bool ReadOnly, IReadOnlyList<string> Parameters) : Command;
