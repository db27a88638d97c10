namespace Imapd.Protocol.Commands;

/// <summary>ID (RFC 2971 §3.1).</summary>
/// <param name="Fields">What the client says of itself, at most 30 fields, unchecked text; null for NIL.</param>
public sealed record IdCommand(IReadOnlyList<KeyValuePair<string, string?>>? Fields) : Command;
