namespace Imapd.Protocol.Mime;

/// <summary>
/// Undoes a content transfer encoding (RFC 2045 §6) piece by piece, in bounded memory. Broken input gives what can be made
/// of it, never an exception.
/// </summary>
public abstract class TransferDecoder
{
    private const int HeldOctets = 1024;

    private readonly byte[] _held = new byte[HeldOctets];
    private int _from;
    private int _to;
    private bool _isEnded;

    /// <summary>Whether something was met that the encoding does not allow.</summary>
    public bool IsDamaged { get; protected set; }

    /// <summary>Octets that one octet of input, or the end, may become at most; always room for that many.</summary>
    private protected static int MaxBurstOctets => 256;

    /// <summary>Whether the next octets may stand for themselves; then <see cref="CountPlain"/> says how many do.</summary>
    private protected virtual bool CanCopy => false;

    /// <summary>A decoder for an encoding's name, without regard to case, or null when it is not known.</summary>
    /// <param name="encoding">As in Content-Transfer-Encoding, for example <c>BASE64</c>.</param>
    public static TransferDecoder? For(string encoding)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        return encoding.ToUpperInvariant() switch
        {
            "7BIT" or "8BIT" or "BINARY" => new IdentityDecoder(),
            "BASE64" => new Base64Decoder(),
            "QUOTED-PRINTABLE" => new QuotedPrintableDecoder(),
            _ => null,
        };
    }

    /// <summary>Decodes the next octets.</summary>
    /// <param name="input">What was not consumed before, and more; in wire form.</param>
    /// <param name="output">Where to; any size but none.</param>
    /// <param name="last">Nothing follows this input. Call again until all is consumed and 0 is returned.</param>
    /// <param name="consumed">How much of the input is done with.</param>
    /// <returns>Octets written.</returns>
    public int Decode(ReadOnlySpan<byte> input, Span<byte> output, bool last, out int consumed)
    {
        int written = Drain(output);
        consumed = 0;
        while (written < output.Length && consumed < input.Length)
        {
            if (_to == 0 && CanCopy)
            {
                int run = Math.Min(CountPlain(input[consumed..]), output.Length - written);
                input.Slice(consumed, run).CopyTo(output[written..]);
                consumed += run;
                written += run;
                if (run > 0)
                {
                    continue;
                }
            }

            Fill(input, ref consumed);
            written += Drain(output[written..]);
        }

        if (last && consumed == input.Length && _to == 0 && !_isEnded)
        {
            _isEnded = true;
            End();
            written += Drain(output[written..]);
        }

        return written;
    }

    /// <summary>Takes one octet of input.</summary>
    private protected abstract void Take(byte octet);

    /// <summary>How many octets from the first on stand for themselves, whatever follows.</summary>
    private protected virtual int CountPlain(ReadOnlySpan<byte> input) => 0;

    /// <summary>The input ended.</summary>
    private protected virtual void End()
    {
    }

    /// <summary>Hands out an octet.</summary>
    private protected void Put(byte octet) => _held[_to++] = octet;

    private void Fill(ReadOnlySpan<byte> input, ref int consumed)
    {
        do
        {
            Take(input[consumed++]);
        }
        while (consumed < input.Length && _to <= HeldOctets - MaxBurstOctets && !CanCopy);
    }

    private int Drain(Span<byte> output)
    {
        int length = Math.Min(output.Length, _to - _from);
        _held.AsSpan(_from, length).CopyTo(output);
        _from += length;
        if (_from == _to)
        {
            _from = _to = 0;
        }

        return length;
    }
}
