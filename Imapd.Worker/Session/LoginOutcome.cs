namespace Imapd.Worker.Session;

/// <summary>How a login ended.</summary>
/// <param name="Ok">Whether the process now is the user.</param>
/// <param name="Code">The response code for a failure: AUTHENTICATIONFAILED, EXPIRED, UNAVAILABLE, LIMIT and so on; else empty.</param>
/// <param name="Text">What the client is told.</param>
/// <param name="User">The name that PAM and the account database agree on, when it succeeded; else empty.</param>
/// <param name="MailRoot">The absolute path of the user's Maildir, when it succeeded; else empty.</param>
internal sealed record LoginOutcome(bool Ok, string Code, string Text, string User, string MailRoot)
{
    /// <summary>What the user is to be alerted with when it succeeded, lines with line feeds between them; empty for nothing.</summary>
    public string Alert { get; init; } = "";

    /// <summary>Whether the session ends with this answer, because nobody can log in on it any more.</summary>
    public bool EndsSession { get; init; }

    /// <summary>The process is the user.</summary>
    public static LoginOutcome Success(string user, string mailRoot) => new(true, "", "Logged in", user, mailRoot);

    /// <summary>The client may try again, or not.</summary>
    public static LoginOutcome Failure(string code, string text) => new(false, code, text, "", "");
}
