using Imapd.Protocol.Values;

namespace Imapd.Protocol.Search;

/// <summary>
/// A condition on messages (RFC 9051 §6.4.4, <c>search-key</c>), nested no deeper than the parser allowed. Texts are
/// decoded; they match without regard to case, anywhere.
/// </summary>
public abstract record SearchKey;

/// <summary><c>ALL</c>: every message (RFC 9051 §6.4.4).</summary>
public sealed record AllKey : SearchKey;

/// <summary>Every one of several keys (RFC 9051 §6.4.4).</summary>
/// <param name="Keys">At least one.</param>
public sealed record AndKey(IReadOnlyList<SearchKey> Keys) : SearchKey;

/// <summary><c>OR</c>: one of two keys, or both (RFC 9051 §6.4.4).</summary>
/// <param name="Left">The first key.</param>
/// <param name="Right">The second key.</param>
public sealed record OrKey(SearchKey Left, SearchKey Right) : SearchKey;

/// <summary><c>NOT</c> (RFC 9051 §6.4.4).</summary>
/// <param name="Key">What must not match.</param>
public sealed record NotKey(SearchKey Key) : SearchKey;

/// <summary>Messages by number, or <c>$</c> (RFC 9051 §6.4.4).</summary>
/// <param name="Set">The numbers.</param>
public sealed record SequenceKey(SequenceSet Set) : SearchKey;

/// <summary><c>UID</c>: messages by UID, or <c>$</c> (RFC 9051 §6.4.4).</summary>
/// <param name="Set">The UIDs.</param>
public sealed record UidKey(SequenceSet Set) : SearchKey;

/// <summary><c>SEEN</c>, <c>UNSEEN</c> and the like (RFC 9051 §6.4.4).</summary>
/// <param name="Flag">One system flag.</param>
/// <param name="IsSet">Whether it must be set, or must not.</param>
public sealed record SystemFlagKey(SystemFlags Flag, bool IsSet) : SearchKey;

/// <summary><c>RECENT</c> or <c>OLD</c> (RFC 3501 §6.4.4).</summary>
/// <param name="IsRecent">Whether <c>\Recent</c> must be set, or must not.</param>
public sealed record RecentKey(bool IsRecent) : SearchKey;

/// <summary><c>NEW</c>: recent and not seen (RFC 3501 §6.4.4).</summary>
public sealed record NewKey : SearchKey;

/// <summary><c>KEYWORD</c> or <c>UNKEYWORD</c> (RFC 9051 §6.4.4).</summary>
/// <param name="Name">The keyword, compared without regard to ASCII case.</param>
/// <param name="IsSet">Whether it must be set, or must not.</param>
public sealed record KeywordKey(string Name, bool IsSet) : SearchKey;

/// <summary><c>HEADER</c>, and <c>FROM</c>, <c>TO</c>, <c>CC</c>, <c>BCC</c>, <c>SUBJECT</c>, which are fields too (RFC 9051 §6.4.4).</summary>
/// <param name="Field">The field's name, without colon.</param>
/// <param name="Value">What its decoded value must contain; empty when the field need only be there.</param>
public sealed record HeaderKey(string Field, string Value) : SearchKey;

/// <summary><c>BODY</c> (RFC 9051 §6.4.4).</summary>
/// <param name="Value">What the body must contain.</param>
public sealed record BodyKey(string Value) : SearchKey;

/// <summary><c>TEXT</c> (RFC 9051 §6.4.4).</summary>
/// <param name="Value">What the header or the body must contain.</param>
public sealed record TextKey(string Value) : SearchKey;

/// <summary>Which of a message's dates is meant (RFC 9051 §6.4.4).</summary>
public enum DateField
{
    /// <summary>When it was received: the internal date.</summary>
    Internal,

    /// <summary>What its Date field says.</summary>
    Sent,

    /// <summary>When it was put into this mailbox (RFC 8514).</summary>
    Saved,
}

/// <summary>How a message's date is compared; time of day and zone are left aside (RFC 9051 §6.4.4).</summary>
public enum DateTest
{
    /// <summary>Earlier than the day.</summary>
    Before,

    /// <summary>On the day.</summary>
    On,

    /// <summary>On the day or later.</summary>
    Since,
}

/// <summary><c>BEFORE</c>, <c>SENTSINCE</c> and the like (RFC 9051 §6.4.4).</summary>
/// <param name="Field">Which date.</param>
/// <param name="Test">How it is compared.</param>
/// <param name="Date">With what day.</param>
public sealed record DateKey(DateField Field, DateTest Test, DateOnly Date) : SearchKey;

/// <summary><c>LARGER</c> or <c>SMALLER</c> than a number of octets, that number itself being neither (RFC 9051 §6.4.4).</summary>
/// <param name="Larger">Whether the message must be larger, or smaller.</param>
/// <param name="Octets">Compared with RFC822.SIZE.</param>
public sealed record SizeKey(bool Larger, long Octets) : SearchKey;

/// <summary><c>OLDER</c> or <c>YOUNGER</c> (RFC 5032 §2), by the internal date.</summary>
/// <param name="Older">Whether it was received that long ago or longer, or that long ago or later.</param>
/// <param name="Seconds">Before now, from 1.</param>
public sealed record AgeKey(bool Older, uint Seconds) : SearchKey;
