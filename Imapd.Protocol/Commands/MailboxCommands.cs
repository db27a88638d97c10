using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Commands;

/// <summary>CREATE (RFC 9051 §6.3.4, RFC 6154 §3).</summary>
/// <param name="Name">The new mailbox.</param>
/// <param name="Use">What it is to be for.</param>
public sealed record CreateCommand(MailboxName Name, SpecialUse Use) : Command
{
    /// <summary>The name as the client wrote it, when that is not its canonical form; else null (RFC 9051 §6.3.9.7).</summary>
    public string? SuppliedName { get; init; }
}

/// <summary>DELETE (RFC 9051 §6.3.5).</summary>
/// <param name="Name">Which mailbox.</param>
public sealed record DeleteCommand(MailboxName Name) : Command
{
    /// <summary>The name as the client wrote it, when that is not its canonical form; else null (RFC 9051 §6.3.9.7).</summary>
    public string? SuppliedName { get; init; }
}

/// <summary>RENAME (RFC 9051 §6.3.6).</summary>
/// <param name="From">Which mailbox.</param>
/// <param name="To">What it is to be called.</param>
public sealed record RenameCommand(MailboxName From, MailboxName To) : Command
{
    /// <summary>
    /// The old name as the client wrote it, when that or the new one is not in its canonical form; else null
    /// (RFC 9051 §6.3.6).
    /// </summary>
    public string? SuppliedName { get; init; }
}

/// <summary>SUBSCRIBE (RFC 9051 §6.3.7).</summary>
/// <param name="Name">Which mailbox, existing or not.</param>
public sealed record SubscribeCommand(MailboxName Name) : Command;

/// <summary>UNSUBSCRIBE (RFC 9051 §6.3.8).</summary>
/// <param name="Name">Which mailbox, existing or not.</param>
public sealed record UnsubscribeCommand(MailboxName Name) : Command;

/// <summary>How the commands that change what mailboxes there are are written.</summary>
internal static class MailboxCommandsGrammar
{
    // create        = "CREATE" SP mailbox [create-params]
    // create-params = SP "(" create-param *(SP create-param) ")"
    // create-param  =/ "USE" SP "(" [use-attr *(SP use-attr)] ")"
    public static CreateCommand ReadCreate(CommandReader reader, ParserOptions options)
    {
        MailboxName name = ReadName(reader, options, out string? supplied);
        var use = SpecialUse.None;
        if (reader.TryRead((byte)' '))
        {
            reader.ReadList(mayBeEmpty: false, () =>
            {
                if (!reader.TryReadWord("USE"u8))
                {
                    throw reader.Expected("USE");
                }

                reader.ReadSp();
                reader.ReadList(mayBeEmpty: true, () => use = ReadUse(reader, use));
            });
        }

        return new CreateCommand(name, use) { SuppliedName = supplied };
    }

    // delete = "DELETE" SP mailbox
    public static DeleteCommand ReadDelete(CommandReader reader, ParserOptions options) =>
        new(ReadName(reader, options, out string? supplied)) { SuppliedName = supplied };

    // rename = "RENAME" SP mailbox SP mailbox
    public static RenameCommand ReadRename(CommandReader reader, ParserOptions options)
    {
        MailboxName from = ReadName(reader, options, out string? suppliedFrom);
        MailboxName to = ReadName(reader, options, out string? suppliedTo);
        string? supplied = suppliedTo is null ? suppliedFrom : suppliedFrom ?? from.Value;
        return new RenameCommand(from, to) { SuppliedName = supplied };
    }

    // subscribe = "SUBSCRIBE" SP mailbox
    public static SubscribeCommand ReadSubscribe(CommandReader reader, ParserOptions options) =>
        new(ReadName(reader, options, out _));

    // unsubscribe = "UNSUBSCRIBE" SP mailbox
    public static UnsubscribeCommand ReadUnsubscribe(CommandReader reader, ParserOptions options) =>
        new(ReadName(reader, options, out _));

    private static MailboxName ReadName(CommandReader reader, ParserOptions options, out string? supplied)
    {
        reader.ReadSp();
        return MailboxGrammar.Read(reader, options.Utf8, out supplied);
    }

    // use-attr = "\All" / "\Archive" / "\Drafts" / "\Flagged" / "\Junk" / "\Sent" / "\Trash" / use-attr-ext
    private static SpecialUse ReadUse(CommandReader reader, SpecialUse before)
    {
        reader.Read((byte)'\\');
        SpecialUse use = reader.ReadKeyword("a special use") switch
        {
            "ARCHIVE" => SpecialUse.Archive,
            "DRAFTS" => SpecialUse.Drafts,
            "JUNK" => SpecialUse.Junk,
            "SENT" => SpecialUse.Sent,
            "TRASH" => SpecialUse.Trash,
            _ => throw new ImapRefusedException("USEATTR", "No mailbox can be made for that special use"),
        };
        return before == SpecialUse.None || before == use
            ? use
            : throw new ImapRefusedException("USEATTR", "A mailbox has at most one special use");
    }
}
