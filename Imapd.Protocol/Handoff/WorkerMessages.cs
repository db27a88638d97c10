namespace Imapd.Protocol.Handoff;

/// <summary>
/// Worker to master: the OK to STARTTLS was written; take the client's TCP socket over. The worker reads nothing
/// from it any more, and the answer is <see cref="StartTlsReply"/>.
/// </summary>
/// <param name="Id">The session.</param>
public sealed record StartTlsRequest(ulong Id) : HandoffMessage(Id);

/// <summary>
/// Worker to master: the password was right and the account may be used. Sent once, while the worker has not yet
/// become the user; it then waits for <see cref="LoginVerdict"/>. The only message whose user the master believes.
/// </summary>
/// <param name="Id">The session.</param>
/// <param name="User">The canonical name, at most <see cref="HandoffCodec.MaxUserOctets"/> octets of UTF-8.</param>
/// <param name="UserId">His uid.</param>
public sealed record LoginSucceeded(ulong Id, string User, uint UserId) : HandoffMessage(Id);

/// <summary>Worker to master: an attempt to log in failed; for the log and for the delay of its source.</summary>
/// <param name="Id">The session.</param>
/// <param name="User">The name as the client sent it; the codec cuts it to fit.</param>
/// <param name="Reason">Why; the client is never told as much.</param>
/// <param name="Guess">A hash of user and password under the master's key, by which it knows one that comes again; 0: none.</param>
public sealed record LoginFailed(ulong Id, string User, LoginFailure Reason, ulong Guess = 0) : HandoffMessage(Id);

/// <summary>Worker to master: the session ended; the last message about it.</summary>
/// <param name="Id">The session.</param>
/// <param name="Reason">What ended it.</param>
/// <param name="OctetsIn">Octets the client sent, as IMAP.</param>
/// <param name="OctetsOut">Octets the client was sent, as IMAP.</param>
public sealed record SessionEnded(ulong Id, SessionEnd Reason, ulong OctetsIn, ulong OctetsOut) : HandoffMessage(Id);

/// <summary>Worker to master: a line for the log. The master adds the user, the address and the session.</summary>
/// <param name="Id">The session; 0: the worker as a whole.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Text">What to say; the codec cuts it to fit, the master escapes it.</param>
public sealed record LogRecord(ulong Id, LogSeverity Severity, string Text) : HandoffMessage(Id);

/// <summary>
/// Worker that serves all connections, to master: start a one-shot password checker for this session and pass the
/// channel to it with <see cref="AuthenticatorReply"/>.
/// </summary>
/// <param name="Id">The session.</param>
public sealed record AuthenticatorRequest(ulong Id) : HandoffMessage(Id);

/// <summary>Why a login failed.</summary>
public enum LoginFailure
{
    /// <summary>It did not fail.</summary>
    None = 0,

    /// <summary>No such user, a wrong password or a locked account.</summary>
    BadCredentials = 1,

    /// <summary>The password was right, but it or the account has expired.</summary>
    Expired = 2,

    /// <summary>PAM, the user database or the home directory could not be used.</summary>
    Unavailable = 3,

    /// <summary>uid 0, a uid below the minimum, or an authorization identity that is somebody else.</summary>
    RefusedByPolicy = 4,

    /// <summary>The master said no: a limit.</summary>
    Limit = 5,
}

/// <summary>What ended a session.</summary>
public enum SessionEnd
{
    /// <summary>LOGOUT.</summary>
    Logout = 1,

    /// <summary>The client closed the connection, or it broke.</summary>
    Disconnected = 2,

    /// <summary>No command for the time RFC 9051 §5.4 allows.</summary>
    Autologout = 3,

    /// <summary>Not logged in in time.</summary>
    LoginTimeout = 4,

    /// <summary>Too many commands that were none.</summary>
    TooManyBadCommands = 5,

    /// <summary>Too many failed logins.</summary>
    TooManyLoginFailures = 6,

    /// <summary>The master asked for it.</summary>
    Shutdown = 7,

    /// <summary>The handshake after STARTTLS failed.</summary>
    StartTlsFailed = 8,

    /// <summary>The client stopped reading what it asked for.</summary>
    ClientStuck = 9,

    /// <summary>A mistake of ours; the log has the stack.</summary>
    InternalError = 10,
}

/// <summary>How bad a line of the log is.</summary>
public enum LogSeverity
{
    /// <summary>Of use only to who looks for a mistake of ours.</summary>
    Debug = 1,

    /// <summary>Expected.</summary>
    Information = 2,

    /// <summary>Somebody should look at it some time.</summary>
    Warning = 3,

    /// <summary>Something did not work.</summary>
    Error = 4,
}
