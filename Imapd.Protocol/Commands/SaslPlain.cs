using System.Text;
using System.Text.Unicode;

namespace Imapd.Protocol.Commands;

/// <summary>The one message of the SASL mechanism PLAIN (RFC 4616 §2).</summary>
public static class SaslPlain
{
    /// <summary>The most octets of each of the three parts: RFC 4616 asks for 255 to be taken.</summary>
    public const int MaxPartOctets = 1024;

    // message = [authzid] UTF8NUL authcid UTF8NUL passwd
    /// <summary>Takes the message apart.</summary>
    /// <param name="message">Decoded from base64.</param>
    /// <param name="authzid">As whom to act; empty when not said.</param>
    /// <param name="user">Whose password it is; never empty.</param>
    /// <param name="password">Its octets, a copy that the receiver wipes; never empty.</param>
    /// <returns>
    /// False when it is anything else, a part is too long, or one is not UTF-8; then all three are empty.
    /// </returns>
    public static bool TryParse(ReadOnlySpan<byte> message, out string authzid, out string user, out byte[] password)
    {
        authzid = "";
        user = "";
        password = [];
        int first = message.IndexOf((byte)0);
        int second = first < 0 ? -1 : first + 1 + message[(first + 1)..].IndexOf((byte)0);
        if (second <= first)
        {
            return false;
        }

        ReadOnlySpan<byte> authzidPart = message[..first];
        ReadOnlySpan<byte> userPart = message[(first + 1)..second];
        ReadOnlySpan<byte> passwordPart = message[(second + 1)..];
        if (!IsPart(authzidPart)
            || !IsPart(userPart) || userPart.IsEmpty
            || !IsPart(passwordPart) || passwordPart.IsEmpty)
        {
            return false;
        }

        authzid = Encoding.UTF8.GetString(authzidPart);
        user = Encoding.UTF8.GetString(userPart);
        password = passwordPart.ToArray();
        return true;
    }

    private static bool IsPart(ReadOnlySpan<byte> part) =>
        part.Length <= MaxPartOctets && !part.Contains((byte)0) && Utf8.IsValid(part);
}
