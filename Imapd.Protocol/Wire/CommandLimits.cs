namespace Imapd.Protocol.Wire;

/// <summary>How much of a command is taken before it is refused; checked before memory is taken.</summary>
/// <param name="MaxLineOctets">The octets of a command outside its literals, all its lines together, without line ends.</param>
/// <param name="MaxLiteralOctets">The octets of one literal that is kept in memory; the message of an APPEND is not.</param>
/// <param name="MaxLiteralsOctets">The octets of all literals of one command together.</param>
/// <param name="MaxDepth">How deep parentheses and search keys may be nested, so that no stack overflows.</param>
public sealed record CommandLimits(int MaxLineOctets, int MaxLiteralOctets, int MaxLiteralsOctets, int MaxDepth)
{
    /// <summary>For strangers: what a login needs, and nothing to fill memory with.</summary>
    /// <remarks>
    /// A line of 8 KB holds the longest base64 of a SASL initial response in use (tickets are a few KB) and is what
    /// RFC 2683 §3.2.1.5 asks a server to take. A literal of 4 KB holds any user name or password; two of them are
    /// all that LOGIN has. Nothing before login is nested deeper than the list of an ID.
    /// </remarks>
    public static CommandLimits BeforeLogin { get; } = new(
        MaxLineOctets: 8 * 1024,
        MaxLiteralOctets: 4 * 1024,
        MaxLiteralsOctets: 8 * 1024,
        MaxDepth: 8);

    /// <summary>For a user, who can hurt only his own process.</summary>
    /// <remarks>
    /// Clients that resynchronise send sequence sets of tens of KB in one line: 64 KB is eight times what RFC 2683
    /// asks for. A literal of 128 KB is more than any mailbox name or search text. 1 MB of them in a command allows
    /// a search for many texts and bounds what a command can take. No client is known to nest 64 deep, and 64 frames
    /// of the parser and of the search fit the smallest stack in use.
    /// </remarks>
    public static CommandLimits AfterLogin { get; } = new(
        MaxLineOctets: 64 * 1024,
        MaxLiteralOctets: 128 * 1024,
        MaxLiteralsOctets: 1024 * 1024,
        MaxDepth: 64);
}
