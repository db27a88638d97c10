using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Change;

/// <summary>A message about to come into a mailbox; its octets are on the disk already.</summary>
/// <param name="BaseName">Its base name there, new and unique.</param>
/// <param name="Flags">Its system flags.</param>
/// <param name="Keywords">Its keywords.</param>
/// <param name="Place">Gives it a name in a directory of that mailbox, without replacing anything.</param>
internal sealed record Arrival(
    string BaseName, SystemFlags Flags, IReadOnlyList<string> Keywords, Func<DirectoryHandle, string, Errno> Place)
{
    /// <summary>Its name in the mailbox's <c>tmp/</c>; null when it has none there, which only a single message may.</summary>
    public string? Staged { get; init; }

    /// <summary>Its internal date in seconds since 1970.</summary>
    public long InternalDateSeconds { get; init; } = IndexRecord.UnknownDate;

    /// <summary>The file's length.</summary>
    public long RawOctets { get; init; } = IndexRecord.UnknownOctets;

    /// <summary>The length on the wire.</summary>
    public long WireOctets { get; init; } = IndexRecord.UnknownOctets;
}
