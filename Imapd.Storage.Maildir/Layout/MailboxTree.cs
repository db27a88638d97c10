using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Change;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>The names of a tree's mailboxes: what there is, and making, removing and renaming.</summary>
/// <param name="tree">The tree.</param>
internal sealed class MailboxTree(TreeRoot tree)
{
    /// <summary>All entries, INBOX first, then by name.</summary>
    public IReadOnlyList<MailboxEntry> List()
    {
        MailboxListing listing = tree.Layout.List();
        Dictionary<MailboxName, SpecialUse> uses = SpecialUses.Read(tree).Among([.. listing.Directories.Keys]);
        return
        [
            .. listing.Names
                .OrderBy(static name => name.IsInbox ? 0 : 1)
                .ThenBy(static name => name.Value, StringComparer.Ordinal)
                .Select(name => Entry(listing, name, uses.GetValueOrDefault(name)))
        ];
    }

    /// <summary>One entry; null when there is neither such a mailbox nor one below.</summary>
    public MailboxEntry? Find(MailboxName name)
    {
        MailboxListing listing = tree.Layout.List();
        return listing.Has(name)
            ? Entry(listing, name, SpecialUses.Read(tree).Of(name, [.. listing.Directories.Keys]))
            : null;
    }

    /// <summary>Makes a mailbox. Durable on return.</summary>
    public void Create(MailboxName name, SpecialUse use)
    {
        using MailboxLock held = tree.LockNames();
        if (tree.Locate(name) is not null)
        {
            throw new StoreException(StoreError.AlreadyExists, "There is such a mailbox already");
        }

        MailboxListing listing = tree.Layout.List();
        SpecialUses uses = SpecialUses.Read(tree);
        if (use != SpecialUse.None)
        {
            uses.EnsureReadable();
        }

        if (use != SpecialUse.None && uses.IsTaken(use, [.. listing.Directories.Keys]))
        {
            throw new StoreException(StoreError.UseTaken, "Another mailbox is for that use");
        }

        MailboxMaker.Make(tree, tree.Layout.DirectoryOf(name, listing.Form));
        if (use != SpecialUse.None)
        {
            uses.Say(tree.Directory, name, use);
        }
        else
        {
            uses.Forget(tree.Directory, name);
        }
    }

    /// <summary>Makes a mailbox for a use that none has, neither by what was said of one nor by its name. Durable on return.</summary>
    /// <returns>False: there is one for it, or one of this name.</returns>
    public bool Provide(MailboxName name, SpecialUse use)
    {
        using MailboxLock held = tree.LockNames();
        MailboxListing listing = tree.Layout.List();
        SpecialUses uses = SpecialUses.Read(tree);
        uses.EnsureReadable();
        if (listing.Directories.ContainsKey(name) || uses.Among([.. listing.Directories.Keys]).ContainsValue(use))
        {
            return false;
        }

        MailboxMaker.Make(tree, tree.Layout.DirectoryOf(name, listing.Form));
        uses.Say(tree.Directory, name, use);
        return true;
    }

    /// <summary>Removes a mailbox and its messages. Durable on return.</summary>
    public void Delete(MailboxName name)
    {
        if (name.IsInbox)
        {
            throw new StoreException(StoreError.Cannot, "INBOX cannot be deleted");
        }

        using MailboxLock held = tree.LockNames();
        string directory = tree.Locate(name) ?? throw NotThere(tree.Layout.List(), name);
        MailboxRemover.Remove(tree, directory);
        SpecialUses.Read(tree).Forget(tree.Directory, name);
    }

    /// <summary>Renames a mailbox and all below it; of INBOX, moves the messages. Durable on return.</summary>
    public void Rename(MailboxName from, MailboxName to)
    {
        using MailboxLock held = tree.LockNames();
        MailboxListing listing = tree.Layout.List();
        if (listing.Directories.ContainsKey(to) || to.IsInbox)
        {
            throw new StoreException(StoreError.AlreadyExists, "There is such a mailbox already");
        }

        if (from.IsInbox)
        {
            MoveInbox(to, listing.Form);
            return;
        }

        if (to.IsBelow(from))
        {
            throw new StoreException(StoreError.Cannot, "A mailbox cannot be moved below itself");
        }

        List<MailboxName> moving = listing.Under(from);
        if (moving.Count == 0)
        {
            throw NotThere(listing, from);
        }

        if (moving.Exists(name => listing.Directories.ContainsKey(name.Rebase(from, to))))
        {
            throw new StoreException(StoreError.AlreadyExists, "A mailbox below it would meet another one");
        }

        tree.Layout.Move(listing, from, to);
        SpecialUses.Read(tree).Follow(tree.Directory, from, to);
    }

    private static MailboxEntry Entry(MailboxListing listing, MailboxName name, SpecialUse use) =>
        new(name, listing.Directories.ContainsKey(name), listing.HasChildren(name), use);

    private static StoreException NotThere(MailboxListing listing, MailboxName name) => listing.HasChildren(name)
        ? new StoreException(StoreError.HasChildren, "It is only the name above other mailboxes")
        : new StoreException(StoreError.NonExistent, "There is no such mailbox");

    private void MoveInbox(MailboxName to, NameForm form)
    {
        MailboxMaker.Make(tree, tree.Layout.DirectoryOf(to, form));
        using Mailbox inbox = Mailbox.Open(tree, MailboxName.Inbox, isReadOnly: false, isWatched: false);
        MailboxState state = inbox.State;
        inbox.Move([.. Enumerable.Range(0, state.Count).Select(state.UidAt)], to);
    }
}
