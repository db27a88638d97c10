using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;
using Imapd.Worker.Session;

namespace Imapd.Worker.Commands;

/// <summary>The untagged STATUS response (RFC 9051 §7.3.3).</summary>
internal static class StatusResponse
{
    /// <summary>Looks at a mailbox.</summary>
    /// <param name="context">The session.</param>
    /// <param name="name">The mailbox.</param>
    /// <param name="items">What is asked for.</param>
    /// <exception cref="StoreException">There is no such mailbox, or it cannot be read.</exception>
    /// <exception cref="ImapSyntaxException">Something is asked for that only CONDSTORE has.</exception>
    public static MailboxStatus Look(CommandContext context, MailboxName name, StatusItems items) =>
        items.HasFlag(StatusItems.HighestModSeq)
            ? throw new ImapSyntaxException("HIGHESTMODSEQ is not among the items of STATUS here")
            : context.Store.Status(name, countOctets: items.HasFlag(StatusItems.Size));

    /// <summary>Writes what was asked for.</summary>
    /// <param name="context">The session.</param>
    /// <param name="name">The mailbox.</param>
    /// <param name="called">What the client calls it.</param>
    /// <param name="items">What was asked for.</param>
    /// <param name="status">The mailbox as it is.</param>
    public static void Write(CommandContext context, MailboxName name, MailboxName called, StatusItems items, MailboxStatus status)
    {
        // Those that this session took over when it selected the mailbox are recent to it still (RFC 3501 §2.3.2).
        bool hasTaken = context.Selected is { IsReadOnly: false } selected && selected.Name == name;
        uint taken = hasTaken ? (uint)context.Selected!.State.RecentCount : 0;
        Write(context.Output, called, items, status with { Recent = status.Recent + taken });
    }

    /// <summary>Writes what was asked for.</summary>
    public static void Write(ResponseWriter output, MailboxName called, StatusItems items, MailboxStatus status)
    {
        output.Raw("* STATUS "u8).Mailbox(called);
        string separator = " (";
        void Item(StatusItems item, string text, ulong value)
        {
            if (items.HasFlag(item))
            {
                output.Raw(separator).Raw(text).Sp().Number(value);
                separator = " ";
            }
        }

        Item(StatusItems.Messages, "MESSAGES", status.Messages);
        Item(StatusItems.Recent, "RECENT", status.Recent);

        // When no UID is left there is no next one, and the grammar has no word for it: the largest stands for it.
        Item(StatusItems.UidNext, "UIDNEXT", status.UidNext.Value == 0 ? uint.MaxValue : status.UidNext.Value);
        Item(StatusItems.UidValidity, "UIDVALIDITY", status.UidValidity.Value);
        Item(StatusItems.Unseen, "UNSEEN", status.Unseen);
        Item(StatusItems.Deleted, "DELETED", status.Deleted);
        Item(StatusItems.Size, "SIZE", status.Octets);
        Item(StatusItems.AppendLimit, "APPENDLIMIT", SessionLimits.AppendOctets);
        output.Raw(separator == " " ? ")\r\n"u8 : " ()\r\n"u8);
    }
}
