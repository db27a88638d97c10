namespace Imapd.Protocol.Commands;

/// <summary>ENABLE (RFC 9051 §6.3.1).</summary>
/// <param name="Capabilities">In capitals, at least one; unknown ones are passed over.</param>
public sealed record EnableCommand(IReadOnlyList<string> Capabilities) : Command;
