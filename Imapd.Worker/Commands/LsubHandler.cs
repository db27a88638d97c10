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
        IReadOnlyList<MailboxName> subscriptions = context.Store.Subscriptions();
        Tell(context, pattern, subscriptions, null);
        if (context.Options.PrefixAlias is { } alias && alias.RealPattern(pattern) is { } aliased)
        {
            Tell(context, aliased, [.. subscriptions.Where(alias.Tells)], alias);
        }

        return CommandResult.Ok("LSUB completed");
    }

    private static void Tell(CommandContext context, string pattern, IReadOnlyList<MailboxName> subscriptions, PrefixAlias? alias)
    {
        bool stopsAtLevels = pattern.Contains('%', StringComparison.Ordinal);
        var told = new HashSet<MailboxName>(subscriptions);
        foreach (MailboxName name in subscriptions)
        {
            if (MailboxPattern.Matches(pattern, name.Value))
            {
                Write(context, name, "", alias);
            }
            else if (stopsAtLevels)
            {
                TellNameAbove(context, pattern, name, told, alias);
            }
        }
    }

    /// <summary>
    /// With "%" the client sees one level: for a subscription further down it gets the name above, if that is not
    /// subscribed to itself, marked <c>\Noselect</c> whether it is a mailbox or not.
    /// </summary>
    private static void TellNameAbove(CommandContext context, string pattern, MailboxName name, HashSet<MailboxName> told, PrefixAlias? alias)
    {
        for (MailboxName? above = name.Parent; above is not null; above = above.Parent)
        {
            if (MailboxPattern.Matches(pattern, above.Value) && told.Add(above))
            {
                Write(context, above, "\\Noselect", alias);
            }
        }
    }

    private static void Write(CommandContext context, MailboxName name, string attributes, PrefixAlias? alias) =>
        context.Output.Raw("* LSUB ("u8).Raw(attributes).Raw(alias is { Delimiter: '.' } ? ") \".\" "u8 : ") \"/\" "u8)
            .Mailbox(alias?.NameOf(name) ?? name).Crlf();
}
