namespace Imapd.Protocol.Mime;

/// <summary>
/// quoted-printable (RFC 2045 §6.7). White space at the end of a line is dropped, an equals sign that begins nothing is
/// kept as it is.
/// </summary>
internal sealed class QuotedPrintableDecoder : TransferDecoder
{
    // A longer run of white space is taken for text, so that what is remembered stays bounded.
    private const int MaxWhite = 250;

    private readonly byte[] _white = new byte[MaxWhite];
    private int _whites;
    private State _state;
    private byte _firstDigit;

    private enum State
    {
        Text,
        Equals,
        Digit,
        SoftBreak,
    }

    private protected override bool CanCopy => _state == State.Text && _whites == 0;

    // White space at the end of what is there may be at the end of the line.
    private protected override int CountPlain(ReadOnlySpan<byte> input)
    {
        int special = input.IndexOfAny((byte)'=', (byte)'\r', (byte)'\n');
        return (special < 0 ? input : input[..special]).TrimEnd(" \t"u8).Length;
    }

    private protected override void Take(byte octet)
    {
        switch (_state)
        {
            case State.Text:
                TakeText(octet);
                break;
            case State.Equals:
                TakeAfterEquals(octet);
                break;
            case State.Digit:
                TakeSecondDigit(octet);
                break;
            default:
                TakeInSoftBreak(octet);
                break;
        }
    }

    private protected override void End()
    {
        if (_state == State.Digit)
        {
            IsDamaged = true;
            Put((byte)'=');
            Put(_firstDigit);
        }

        // White space and a lone "=" at the very end are the end of a line.
        _state = State.Text;
        _whites = 0;
    }

    private void TakeText(byte octet)
    {
        if (octet is (byte)' ' or (byte)'\t')
        {
            if (_whites == MaxWhite)
            {
                PutWhite();
            }

            _white[_whites++] = octet;
            return;
        }

        if (octet is (byte)'\r' or (byte)'\n')
        {
            _whites = 0;
        }
        else
        {
            PutWhite();
        }

        if (octet == '=')
        {
            _state = State.Equals;
        }
        else
        {
            Put(octet);
        }
    }

    private void TakeAfterEquals(byte octet)
    {
        if (HexOf(octet) >= 0)
        {
            (_state, _firstDigit) = (State.Digit, octet);
        }
        else if (octet == '\n')
        {
            _state = State.Text;
        }
        else if (HeaderLexer.IsWhite(octet))
        {
            _state = State.SoftBreak;
        }
        else
        {
            IsDamaged = true;
            _state = State.Text;
            Put((byte)'=');
            TakeText(octet);
        }
    }

    private void TakeSecondDigit(byte octet)
    {
        _state = State.Text;
        int low = HexOf(octet);
        if (low >= 0)
        {
            Put((byte)((HexOf(_firstDigit) << 4) | low));
            return;
        }

        IsDamaged = true;
        Put((byte)'=');
        Put(_firstDigit);
        TakeText(octet);
    }

    // White space may stand between the "=" and the line end: transport padding (RFC 2045 §6.7 rule 3).
    private void TakeInSoftBreak(byte octet)
    {
        if (octet == '\n')
        {
            _state = State.Text;
        }
        else if (!HeaderLexer.IsWhite(octet))
        {
            IsDamaged = true;
            _state = State.Text;
            Put((byte)'=');
            Put((byte)' ');
            TakeText(octet);
        }
    }

    private void PutWhite()
    {
        for (int at = 0; at < _whites; at++)
        {
            Put(_white[at]);
        }

        _whites = 0;
    }

    private static int HexOf(byte octet) => octet switch
    {
        >= (byte)'0' and <= (byte)'9' => octet - '0',
        >= (byte)'A' and <= (byte)'F' => octet - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => octet - 'a' + 10,
        _ => -1,
    };
}
