using System.Buffers.Text;
using System.Security.Cryptography;

namespace Imapd.Protocol.Wire;

/// <summary>Base64 as SASL exchanges have it (RFC 9051 §9, <c>base64</c>): no white space, padded, one form per value.</summary>
public static class StrictBase64
{
    /// <summary>Decodes; no text at all is no octets.</summary>
    /// <param name="text">At most a line.</param>
    /// <param name="octets">What it stands for, perhaps a password, which the receiver wipes; empty when false is returned.</param>
    public static bool TryDecode(ReadOnlySpan<byte> text, out byte[] octets)
    {
        octets = [];
        if (text.Length % 4 != 0 || text.ContainsAny(" \t\r\n"u8))
        {
            return false;
        }

        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        byte[] again = new byte[text.Length];
        try
        {
            bool isBase64 = Base64.DecodeFromUtf8(text, decoded, out _, out int length) == System.Buffers.OperationStatus.Done;

            // Bits that padding leaves over must be 0: encoding again shows it.
            Base64.EncodeToUtf8(decoded.AsSpan(0, length), again, out _, out int encodedLength);
            if (!isBase64 || !again.AsSpan(0, encodedLength).SequenceEqual(text))
            {
                return false;
            }

            octets = decoded[..length];
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(decoded);
            CryptographicOperations.ZeroMemory(again);
        }
    }
}
