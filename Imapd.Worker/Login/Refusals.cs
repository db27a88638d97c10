using Imapd.Protocol.Handoff;
using Imapd.Worker.Session;

namespace Imapd.Worker.Login;

/// <summary>What the client is told when a login fails, and no more than that (RFC 9051 §7.1, RFC 5530).</summary>
internal static class Refusals
{
    /// <summary>
    /// The answer for a failure. What was wrong is not told apart where it would say whether an account exists.
    /// </summary>
    public static LoginOutcome For(LoginFailure failure) => failure switch
    {
        LoginFailure.Expired => LoginOutcome.Failure("EXPIRED", "The password or the account has expired"),
        LoginFailure.Unavailable => LoginOutcome.Failure("UNAVAILABLE", "Nobody can log in at present"),
        LoginFailure.Limit => LoginOutcome.Failure("LIMIT", "Too many sessions"),
        _ => LoginOutcome.Failure("AUTHENTICATIONFAILED", "Wrong user name or password"),
    };

    /// <summary>The answer for a failure, in the administrator's words where he has some.</summary>
    public static LoginOutcome For(PamResult result) => result.PublicText.Length == 0
        ? For(result.Failure)
        : For(result.Failure) with { Text = result.PublicText };

    /// <summary>The answer for a password that was right when the master says no. The session ends with it.</summary>
    public static LoginOutcome Limit(string reason) =>
        LoginOutcome.Failure("LIMIT", reason.Length > 0 ? reason : "Too many sessions") with { EndsSession = true };

    /// <summary>The answer for a password that was right when there is no master, or no home. The session ends with it.</summary>
    public static LoginOutcome Unavailable(string text) =>
        LoginOutcome.Failure("UNAVAILABLE", text) with { EndsSession = true };
}
