namespace Imapd.Protocol.Values;

/// <summary>What a mailbox is for, as its attribute says (RFC 6154 §2).</summary>
public enum SpecialUse
{
    /// <summary>Nothing special.</summary>
    None,

    /// <summary><c>\Archive</c>.</summary>
    Archive,

    /// <summary><c>\Drafts</c>.</summary>
    Drafts,

    /// <summary><c>\Junk</c>.</summary>
    Junk,

    /// <summary><c>\Sent</c>.</summary>
    Sent,

    /// <summary><c>\Trash</c>.</summary>
    Trash,
}
