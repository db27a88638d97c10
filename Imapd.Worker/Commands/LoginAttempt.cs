using Imapd.Protocol.Handoff;
using Imapd.Storage.Maildir;
using Imapd.Worker.Session;

namespace Imapd.Worker.Commands;

/// <summary>What LOGIN and AUTHENTICATE have in common: one user name and one password, and what comes of them.</summary>
internal static class LoginAttempt
{
    /// <summary>
    /// The answer to a password, or to the offer of one, when nobody may log in, or when anyone on the way can read it
    /// (RFC 5530 §3); null when it may be sent.
    /// </summary>
    public static CommandResult? Refusal(CommandContext context) =>
        context.Options.LoginDisabled is string reason ? CommandResult.No(reason, "UNAVAILABLE")
        : context.State.IsTls || context.Host.Facts.InsecureAuth ? null
        : CommandResult.No("Passwords are taken over TLS only", "PRIVACYREQUIRED");

    /// <summary>Checks a password and, when it is right, enters the authenticated state. The caller wipes the password.</summary>
    public static CommandResult Make(CommandContext context, string user, byte[] password)
    {
        LoginOutcome outcome = context.Host.Login(user, password);
        if (outcome.EndsSession)
        {
            context.AfterAnswer = static () => throw new SessionOverException(SessionEnd.Logout, null, "Logged out");
            return CommandResult.No(outcome.Text, outcome.Code);
        }

        if (!outcome.Ok)
        {
            return Fail(context, outcome.Text, outcome.Code);
        }

        try
        {
            context.LogIn(outcome.User, outcome.MailRoot);
        }
        catch (StoreException error)
        {
            // The process is this user for good, so there is no second attempt for another.
            context.Host.Log(LogSeverity.Error, $"The mail of {outcome.User} in {outcome.MailRoot} cannot be opened: {error.Message}");
            context.AfterAnswer = () => throw new SessionOverException(SessionEnd.Logout, null, "Logged out");
            return CommandResult.No(error.Message, StoreErrorCodes.Of(error.Error));
        }

        WriteAlert(context, outcome.Alert);
        return CommandResult.Ok("Logged in", "CAPABILITY " + Capabilities.Now(context));
    }

    /// <summary>Writes what everybody is told who has logged in, a response each line.</summary>
    public static void WriteAlert(CommandContext context, string alert)
    {
        foreach (string line in alert.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            context.Output.Raw("* OK [ALERT] "u8).HumanText(line).Crlf();
        }
    }

    /// <summary>Counts a failure, and ends the session with the last one allowed.</summary>
    public static CommandResult Fail(
        CommandContext context, string text = "Wrong user name or password", string code = "AUTHENTICATIONFAILED")
    {
        context.State.FailedLogins++;
        if (context.State.FailedLogins >= SessionLimits.FailedLogins)
        {
            context.AfterAnswer = static () =>
                throw new SessionOverException(SessionEnd.TooManyLoginFailures, null, "Too many failed logins");
        }

        return CommandResult.No(text, code.Length == 0 ? null : code);
    }
}
