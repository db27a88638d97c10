using System.Security.Cryptography;
using Imapd.Protocol.Commands;
using Imapd.Protocol.Wire;
using Imapd.Worker.Session;

namespace Imapd.Worker.Commands;

/// <summary>AUTHENTICATE with the mechanism PLAIN (RFC 9051 §6.2.2, RFC 4616).</summary>
internal static class AuthenticateHandler
{
    /// <summary>Logs in with the initial response, or with the answer to an empty challenge. "*" gives up.</summary>
    public static CommandResult Handle(CommandContext context, AuthenticateCommand command)
    {
        byte[]? message = command.InitialResponse;
        try
        {
            if (!command.Mechanism.Equals("PLAIN", StringComparison.OrdinalIgnoreCase))
            {
                return CommandResult.No("The only mechanism there is is PLAIN", "CANNOT");
            }

            return LoginAttempt.Refusal(context)
                ?? (message is null ? Ask(context, out message) : null)
                ?? Check(context, message);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(message);
            context.Input.WipeTaken();
        }
    }

    /// <summary>Sends an empty challenge and reads what the client answers.</summary>
    /// <returns>Null when there is a message; otherwise what to answer.</returns>
    private static CommandResult? Ask(CommandContext context, out byte[]? message)
    {
        message = null;
        context.Output.Raw("+ \r\n"u8);
        byte[]? line = context.Input.ReadLine(SessionLimits.AnswerLineOctets);
        try
        {
            if (line is null)
            {
                return CommandResult.Bad($"The answer has more than {SessionLimits.AnswerLineOctets} octets");
            }

            if (line is [(byte)'*'])
            {
                return CommandResult.Bad("AUTHENTICATE was cancelled");
            }

            return StrictBase64.TryDecode(line, out message) ? null : CommandResult.Bad("The answer is not base64");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(line);
        }
    }

    private static CommandResult Check(CommandContext context, ReadOnlySpan<byte> message)
    {
        if (!SaslPlain.TryParse(message, out string authzid, out string user, out byte[] password))
        {
            return CommandResult.Bad("Expected authzid NUL user NUL password in UTF-8");
        }

        try
        {
            // Nobody may act for anybody else, whoever he is (RFC 4616 §2). The password is not looked at, so that the answer
            // tells nothing of it, and this is no failed guess.
            return authzid.Length == 0 || authzid == user
                ? LoginAttempt.Make(context, user, password)
                : CommandResult.No("Nobody may act for another user", "AUTHORIZATIONFAILED");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }
}
