using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Commands;

/// <summary>What the meaning of a command depends on besides its octets (RFC 9051 §5.1, RFC 6855 §3).</summary>
/// <param name="Utf8">
/// Mailbox names are UTF-8: after ENABLE IMAP4rev2 or UTF8=ACCEPT. Otherwise they are modified UTF-7, and those with
/// 8-bit octets, which that cannot have, are taken for UTF-8.
/// </param>
/// <param name="Limits">How deep a command may be nested.</param>
public sealed record ParserOptions(bool Utf8, CommandLimits Limits)
{
    /// <summary>SEARCH names no charset: after ENABLE UTF8=ACCEPT without IMAP4rev2, which permits it (RFC 6855 §3).</summary>
    public bool RefusesCharset { get; init; }
}
