namespace Imapd.Worker.Session;

/// <summary>
/// What a client may take of a session, each with its reason. The limits of a command's length and literals are
/// <see cref="Imapd.Protocol.Wire.CommandLimits"/>.
/// </summary>
internal static class SessionLimits
{
    /// <summary>60 s from the greeting to the login: a person types a password in it, a stranger holds a process no longer.</summary>
    public const int LoginMilliseconds = 60_000;

    /// <summary>30 min without a command after the login: the least RFC 9051 §5.4 allows, and clients in IDLE renew at 29.</summary>
    public const int AutologoutMilliseconds = 30 * 60_000;

    /// <summary>2 min between lines to a client in IDLE: routers of mobile networks forget a silent connection after four or five.</summary>
    public const int StillHereMilliseconds = 2 * 60_000;

    /// <summary>5 min without an octet of an announced literal: a slow line sends some, a dead peer none.</summary>
    public const int LiteralStalledMilliseconds = 5 * 60_000;

    /// <summary>5 min in which the client takes nothing: TCP has long given up on a peer that is really gone.</summary>
    public const int WriteStuckMilliseconds = 5 * 60_000;

    /// <summary>1 s, when the session is asked to end: what the client was promised is done, only the answer is not read.</summary>
    public const int EndStuckMilliseconds = 1000;

    /// <summary>30 s for a mailbox's lock that another program has: it writes a list of UIDs meanwhile, and clients wait for a minute.</summary>
    public const int LockWaitSeconds = 30;

    /// <summary>2 s without a command before memory is given back: clients between two commands of one errand are faster.</summary>
    public const int IdleMilliseconds = 2_000;

    /// <summary>10 commands in a row that are none, before login: what is on the line is not an IMAP client (HTTP, SMTP, a scanner).</summary>
    public const int BadCommandsBeforeLogin = 10;

    /// <summary>3 failed logins on a connection: a person mistypes twice, a guesser has to come again and be counted.</summary>
    public const int FailedLogins = 3;

    /// <summary>64 MB in one appended message, told in APPENDLIMIT (RFC 7889): above what mail servers let through.</summary>
    public const long AppendOctets = 67_108_864;

    /// <summary>
    /// 256 MB: a non-synchronising literal that is too big is on its way already and is read away (RFC 7888 §4), but no
    /// more than this; the connection ends instead.
    /// </summary>
    public const long SkippedOctets = 4 * AppendOctets;

    /// <summary>12 KB in a line that is not a command (a SASL answer): room for the longest user name and password in base64.</summary>
    public const int AnswerLineOctets = 12 * 1024;

    /// <summary>10 MB in a session's protocol log: what went wrong is in the first of them, and a disk holds some thousand.</summary>
    public const long RawLogOctets = 10_000_000;

    /// <summary>16 KB read at a time: what a socket holds for a busy client; an idle session keeps it, so not more.</summary>
    public const int InputOctets = 16 * 1024;
}
