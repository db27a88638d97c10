namespace Imapd.Protocol.Values;

/// <summary>The system flags a client may set (RFC 9051 §2.3.2).</summary>
[Flags]
public enum SystemFlags : byte
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary><c>\Answered</c>.</summary>
    Answered = 1,

    /// <summary><c>\Flagged</c>.</summary>
    Flagged = 2,

    /// <summary><c>\Deleted</c>.</summary>
    Deleted = 4,

    /// <summary><c>\Seen</c>.</summary>
    Seen = 8,

    /// <summary><c>\Draft</c>.</summary>
    Draft = 16,
}

/// <summary>What is set on one stored message: system flags and, by their place in the mailbox's table, keywords (RFC 9051 §2.3.2).</summary>
/// <param name="System">The system flags.</param>
/// <param name="KeywordBits">Bit n is set when the message bears keyword n of the mailbox's keyword table.</param>
public readonly record struct MessageFlags(SystemFlags System, uint KeywordBits);

/// <summary>Flags as a client names them: system flags and keywords by name (RFC 9051 §9, <c>flag-list</c>).</summary>
/// <param name="System">The system flags.</param>
/// <param name="Keywords">Keyword names as sent, without repeats; they are compared without regard to ASCII case.</param>
public sealed record FlagSet(SystemFlags System, IReadOnlyList<string> Keywords)
{
    /// <summary>No flags at all.</summary>
    public static FlagSet Empty { get; } = new(SystemFlags.None, []);
}
