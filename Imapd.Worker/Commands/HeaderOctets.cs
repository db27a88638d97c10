namespace Imapd.Worker.Commands;

/// <summary>Looks for 8-bit octets in the header of a message that arrives in pieces (RFC 6855 §4).</summary>
internal sealed class HeaderOctets
{
    private bool _isAtLineStart = true;
    private bool _isBehindHeader;

    /// <summary>Whether there was one.</summary>
    public bool Has8Bit { get; private set; }

    /// <summary>Looks at the next piece; what is behind the header is not looked at.</summary>
    public void Look(ReadOnlySpan<byte> octets)
    {
        while (!_isBehindHeader && !Has8Bit && !octets.IsEmpty)
        {
            // An empty line ends the header, with whatever line end: CR is passed over, also one that ends no line.
            int lineFeed = octets.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = lineFeed < 0 ? octets : octets[..lineFeed];
            Has8Bit = line.ContainsAnyExceptInRange((byte)0, (byte)0x7F);
            _isAtLineStart &= !line.ContainsAnyExcept((byte)'\r');
            if (lineFeed < 0)
            {
                return;
            }

            _isBehindHeader = _isAtLineStart;
            _isAtLineStart = true;
            octets = octets[(lineFeed + 1)..];
        }
    }
}
