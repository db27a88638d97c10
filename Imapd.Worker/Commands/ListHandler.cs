using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Commands;

/// <summary>LIST, plain and extended, with STATUS (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154).</summary>
internal static class ListHandler
{
    /// <summary>Tells of the mailboxes asked for.</summary>
    public static CommandResult Handle(CommandContext context, ListCommand command)
    {
        if (!command.IsExtended && command.Patterns is [""])
        {
            ListResponse.WriteRoot(context.Output, "LIST");
            return CommandResult.Ok("LIST completed");
        }

        // REMOTE adds mailboxes of other servers, and there are none.
        bool bySubscription = command.Selection.HasFlag(ListSelection.Subscribed);
        bool tellsSubscriptions = bySubscription || command.Return.HasFlag(ListReturn.Subscribed);
        IReadOnlyList<MailboxName> subscriptions = tellsSubscriptions ? context.Store.Subscriptions() : [];
        var subscribed = new HashSet<MailboxName>(subscriptions);
        var names = new MailboxNames(context.Store.List(), bySubscription ? subscriptions : []);
        // An empty name among others means nothing, whatever the reference is (RFC 9051 §6.3.9).
        string[] patterns = [.. command.Patterns.Where(static pattern => pattern.Length > 0).Select(pattern => command.Reference + pattern)];

        bool Meets(MailboxEntry entry) =>
            (!bySubscription || subscribed.Contains(entry.Name))
            && (!command.Selection.HasFlag(ListSelection.SpecialUse) || entry.Use != SpecialUse.None);
        bool recursive = command.Selection.HasFlag(ListSelection.RecursiveMatch);
        HashSet<MailboxName> aboveMet = recursive ? names.Above(Meets) : [];

        void Tell(Func<MailboxEntry, bool> matches, PrefixAlias? alias)
        {
            HashSet<MailboxName> aboveUntold = recursive ? names.Above(entry => Meets(entry) && !matches(entry)) : [];
            foreach (MailboxEntry entry in names.Sorted)
            {
                // A name that only has something below it is told when that is not told itself (RFC 9051 §6.3.9.6).
                if (matches(entry) && (Meets(entry) || aboveUntold.Contains(entry.Name)))
                {
                    MailboxName called = alias?.NameOf(entry.Name) ?? entry.Name;
                    // A name told only for what is below it has no STATUS (RFC 9051 §6.3.9.8, example 11).
                    bool hasStatus = command.Return.HasFlag(ListReturn.Status) && entry.Exists && Meets(entry);
                    bool canBeSelected = true;
                    MailboxStatus? status = hasStatus ? TryLook(context, command, entry.Name, out canBeSelected) : null;
                    ListResponse.Write(context.Output, entry, new ListDetails(
                        SaysNonExistent: command.IsExtended || context.State.IsRev2,
                        IsSubscribed: subscribed.Contains(entry.Name),
                        ChildInfo: aboveMet.Contains(entry.Name) ? ChildInfo(command.Selection) : null)
                    {
                        Alias = called,
                        Delimiter = alias?.Delimiter ?? MailboxName.Delimiter,
                        CannotBeSelected = !canBeSelected,
                    });
                    if (status is not null)
                    {
                        StatusResponse.Write(context, entry.Name, called, command.Status, status);
                    }
                }
            }
        }

        Tell(entry => Array.Exists(patterns, pattern => MailboxPattern.Matches(pattern, entry.Name.Value)), null);
        if (context.Options.PrefixAlias is { } alias && patterns.Select(alias.RealPattern).OfType<string>().ToArray() is { Length: > 0 } aliased)
        {
            Tell(entry => alias.Tells(entry.Name) && Array.Exists(aliased, pattern => MailboxPattern.Matches(pattern, entry.Name.Value)), alias);
        }

        return CommandResult.Ok("LIST completed");
    }

    /// <summary>
    /// Looked up before the LIST response is written, which has to say when a mailbox cannot be selected (RFC 9051 §6.3.9.2).
    /// </summary>
    private static MailboxStatus? TryLook(CommandContext context, ListCommand command, MailboxName name, out bool canBeSelected)
    {
        canBeSelected = true;
        try
        {
            return StatusResponse.Look(context, name, command.Status);
        }
        catch (StoreException error)
        {
            // Whatever else is wrong with it, it is listed without a STATUS response.
            canBeSelected = error.Error is not (StoreError.NonExistent or StoreError.NoPermission);
            return null;
        }
    }

    private static string ChildInfo(ListSelection selection) =>
        (selection.HasFlag(ListSelection.Subscribed), selection.HasFlag(ListSelection.SpecialUse)) switch
        {
            (true, true) => "\"SUBSCRIBED\" \"SPECIAL-USE\"",
            (false, true) => "\"SPECIAL-USE\"",
            _ => "\"SUBSCRIBED\"",
        };
}
