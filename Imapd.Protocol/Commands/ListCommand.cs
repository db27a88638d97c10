namespace Imapd.Protocol.Commands;

/// <summary>Which mailboxes a LIST chooses among (RFC 9051 §6.3.9.1, RFC 6154 §2).</summary>
[Flags]
public enum ListSelection
{
    /// <summary>All that exist.</summary>
    None = 0,

    /// <summary><c>SUBSCRIBED</c>: those subscribed, existing or not.</summary>
    Subscribed = 1,

    /// <summary><c>REMOTE</c>: remote ones too.</summary>
    Remote = 2,

    /// <summary><c>RECURSIVEMATCH</c>: parents of chosen ones too.</summary>
    RecursiveMatch = 4,

    /// <summary><c>SPECIAL-USE</c>: those with a special use.</summary>
    SpecialUse = 8,
}

/// <summary>What a LIST is to tell of each mailbox (RFC 9051 §6.3.9.2).</summary>
[Flags]
public enum ListReturn
{
    /// <summary>Nothing besides its attributes.</summary>
    None = 0,

    /// <summary><c>SUBSCRIBED</c>.</summary>
    Subscribed = 1,

    /// <summary><c>CHILDREN</c>.</summary>
    Children = 2,

    /// <summary><c>SPECIAL-USE</c>.</summary>
    SpecialUse = 4,

    /// <summary><c>STATUS</c>: a STATUS response (RFC 5819).</summary>
    Status = 8,
}

/// <summary>LIST (RFC 9051 §6.3.9).</summary>
/// <param name="Selection">Which mailboxes.</param>
/// <param name="Reference">What patterns are relative to; decoded, perhaps empty.</param>
/// <param name="Patterns">Names with wildcards, decoded, at least one; see <see cref="Values.MailboxPattern"/>.</param>
/// <param name="Return">What to tell of each.</param>
/// <param name="Status">What the STATUS responses hold, when they are asked for.</param>
/// <param name="IsExtended">Whether it has options or a list of patterns: an empty pattern then means nothing special.</param>
public sealed record ListCommand(
    ListSelection Selection,
    string Reference,
    IReadOnlyList<string> Patterns,
    ListReturn Return,
    StatusItems Status,
    bool IsExtended) : Command;

/// <summary>LSUB (RFC 3501 §6.3.9).</summary>
/// <param name="Reference">What the pattern is relative to; decoded, perhaps empty.</param>
/// <param name="Pattern">A name with wildcards, decoded; see <see cref="Values.MailboxPattern"/>.</param>
public sealed record LsubCommand(string Reference, string Pattern) : Command;
