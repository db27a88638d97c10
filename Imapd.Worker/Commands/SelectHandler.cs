using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;
using Imapd.Worker.Selected;

namespace Imapd.Worker.Commands;

/// <summary>SELECT and EXAMINE (RFC 9051 §6.3.2, §6.3.3; RFC 3501 §6.3.1, §6.3.2).</summary>
internal static class SelectHandler
{
    /// <summary>Leaves the mailbox that is selected, then enters the other; when that fails, none is selected.</summary>
    public static CommandResult Handle(CommandContext context, SelectCommand command)
    {
        if (command.Parameters.Count > 0)
        {
            return CommandResult.Bad($"There is no parameter {command.Parameters[0]} of SELECT");
        }

        LeaveMailbox(context);

        // Asked for before anything is written: a mailbox that cannot be opened has no responses.
        MailboxName name = context.Real(command.Name);
        MailboxEntry? entry = context.State.IsRev2 ? context.Store.Find(name) : null;
        var selected = new SelectedMailbox(context.Store.Select(name, command.ReadOnly), context.State);
        context.Select(selected);
        WriteResponses(context, selected, entry, command);
        return selected.IsReadOnly
            ? CommandResult.Ok("Selected, nothing can be changed", "READ-ONLY")
            : CommandResult.Ok("Selected", "READ-WRITE");
    }

    /// <summary>Leaves the mailbox that is selected, if one is, and says so (RFC 9051 §7.1, CLOSED).</summary>
    public static void LeaveMailbox(CommandContext context)
    {
        if (context.Selected is not null)
        {
            context.LeaveSelectedState();
            context.Output.Raw("* OK [CLOSED] The mailbox selected before is closed\r\n"u8);
        }
    }

    private static void WriteResponses(CommandContext context, SelectedMailbox selected, MailboxEntry? entry, SelectCommand command)
    {
        ResponseWriter output = context.Output;
        MailboxState state = selected.State;
        output.Raw("* "u8).Number((ulong)state.Count).Raw(" EXISTS\r\n"u8);
        if (!context.State.IsRev2)
        {
            output.Raw("* "u8).Number((ulong)state.RecentCount).Raw(" RECENT\r\n"u8);
            WriteFirstUnseen(output, state);
        }

        FlagsResponse.Write(output, state, selected.IsReadOnly);
        output.Raw("* OK [UIDVALIDITY "u8).Number(state.UidValidity.Value).Raw("] UIDs are valid\r\n"u8);
        if (state.UidNext.Value != 0)
        {
            output.Raw("* OK [UIDNEXT "u8).Number(state.UidNext.Value).Raw("] The next UID at the least\r\n"u8);
        }

        if (entry is not null)
        {
            ListResponse.Write(output, entry, ListDetails.OfRev2 with
            {
                OldName = command.SuppliedName,
                Alias = entry.Name == command.Name ? null : command.Name,
                Delimiter = entry.Name == command.Name ? MailboxName.Delimiter : context.Options.PrefixAlias!.Delimiter,
            });
        }
    }

    private static void WriteFirstUnseen(ResponseWriter output, MailboxState state)
    {
        int first = state.FirstUnseen();
        if (first >= 0)
        {
            output.Raw("* OK [UNSEEN "u8).Number((ulong)first + 1).Raw("] The first unseen message\r\n"u8);
        }
    }
}
