using Imapd.Protocol.Handoff;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Session;

/// <summary>Makes the mailboxes for special uses (RFC 6154) that the administrator wants everybody to have.</summary>
internal static class AutoMailboxes
{
    /// <summary>
    /// Makes those whose use no mailbox has, be it by what CREATE said or by its name. Costs one listing when there is nothing
    /// to do. Durable on return.
    /// </summary>
    /// <param name="store">The user's mail.</param>
    /// <param name="wanted">The mailboxes.</param>
    /// <param name="log">Told of one that cannot be made; the session is had without it.</param>
    public static void Make(MailStore store, IReadOnlyList<AutoMailbox> wanted, Action<string> log)
    {
        if (wanted.Count == 0)
        {
            return;
        }
        try
        {
            HashSet<SpecialUse> present = [.. store.List().Select(static entry => entry.Use)];
            foreach (AutoMailbox mailbox in wanted)
            {
                if (!present.Contains(UseOf(mailbox)))
                {
                    Make(store, mailbox, log);
                }
            }
        }
        catch (StoreException error)
        {
            log($"the mailboxes cannot be listed to see which are missing: {error.Message}");
        }
    }

    private static void Make(MailStore store, AutoMailbox mailbox, Action<string> log)
    {
        try
        {
            if (!MailboxName.TryCreate(mailbox.Name, out MailboxName? name, out string? why))
            {
                throw new StoreException(StoreError.Cannot, why ?? "it is no name");
            }

            if (store.Exists(name!))
            {
                return; // the user has it for something else
            }

            // In this order a crash between the two leaves something to do for the next login.
            if (mailbox.IsSubscribed)
            {
                store.Subscribe(name!);
            }
            _ = store.Provide(name!, UseOf(mailbox));
        }
        catch (StoreException error)
        {
            log($"the mailbox {mailbox.Name} for {mailbox.Use} cannot be made: {error.Message}");
        }
    }

    private static SpecialUse UseOf(AutoMailbox mailbox) => mailbox.Use switch
    {
        "archive" => SpecialUse.Archive,
        "drafts" => SpecialUse.Drafts,
        "junk" => SpecialUse.Junk,
        "sent" => SpecialUse.Sent,
        _ => SpecialUse.Trash,
    };
}
