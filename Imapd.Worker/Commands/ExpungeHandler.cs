using Imapd.Protocol.Commands;
using Imapd.Storage.Maildir;
using Imapd.Worker.Selected;

namespace Imapd.Worker.Commands;

/// <summary>EXPUNGE and UID EXPUNGE (RFC 9051 §6.4.3, §6.4.9).</summary>
internal static class ExpungeHandler
{
    /// <summary>Removes what is marked \Deleted; which numbers that were is told before the answer, by the table's row.</summary>
    public static CommandResult Handle(CommandContext context, ExpungeCommand command)
    {
        SelectedMailbox selected = context.Selected!; // CommandTable admits EXPUNGE in the selected state only
        if (selected.IsReadOnly)
        {
            throw new StoreException(StoreError.ReadOnly, "The mailbox can only be read");
        }

        selected.Mailbox.Expunge(command.Uids is null ? null : selected.Resolve(command.Uids, byUid: true));
        return CommandResult.Ok(command.Uids is null ? "EXPUNGE completed" : "UID EXPUNGE completed");
    }
}
