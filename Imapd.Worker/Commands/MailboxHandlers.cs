using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;

namespace Imapd.Worker.Commands;

/// <summary>CREATE, DELETE and RENAME (RFC 9051 §6.3.4 to §6.3.6, RFC 6154 §3).</summary>
internal static class MailboxHandlers
{
    /// <summary>CREATE.</summary>
    public static CommandResult Create(CommandContext context, CreateCommand command)
    {
        MailboxName name = context.Real(command.Name);
        context.Store.Create(name, command.Use);
        ListResponse.TellOldName(context, name, command.SuppliedName);
        return CommandResult.Ok("CREATE completed");
    }

    /// <summary>
    /// DELETE. The selected mailbox may be deleted: this session leaves the selected state and goes on; others that have
    /// it selected are told BYE (RFC 2180 §3.3).
    /// </summary>
    public static CommandResult Delete(CommandContext context, DeleteCommand command)
    {
        MailboxName name = context.Real(command.Name);
        context.Store.Delete(name);
        ListResponse.TellOldName(context, name, command.SuppliedName);
        if (context.Selected?.Name == name)
        {
            context.LeaveSelectedState();
            context.Output.Raw("* OK [CLOSED] The selected mailbox is deleted\r\n"u8);
        }

        return CommandResult.Ok("DELETE completed");
    }

    /// <summary>RENAME. A session that has the mailbox selected keeps its messages, under the new name (RFC 2180 §3.4).</summary>
    public static CommandResult Rename(CommandContext context, RenameCommand command)
    {
        MailboxName from = context.Real(command.From);
        MailboxName to = context.Real(command.To);
        context.Store.Rename(from, to);
        context.Selected?.Follow(from, to);
        ListResponse.TellOldName(context, to, command.SuppliedName);
        return CommandResult.Ok("RENAME completed");
    }
}
