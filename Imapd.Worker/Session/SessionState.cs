namespace Imapd.Worker.Session;

/// <summary>The states of RFC 9051 §3, as a set: a command is allowed in some of them.</summary>
[Flags]
internal enum ConnectionStates
{
    /// <summary>Nobody is logged in (§3.1).</summary>
    NotAuthenticated = 1,

    /// <summary>Logged in, no mailbox selected (§3.2).</summary>
    Authenticated = 2,

    /// <summary>A mailbox is selected (§3.3).</summary>
    Selected = 4,

    /// <summary>Logged in, with or without a mailbox.</summary>
    LoggedIn = Authenticated | Selected,

    /// <summary>Always.</summary>
    Any = NotAuthenticated | LoggedIn,
}

/// <summary>What a session remembers between commands, apart from the selected mailbox.</summary>
internal sealed class SessionState
{
    /// <summary>Who is logged in; null for nobody.</summary>
    public string? User { get; set; }

    /// <summary>Whether what is sent cannot be read on the way.</summary>
    public bool IsTls { get; set; }

    /// <summary>Whether the client said ENABLE IMAP4rev2: answers follow RFC 9051 then, RFC 3501 before.</summary>
    public bool IsRev2 { get; set; }

    /// <summary>Whether the client said ENABLE UTF8=ACCEPT (RFC 9755).</summary>
    public bool IsUtf8Accept { get; set; }

    /// <summary>Whether names and quoted strings are UTF-8 in both directions.</summary>
    public bool Utf8 => IsRev2 || IsUtf8Accept;

    /// <summary>How many logins have failed.</summary>
    public int FailedLogins { get; set; }

    /// <summary>How many commands in a row were none.</summary>
    public int BadCommands { get; set; }
}
