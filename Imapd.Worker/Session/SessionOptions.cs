using Imapd.Protocol.Handoff;
using Imapd.Storage.Maildir;
using Imapd.Worker.Commands;

namespace Imapd.Worker.Session;

/// <summary>How a session is set up. Times can be made short for tests; the defaults are <see cref="SessionLimits"/>.</summary>
internal sealed record SessionOptions
{
    /// <summary>Milliseconds from the greeting to the login.</summary>
    public int LoginMilliseconds { get; init; } = SessionLimits.LoginMilliseconds;

    /// <summary>Milliseconds without a command after the login.</summary>
    public int AutologoutMilliseconds { get; init; } = SessionLimits.AutologoutMilliseconds;

    /// <summary>Milliseconds between lines to a client in IDLE that say no more than that the connection lives; 0 for none.</summary>
    public int StillHereMilliseconds { get; init; } = SessionLimits.StillHereMilliseconds;

    /// <summary>Milliseconds without an octet of an announced literal.</summary>
    public int LiteralStalledMilliseconds { get; init; } = SessionLimits.LiteralStalledMilliseconds;

    /// <summary>Seconds that a mailbox's lock is waited for when another program has it.</summary>
    public int LockWaitSeconds { get; init; } = SessionLimits.LockWaitSeconds;

    /// <summary>Whether this is the only session of its process, which then may tidy up for itself.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Where in the mail the mailboxes are.</summary>
    public MailboxLayout Layout { get; init; }

    /// <summary>The second name that every mailbox has; null for none.</summary>
    public PrefixAlias? PrefixAlias { get; init; } = new("INBOX.");

    /// <summary>What the greeting says behind its code.</summary>
    public string Greeting { get; init; } = "imapd ready";

    /// <summary>What ID answers; empty for NIL.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> IdFields { get; init; } = Session.IdFields.Default;

    /// <summary>Why nobody may log in now; null when everybody may.</summary>
    public string? LoginDisabled { get; init; }

    /// <summary>Mailboxes that are made at login where none has their use.</summary>
    public IReadOnlyList<AutoMailbox> AutoMailboxes { get; init; } = [];

    /// <summary>What is named in the names of new message files.</summary>
    public string HostName { get; init; } = Environment.MachineName;
}
