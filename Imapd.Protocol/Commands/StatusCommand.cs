using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Commands;

/// <summary>What STATUS tells of a mailbox (RFC 9051 §6.3.11; RECENT is RFC 3501's).</summary>
[Flags]
public enum StatusItems
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>MESSAGES</c>.</summary>
    Messages = 1,

    /// <summary><c>RECENT</c>.</summary>
    Recent = 2,

    /// <summary><c>UIDNEXT</c>.</summary>
    UidNext = 4,

    /// <summary><c>UIDVALIDITY</c>.</summary>
    UidValidity = 8,

    /// <summary><c>UNSEEN</c>.</summary>
    Unseen = 16,

    /// <summary><c>DELETED</c>.</summary>
    Deleted = 32,

    /// <summary><c>SIZE</c>.</summary>
    Size = 64,

    /// <summary><c>HIGHESTMODSEQ</c> (RFC 7162 §3.1.7).</summary>
    HighestModSeq = 128,

    /// <summary><c>APPENDLIMIT</c> (RFC 7889 §3).</summary>
    AppendLimit = 256,
}

/// <summary>STATUS (RFC 9051 §6.3.11).</summary>
/// <param name="Name">Which mailbox.</param>
/// <param name="Items">What to tell, at least one.</param>
public sealed record StatusCommand(MailboxName Name, StatusItems Items) : Command;

/// <summary>How STATUS is written.</summary>
internal static class StatusGrammar
{
    // status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"
    public static StatusCommand ReadStatus(CommandReader reader, ParserOptions options)
    {
        reader.ReadSp();
        MailboxName name = MailboxGrammar.Read(reader, options.Utf8);
        reader.ReadSp();
        return new StatusCommand(name, ReadItems(reader));
    }

    // status-att = "MESSAGES" / "UIDNEXT" / "UIDVALIDITY" / "UNSEEN" / "DELETED" / "SIZE"
    // status-att =/ "RECENT" / "HIGHESTMODSEQ" / "APPENDLIMIT"
    /// <summary>Reads <c>"(" status-att *(SP status-att) ")"</c>.</summary>
    public static StatusItems ReadItems(CommandReader reader)
    {
        var items = StatusItems.None;
        reader.ReadList(mayBeEmpty: false, () =>
        {
            int start = reader.Position;
            items |= reader.ReadKeyword("a status item") switch
            {
                "MESSAGES" => StatusItems.Messages,
                "RECENT" => StatusItems.Recent,
                "UIDNEXT" => StatusItems.UidNext,
                "UIDVALIDITY" => StatusItems.UidValidity,
                "UNSEEN" => StatusItems.Unseen,
                "DELETED" => StatusItems.Deleted,
                "SIZE" => StatusItems.Size,
                "HIGHESTMODSEQ" => StatusItems.HighestModSeq,
                "APPENDLIMIT" => StatusItems.AppendLimit,
                _ => throw CommandReader.ExpectedAt("a known status item", start),
            };
        });
        return items;
    }
}
