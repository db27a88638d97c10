using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Commands;

/// <summary>What a LIST response says beside the mailbox's own entry.</summary>
/// <param name="SaysNonExistent">
/// <c>\NonExistent</c> for a name without a mailbox; clients that did not ask for rev2 or the extended LIST know only
/// <c>\Noselect</c>.
/// </param>
/// <param name="IsSubscribed">Adds <c>\Subscribed</c>.</param>
/// <param name="ChildInfo">The selection options that something below meets; null for no CHILDINFO (RFC 9051 §6.3.9.6).</param>
internal readonly record struct ListDetails(bool SaysNonExistent, bool IsSubscribed, string? ChildInfo)
{
    /// <summary>The name the mailbox was called by; null for no OLDNAME (RFC 9051 §6.3.9.7).</summary>
    public string? OldName { get; init; }

    /// <summary>The name to tell instead of the mailbox's own; null for that.</summary>
    public MailboxName? Alias { get; init; }

    /// <summary>What is between the levels of the name told.</summary>
    public char Delimiter { get; init; } = MailboxName.Delimiter;

    /// <summary>Adds <c>\Noselect</c> for a mailbox that is there and cannot be read.</summary>
    public bool CannotBeSelected { get; init; }

    /// <summary>For a client that speaks rev2, and no more.</summary>
    public static ListDetails OfRev2 { get; } = new(SaysNonExistent: true, IsSubscribed: false, ChildInfo: null);
}

/// <summary>The untagged LIST response (RFC 9051 §7.3.1).</summary>
internal static class ListResponse
{
    /// <summary>Writes one, always with what RFC 3348 and RFC 6154 know of the mailbox.</summary>
    public static void Write(ResponseWriter output, MailboxEntry entry, ListDetails details)
    {
        output.Raw("* LIST ("u8);
        if (!entry.Exists)
        {
            output.Raw(details.SaysNonExistent ? "\\NonExistent "u8 : "\\Noselect "u8);
        }
        else if (details.CannotBeSelected)
        {
            output.Raw("\\Noselect "u8);
        }

        output.Raw(entry.HasChildren ? "\\HasChildren"u8 : "\\HasNoChildren"u8);
        if (details.IsSubscribed)
        {
            output.Raw(" \\Subscribed"u8);
        }

        if (entry.Use != SpecialUse.None)
        {
            output.Raw(" \\"u8).Raw(entry.Use.ToString());
        }

        output.Raw(details.Delimiter == '.' ? ") \".\" "u8 : ") \"/\" "u8).Mailbox(details.Alias ?? entry.Name);
        // mbox-list-extended = "(" [mbox-list-extended-item *(SP mbox-list-extended-item)] ")": one list for all there is to say
        string before = " (";
        if (details.ChildInfo is string met)
        {
            output.Raw(before).Raw("\"CHILDINFO\" ("u8).Raw(met).Raw(")"u8);
            before = " ";
        }

        if (details.OldName is string called)
        {
            output.Raw(before).Raw("\"OLDNAME\" ("u8).AString(called).Raw(")"u8);
            before = " ";
        }

        output.Raw(before == " " ? ")"u8 : ""u8);
        output.Crlf();
    }

    /// <summary>
    /// Tells a client that speaks rev2 under which name a mailbox goes that it called by another: INBOX in small letters,
    /// or a name that is not in NFC (RFC 9051 §6.3.9.7). IMAP4rev1 has no words for it.
    /// </summary>
    /// <param name="context">The session.</param>
    /// <param name="name">The name there is, or was.</param>
    /// <param name="supplied">The client's; null when it is the same.</param>
    public static void TellOldName(CommandContext context, MailboxName name, string? supplied)
    {
        if (supplied is not null && context.State.IsRev2)
        {
            MailboxEntry entry = context.Store.Find(name) ?? new MailboxEntry(name, Exists: false, HasChildren: false, SpecialUse.None);
            Write(context.Output, entry, ListDetails.OfRev2 with { OldName = supplied });
        }
    }

    /// <summary>The answer to an empty pattern: the delimiter, and the root that no name is below (RFC 9051 §6.3.9).</summary>
    public static void WriteRoot(ResponseWriter output, string command) =>
        output.Raw("* "u8).Raw(command).Raw(" (\\Noselect) \"/\" \"\"\r\n"u8);
}
