using Imapd.Protocol.Search;

namespace Imapd.Protocol.Commands;

/// <summary>What a SEARCH is to answer with (RFC 9051 §6.4.4, <c>search-return-opt</c>).</summary>
[Flags]
public enum SearchReturn
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>MIN</c>: the smallest.</summary>
    Min = 1,

    /// <summary><c>MAX</c>: the largest.</summary>
    Max = 2,

    /// <summary><c>ALL</c>: all of them, as a set.</summary>
    All = 4,

    /// <summary><c>COUNT</c>: how many.</summary>
    Count = 8,

    /// <summary><c>SAVE</c>: keep them as <c>$</c>.</summary>
    Save = 16,
}

/// <summary>SEARCH and UID SEARCH (RFC 9051 §6.4.4, §6.4.9).</summary>
/// <param name="ByUid">Whether the answer is in UIDs.</param>
/// <param name="Return">What to answer with; null when there was no RETURN, and an empty RETURN is ALL.</param>
/// <param name="Charset">The CHARSET named, or null; texts are decoded by it already.</param>
/// <param name="Key">What messages must be like.</param>
public sealed record SearchCommand(bool ByUid, SearchReturn? Return, string? Charset, SearchKey Key) : Command;
