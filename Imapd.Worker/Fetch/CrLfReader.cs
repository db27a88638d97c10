namespace Imapd.Worker.Fetch;

/// <summary>Reads decoded text so that its lines end in CRLF where the sender encoded a LF alone (RFC 9051 §7.5.2).</summary>
/// <param name="decoded">The text; it is read to its end.</param>
internal sealed class CrLfReader(DecodedReader decoded)
{
    private readonly byte[] _piece = new byte[4096];
    private bool _isAfterCr;

    /// <summary>Reads the next octets.</summary>
    /// <param name="lines">Where to; room for 32 octets at least.</param>
    /// <returns>How many; 0 at the end.</returns>
    /// <exception cref="Storage.Maildir.StoreException">The file cannot be read.</exception>
    public int Read(Span<byte> lines)
    {
        // Half of the room, because every octet may be a LF.
        int read = decoded.Read(_piece.AsSpan(0, Math.Min(_piece.Length, lines.Length / 2)));
        int written = 0;
        foreach (byte octet in _piece.AsSpan(0, read))
        {
            if (octet == (byte)'\n' && !_isAfterCr)
            {
                lines[written++] = (byte)'\r';
            }

            lines[written++] = octet;
            _isAfterCr = octet == (byte)'\r';
        }

        return written;
    }
}
