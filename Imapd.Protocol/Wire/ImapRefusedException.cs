namespace Imapd.Protocol.Wire;

/// <summary>
/// What the client sent is well-formed and can never be done: the answer is a tagged NO with a response code
/// (RFC 9051 §7.1, RFC 5530 §3).
/// </summary>
/// <param name="code">What stands between the brackets, for example <c>CANNOT</c>.</param>
/// <param name="message">The reason, safe to send and to log.</param>
public sealed class ImapRefusedException(string code, string message) : Exception(message)
{
    /// <summary>The response code with its arguments, without the brackets.</summary>
    public string Code { get; } = code;

    /// <summary>Whether it was a SEARCH with SAVE, whose NO leaves <c>$</c> empty (RFC 9051 §6.4.4.1).</summary>
    public bool EmptiesSavedSearch { get; init; }

    /// <summary>Whether it was a SELECT or EXAMINE, whose NO leaves no mailbox selected (RFC 9051 §6.3.2).</summary>
    public bool LeavesMailbox { get; init; }
}
