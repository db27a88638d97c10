using Imapd.Protocol.Handoff;

namespace Imapd.Worker.Login;

/// <summary>How PAM decided.</summary>
/// <param name="Identity">Who may log in; null for nobody.</param>
/// <param name="Failure">Why not.</param>
/// <param name="Detail">For the log only: what PAM and its modules said.</param>
internal sealed record PamResult(UserIdentity? Identity, LoginFailure Failure, string Detail)
{
    /// <summary>The session of whoever may log in, which the caller ends one way or the other.</summary>
    public PamSession? Session { get; init; }

    /// <summary>What the client may be told of it besides, in the administrator's words; empty for nothing.</summary>
    public string PublicText { get; init; } = "";

    /// <summary>
    /// How loud the detail is said: a wrong password has its line from the master, which says it all; that the administrator
    /// has closed the host is no error.
    /// </summary>
    public LogSeverity Severity => Failure switch
    {
        LoginFailure.BadCredentials => LogSeverity.Debug,
        LoginFailure.Unavailable when PublicText.Length == 0 => LogSeverity.Error,
        _ => LogSeverity.Information,
    };

    /// <summary>May log in.</summary>
    public static PamResult Success(UserIdentity identity, PamSession session) =>
        new(identity, LoginFailure.None, "") { Session = session };

    /// <summary>May not.</summary>
    public static PamResult Failed(LoginFailure failure, string detail) => new(null, failure, detail);
}
