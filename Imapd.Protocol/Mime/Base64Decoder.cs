namespace Imapd.Protocol.Mime;

/// <summary>
/// base64 (RFC 2045 §6.8). What is not in the alphabet is passed over. Padding ends a group, and text that goes on behind
/// it begins another: some join encoded texts. A last group that is not whole gives the octets it has.
/// </summary>
internal sealed class Base64Decoder : TransferDecoder
{
    private int _bits;
    private int _digits;

    private protected override void Take(byte octet)
    {
        int digit = DigitOf(octet);
        if (digit >= 0)
        {
            _bits = (_bits << 6) | digit;
            if (++_digits == 4)
            {
                PutGroup();
            }
        }
        else if (octet == '=')
        {
            IsDamaged |= _digits == 1;
            PutGroup();
        }
        else
        {
            IsDamaged |= !HeaderLexer.IsWhite(octet);
        }
    }

    private protected override void End()
    {
        IsDamaged |= _digits > 0;
        PutGroup();
    }

    private void PutGroup()
    {
        int bits = _bits << (6 * (4 - _digits));
        for (int at = 1; at < _digits; at++)
        {
            Put((byte)(bits >> (24 - (8 * at))));
        }

        (_bits, _digits) = (0, 0);
    }

    private static int DigitOf(byte octet) => octet switch
    {
        >= (byte)'A' and <= (byte)'Z' => octet - 'A',
        >= (byte)'a' and <= (byte)'z' => octet - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => octet - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };
}
