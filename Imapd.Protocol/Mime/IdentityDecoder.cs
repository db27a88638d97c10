namespace Imapd.Protocol.Mime;

/// <summary>7bit, 8bit and binary: nothing is encoded (RFC 2045 §6.2).</summary>
internal sealed class IdentityDecoder : TransferDecoder
{
    private protected override void Take(byte octet) => Put(octet);
}
