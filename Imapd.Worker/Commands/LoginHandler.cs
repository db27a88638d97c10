using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Imapd.Protocol.Commands;

namespace Imapd.Worker.Commands;

/// <summary>LOGIN (RFC 9051 §6.2.3).</summary>
internal static class LoginHandler
{
    /// <summary>Logs in with the name and password of the command, and wipes the password.</summary>
    public static CommandResult Handle(CommandContext context, LoginCommand command)
    {
        try
        {
            if (LoginAttempt.Refusal(context) is CommandResult refusal)
            {
                return refusal;
            }

            // No account has a name that is not UTF-8; decoded loosely it could become the name of one.
            return Utf8.IsValid(command.User)
                ? LoginAttempt.Make(context, Encoding.UTF8.GetString(command.User), command.Password)
                : LoginAttempt.Fail(context);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(command.Password);
            context.Input.WipeTaken();
        }
    }
}
