using Imapd.Protocol.Mime;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Fetch;

/// <summary>Reads the body of a part with its transfer encoding undone (RFC 2045 §6), in bounded memory.</summary>
internal sealed class DecodedReader
{
    private readonly WireReader _encoded;
    private readonly TransferDecoder? _decoder;
    private readonly byte[] _pending = new byte[8192];
    private int _from;
    private int _to;
    private bool _isAtEnd;

    private DecodedReader(MessageFile file, Offset start, Offset end, TransferDecoder? decoder)
    {
        _encoded = new WireReader(file, start, end);
        _decoder = decoder;
    }

    /// <summary>Opens a part's body, or answers null when its transfer encoding is none we know.</summary>
    public static DecodedReader? Open(MessageFile file, MimeEntity part)
    {
        // What is not encoded need not go through a decoder octet by octet.
        if (part.TransferEncoding is "7BIT" or "8BIT" or "BINARY")
        {
            return OpenUndecoded(file, part);
        }

        return TransferDecoder.For(part.TransferEncoding) is { } decoder
            ? new DecodedReader(file, part.BodyStart, part.End, decoder)
            : null;
    }

    /// <summary>Opens a part's body, its encoding left as it is.</summary>
    public static DecodedReader OpenUndecoded(MessageFile file, MimeEntity part) =>
        OpenUndecoded(file, part.BodyStart, part.End);

    /// <summary>Opens a range of the message as it is on the wire.</summary>
    public static DecodedReader OpenUndecoded(MessageFile file, Offset start, Offset end) => new(file, start, end, null);

    /// <summary>Reads the next octets.</summary>
    /// <param name="decoded">Where to; room for 16 octets at least.</param>
    /// <returns>How many; 0 at the end.</returns>
    /// <exception cref="StoreException">The file cannot be read.</exception>
    public int Read(Span<byte> decoded)
    {
        if (_decoder is null)
        {
            return _encoded.Read(decoded);
        }

        while (true)
        {
            int written = _decoder.Decode(
                _pending.AsSpan(_from, _to - _from), decoded, _isAtEnd, out int consumed);
            _from += consumed;
            if (written > 0 || (_isAtEnd && _from == _to))
            {
                return written;
            }

            Refill();
        }
    }

    private void Refill()
    {
        _pending.AsSpan(_from, _to - _from).CopyTo(_pending);
        _to -= _from;
        _from = 0;
        int read = _encoded.Read(_pending.AsSpan(_to));
        _to += read;
        _isAtEnd = read == 0;
    }
}
