namespace Imapd.Protocol.Mime;

/// <summary>How the octets of a file become the octets on the wire, whose lines end in CRLF (RFC 5322 §2.1).</summary>
public enum LineEnds
{
    /// <summary>A LF that follows no CR stands for CRLF on the wire; everything else is sent as it is.</summary>
    LfIsCrlf,

    /// <summary>The octets are the wire form already: raw and wire offsets are equal.</summary>
    AsIs,
}
