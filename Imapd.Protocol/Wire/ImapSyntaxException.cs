namespace Imapd.Protocol.Wire;

/// <summary>What the client sent is not the grammar: the answer is a tagged BAD, and the session goes on (RFC 9051 §7.1.3).</summary>
/// <param name="message">
/// What was expected and at which octet, counted from 1. Never an octet the client sent, so it is safe to send and to log.
/// </param>
public sealed class ImapSyntaxException(string message) : Exception(message);
