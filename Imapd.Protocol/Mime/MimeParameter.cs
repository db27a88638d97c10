namespace Imapd.Protocol.Mime;

/// <summary>A parameter of a Content-Type or Content-Disposition (RFC 2045 §5.1).</summary>
/// <param name="Name">As sent, one character per octet; compared without regard to ASCII case.</param>
/// <param name="Value">Without quotes and comments; may hold 8-bit octets.</param>
public sealed record MimeParameter(string Name, ReadOnlyMemory<byte> Value);
