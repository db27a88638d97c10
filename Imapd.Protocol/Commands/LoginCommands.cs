using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Commands;

/// <summary>LOGIN (RFC 9051 §6.2.3).</summary>
/// <param name="User">The name's octets as sent.</param>
/// <param name="Password">The password's octets as sent; the receiver wipes them.</param>
public sealed record LoginCommand(byte[] User, byte[] Password) : Command;

/// <summary>AUTHENTICATE (RFC 9051 §6.2.2).</summary>
/// <param name="Mechanism">Its name in capitals.</param>
/// <param name="InitialResponse">Decoded, perhaps empty; null when none was sent. The receiver wipes it.</param>
public sealed record AuthenticateCommand(string Mechanism, byte[]? InitialResponse) : Command;

/// <summary>How the commands that log in are written. No exception here tells anything of a password.</summary>
internal static class LoginGrammar
{
    // login    = "LOGIN" SP userid SP password
    // userid   = astring
    // password = astring
    public static LoginCommand ReadLogin(CommandReader reader)
    {
        reader.ReadSp();
        byte[] user = reader.ReadAString().ToArray();
        reader.ReadSp();
        byte[] password = reader.ReadAString().ToArray();
        reader.ReadEnd();
        return new LoginCommand(user, password);
    }

    // authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp] *(CRLF base64)
    // initial-resp = (base64 / "=")
    public static AuthenticateCommand ReadAuthenticate(CommandReader reader)
    {
        reader.ReadSp();
        string mechanism = reader.ReadKeyword("a SASL mechanism");
        if (!reader.TryRead((byte)' '))
        {
            return new AuthenticateCommand(mechanism, null);
        }

        int start = reader.Position;
        ReadOnlySpan<byte> text = reader.ReadRun(OctetClasses.Atom, "base64");
        if (text is [(byte)'='])
        {
            return new AuthenticateCommand(mechanism, []);
        }

        return StrictBase64.TryDecode(text, out byte[] response)
            ? new AuthenticateCommand(mechanism, response)
            : throw CommandReader.ExpectedAt("base64", start);
    }
}
