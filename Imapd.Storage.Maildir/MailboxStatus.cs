using Imapd.Protocol.Values;

namespace Imapd.Storage.Maildir;

/// <summary>What STATUS tells of a mailbox (RFC 9051 §6.3.11).</summary>
/// <param name="Messages">How many messages there are.</param>
/// <param name="Recent">How many of them no read-write session has seen (RFC 3501 §2.3.2).</param>
/// <param name="UidNext">The UID the next message will have at the least.</param>
/// <param name="UidValidity">The mailbox's UIDVALIDITY.</param>
/// <param name="Unseen">How many are without <c>\Seen</c>.</param>
/// <param name="Deleted">How many have <c>\Deleted</c>.</param>
/// <param name="Octets">The sum of the messages' sizes in wire form; 0 when it was not asked for.</param>
/// <param name="HighestModSeq">The largest mod-sequence given in this look at the mailbox.</param>
/// <param name="MailboxId">The mailbox's identity through renames: 32 hexadecimal digits.</param>
public sealed record MailboxStatus(
    uint Messages,
    uint Recent,
    Uid UidNext,
    UidValidity UidValidity,
    uint Unseen,
    uint Deleted,
    ulong Octets,
    ModSeq HighestModSeq,
    string MailboxId);
