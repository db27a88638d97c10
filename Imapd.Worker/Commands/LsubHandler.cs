using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;

namespace Imapd.Worker.Commands;

/// <summary>LSUB (RFC 3501 §6.3.9): the subscriptions, whether there are mailboxes or not.</summary>
internal static class LsubHandler
{
    /// <summary>Tells of the subscriptions that the pattern matches.</summary>
    public static CommandResult Handle(CommandContext context, LsubCommand command)
    {
        if (command.Pattern.Length == 0)
        {
            ListResponse.WriteRoot(context.Output, "LSUB");
            return CommandResult.Ok("LSUB completed");
        }

        string pattern = command.Reference + command.Pattern;
        bool stopsAtLevels = pattern.Contains('%', StringComparison.Ordinal);
        IReadOnlyList<MailboxName> subscriptions = context.Store.Subscriptions();
        var told = new HashSet<MailboxName>(subscriptions);
        foreach (MailboxName name in subscriptions)
        {
            if (MailboxPattern.Matches(pattern, name.Value))
            {
                Write(context, name, "");
            }
            else if (stopsAtLevels)
            {
                TellNameAbove(context, pattern, name, told);
            }
        }

        return CommandResult.Ok("LSUB completed");
    }

    /// <summary>
    /// With "%" the client sees one level: for a subscription further down it gets the name above, if that is not
    /// subscribed to itself, marked <c>\Noselect</c> whether it is a mailbox or not.
    /// </summary>
    private static void TellNameAbove(CommandContext context, string pattern, MailboxName name, HashSet<MailboxName> told)
    {
        for (MailboxName? above = name.Parent; above is not null; above = above.Parent)
        {
            if (MailboxPattern.Matches(pattern, above.Value) && told.Add(above))
            {
                Write(context, above, "\\Noselect");
            }
        }
    }

    private static void Write(CommandContext context, MailboxName name, string attributes) =>
        context.Output.Raw("* LSUB ("u8).Raw(attributes).Raw(") \"/\" "u8).Mailbox(name).Crlf();
}
