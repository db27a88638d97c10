namespace Imapd.Protocol.Commands;

/// <summary>LOGIN (RFC 9051 §6.2.3).</summary>
/// <param name="User">The name's octets as sent.</param>
/// <param name="Password">The password's octets as sent; the receiver wipes them.</param>
public sealed record LoginCommand(byte[] User, byte[] Password) : Command;

/// <summary>AUTHENTICATE (RFC 9051 §6.2.2).</summary>
/// <param name="Mechanism">Its name in capitals.</param>
/// <param name="InitialResponse">Decoded, perhaps empty; null when none was sent. The receiver wipes it.</param>
public sealed record AuthenticateCommand(string Mechanism, byte[]? InitialResponse) : Command;
