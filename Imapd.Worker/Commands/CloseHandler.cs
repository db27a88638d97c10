using Imapd.Protocol.Commands;
using Imapd.Protocol.Handoff;
using Imapd.Storage.Maildir;
using Imapd.Worker.Selected;

namespace Imapd.Worker.Commands;

/// <summary>CLOSE and UNSELECT: leave the selected state (RFC 9051 §6.4.1, §6.4.2).</summary>
internal static class CloseHandler
{
    /// <summary>Removes what is marked \Deleted, without telling the client which, and leaves the mailbox.</summary>
    public static CommandResult Close(CommandContext context, CloseCommand command)
    {
        SelectedMailbox selected = context.Selected!; // CommandTable admits CLOSE in the selected state only
        string text = "CLOSE completed";
        try
        {
            if (!selected.IsReadOnly)
            {
                selected.Mailbox.Expunge(among: null);
            }
        }
        catch (StoreException error)
        {
            // CLOSE has no NO: the mailbox is left all the same, and the messages are there next time.
            context.Host.Log(LogSeverity.Warning, $"CLOSE could not remove messages: {error.Message}");
            text = "Closed, but the deleted messages could not be removed";
        }

        context.LeaveSelectedState();
        return CommandResult.Ok(text);
    }

    /// <summary>Leaves the mailbox as it is.</summary>
    public static CommandResult Unselect(CommandContext context, UnselectCommand command)
    {
        context.LeaveSelectedState();
        return CommandResult.Ok("UNSELECT completed");
    }
}
