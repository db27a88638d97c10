using Imapd.Protocol.Values;

namespace Imapd.Storage.Maildir;

/// <summary>Which messages were copied or moved, and what they are called there (RFC 9051 §7.1, <c>COPYUID</c>).</summary>
/// <param name="UidValidity">The destination's UIDVALIDITY.</param>
/// <param name="From">UIDs in the mailbox they were taken from, ascending; those that were gone are not among them.</param>
/// <param name="To">UIDs at the destination, one for each of <paramref name="From"/>, ascending.</param>
public sealed record CopyResult(UidValidity UidValidity, IReadOnlyList<Uid> From, IReadOnlyList<Uid> To)
{
    /// <summary>None was left.</summary>
    internal static CopyResult Nothing { get; } = new(default, [], []);
}
