using System.Globalization;
using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Worker.Selected;

namespace Imapd.Worker.Commands;

/// <summary>COPY and MOVE and their UID forms (RFC 9051 §6.4.7, §6.4.8, RFC 4315, RFC 6851).</summary>
internal static class CopyHandler
{
    /// <summary>
    /// COPY: the UIDs are told with the answer. A number of a message that is gone makes it a NO, and none of the others is
    /// copied (RFC 2180 §4.4.1); a UID of one is passed over (RFC 9051 §6.4.9).
    /// </summary>
    public static CommandResult Copy(CommandContext context, CopyCommand command)
    {
        SelectedMailbox selected = context.Selected!; // CommandTable admits COPY in the selected state only
        IReadOnlyList<Uid> uids = selected.Resolve(command.Set, command.ByUid);
        if (uids.Count == 0)
        {
            return CommandResult.Ok("No message to copy");
        }

        MailboxName name = context.Real(command.Name);
        return To(context, name, () =>
        {
            CopyResult result = selected.Mailbox.Copy(uids, name, mustBeThere: !command.ByUid);
            return result.To.Count == 0 ? Gone(command.ByUid) : CommandResult.Ok("COPY completed", CopyUid(result));
        });
    }

    /// <summary>
    /// MOVE: the UIDs are told before the EXPUNGE responses, which the table's row has told before the answer, so that a
    /// client can follow each message (RFC 6851 §4.3).
    /// </summary>
    public static CommandResult Move(CommandContext context, MoveCommand command)
    {
        SelectedMailbox selected = context.Selected!; // CommandTable admits MOVE in the selected state only
        IReadOnlyList<Uid> uids = selected.Resolve(command.Set, command.ByUid);
        if (selected.IsReadOnly)
        {
            throw new StoreException(StoreError.ReadOnly, "The mailbox can only be read");
        }

        if (uids.Count == 0)
        {
            return CommandResult.Ok("No message to move");
        }

        MailboxName name = context.Real(command.Name);
        return To(context, name, () =>
        {
            CopyResult result = selected.Mailbox.Move(uids, name);
            if (result.To.Count == 0)
            {
                return Gone(command.ByUid);
            }

            context.Output.Raw("* OK ["u8).Raw(CopyUid(result)).Raw("] Moved\r\n"u8);
            return CommandResult.Ok("MOVE completed");
        });
    }

    /// <summary>None was left. UIDs that are no more are no error (RFC 9051 §6.4.9).</summary>
    private static CommandResult Gone(bool byUid)
    {
        const string Code = "EXPUNGEISSUED";
        const string Text = "The messages are gone";
        return byUid ? CommandResult.Ok(Text, Code) : CommandResult.No(Text, Code);
    }

    /// <summary>A destination that is not there can be created (RFC 9051 §6.4.7).</summary>
    private static CommandResult To(CommandContext context, MailboxName name, Func<CommandResult> act)
    {
        try
        {
            return act();
        }
        catch (StoreException error)
            when (error.Error == StoreError.NonExistent && !context.Store.Exists(name))
        {
            return CommandResult.No(error.Message, "TRYCREATE");
        }
    }

    private static string CopyUid(CopyResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"COPYUID {result.UidValidity.Value} {UidSetText.Of(result.From)} {UidSetText.Of(result.To)}");
}
