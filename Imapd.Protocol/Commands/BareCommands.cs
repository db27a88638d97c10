namespace Imapd.Protocol.Commands;

/// <summary>CAPABILITY (RFC 9051 §6.1.1).</summary>
public sealed record CapabilityCommand : Command;

/// <summary>NOOP (RFC 9051 §6.1.2).</summary>
public sealed record NoopCommand : Command;

/// <summary>LOGOUT (RFC 9051 §6.1.3).</summary>
public sealed record LogoutCommand : Command;

/// <summary>STARTTLS (RFC 9051 §6.2.1).</summary>
public sealed record StartTlsCommand : Command;

/// <summary>IDLE (RFC 9051 §6.3.13); the line DONE that ends it is not a command.</summary>
public sealed record IdleCommand : Command;

/// <summary>CHECK (RFC 3501 §6.4.1).</summary>
public sealed record CheckCommand : Command;

/// <summary>CLOSE (RFC 9051 §6.4.1).</summary>
public sealed record CloseCommand : Command;

/// <summary>UNSELECT (RFC 9051 §6.4.2).</summary>
public sealed record UnselectCommand : Command;

/// <summary>NAMESPACE (RFC 9051 §6.3.10).</summary>
public sealed record NamespaceCommand : Command;
