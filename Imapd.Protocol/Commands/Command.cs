namespace Imapd.Protocol.Commands;

/// <summary>A command with the tag its answer must bear (RFC 9051 §2.2.1).</summary>
/// <param name="Tag">1 to 64 octets of printable ASCII.</param>
/// <param name="Command">What is to be done.</param>
public sealed record TaggedCommand(string Tag, Command Command);

/// <summary>A command that is well-formed; whether it may be given now is the session's to say (RFC 9051 §6).</summary>
public abstract record Command;

/// <summary>A command nobody here knows (RFC 9051 §7.1.3).</summary>
/// <param name="Name">Its name in capitals, at most 32 octets of printable ASCII.</param>
public sealed record UnknownCommand(string Name) : Command;
