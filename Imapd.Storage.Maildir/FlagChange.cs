using Imapd.Protocol.Values;

namespace Imapd.Storage.Maildir;

/// <summary>How STORE treats the flags that are there already (RFC 9051 §6.4.6).</summary>
public enum FlagChangeKind
{
    /// <summary><c>FLAGS</c>: these and no others.</summary>
    Replace,

    /// <summary><c>+FLAGS</c>: these too.</summary>
    Add,

    /// <summary><c>-FLAGS</c>: these no more.</summary>
    Remove,
}

/// <summary>One change of flags, the same for every message it is made to.</summary>
/// <param name="Kind">What happens to the flags that are there.</param>
/// <param name="Flags">The flags named.</param>
public sealed record FlagChange(FlagChangeKind Kind, FlagSet Flags);
