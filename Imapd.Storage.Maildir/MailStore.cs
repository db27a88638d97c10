using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Change;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir;

/// <summary>A user's mail: the mailboxes of one Maildir++ tree, their names and the subscriptions.</summary>
public sealed class MailStore : IDisposable
{
    private const long MaxSubscriptionOctets = 16 << 20;

    private readonly TreeRoot _tree;

    private MailStore(TreeRoot tree) => _tree = tree;

    /// <summary>What it was opened with.</summary>
    public StoreOptions Options => _tree.Options;

    /// <summary>Opens the tree and makes it, INBOX alone, when it is not there (mode 0700, its parents not).</summary>
    /// <exception cref="StoreException">It is no directory, leads nowhere, or may not be read or made.</exception>
    public static MailStore Open(StoreOptions options) => Translated(() =>
    {
        TreeRoot tree = TreeRoot.Open(options);
        try
        {
            MailboxFiles.Open(tree, MailboxName.Inbox).Dispose();
            return new MailStore(tree);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    });

    /// <summary>
    /// The mailboxes there are and the names above them that are none themselves, INBOX first, then by name.
    /// </summary>
    public IReadOnlyList<MailboxEntry> List() => Translated(() =>
    {
        Dictionary<MailboxName, string> mailboxes = _tree.Mailboxes();
        Dictionary<MailboxName, SpecialUse> uses = SpecialUses.Read(_tree.Directory).Among(mailboxes.Keys);
        var parents = new HashSet<MailboxName>();
        foreach (MailboxName name in mailboxes.Keys)
        {
            for (MailboxName? parent = name.Parent; parent is not null && parents.Add(parent); parent = parent.Parent)
            {
            }
        }

        return mailboxes.Keys.Union(parents)
            .OrderBy(static name => name.IsInbox ? 0 : 1)
            .ThenBy(static name => name.Value, StringComparer.Ordinal)
            .Select(name => new MailboxEntry(
                name, mailboxes.ContainsKey(name), parents.Contains(name), uses.GetValueOrDefault(name)))
            .ToList();
    });

    /// <summary>One entry of <see cref="List"/>; null when neither it nor anything below it exists.</summary>
    public MailboxEntry? Find(MailboxName name) => List().FirstOrDefault(entry => entry.Name == name);

    /// <summary>CREATE (RFC 9051 §6.3.4) with the use of RFC 6154 §3. Durable on return.</summary>
    /// <remarks>Names above it are not made into mailboxes: Maildir++ has them as <c>\NonExistent</c>.</remarks>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.AlreadyExists"/>; <see cref="StoreError.Cannot"/> when another mailbox was made for that use.
    /// </exception>
    public void Create(MailboxName name, SpecialUse use) => Translated(() =>
    {
        using MailboxLock held = _tree.LockNames();
        if (_tree.Locate(name) is not null)
        {
            throw new StoreException(StoreError.AlreadyExists, "There is such a mailbox already");
        }

        SpecialUses uses = SpecialUses.Read(_tree.Directory);
        if (use != SpecialUse.None && uses.IsTaken(use, _tree.Mailboxes().Keys))
        {
            throw new StoreException(StoreError.Cannot, "Another mailbox is for that use");
        }

        MailboxMaker.Make(_tree, name);
        if (use != SpecialUse.None)
        {
            uses.Say(_tree.Directory, name, use);
        }
        else
        {
            uses.Forget(_tree.Directory, name);
        }
    });

    /// <summary>DELETE (RFC 9051 §6.3.5): its messages go; mailboxes below it stay. Durable on return.</summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.NonExistent"/>; <see cref="StoreError.HasChildren"/> when it is only the name above others;
    /// <see cref="StoreError.Cannot"/> for INBOX.
    /// </exception>
    public void Delete(MailboxName name) => Translated(() =>
    {
        if (name.IsInbox)
        {
            throw new StoreException(StoreError.Cannot, "INBOX cannot be deleted");
        }

        using MailboxLock held = _tree.LockNames();
        string directoryName = _tree.Locate(name) ?? throw NotThere(name);
        MailboxRemover.Remove(_tree, directoryName);
        SpecialUses.Read(_tree.Directory).Forget(_tree.Directory, name);
    });

    /// <summary>
    /// RENAME (RFC 9051 §6.3.6): the mailbox and all below it; of INBOX only the messages, into a new mailbox. Durable on
    /// return.
    /// </summary>
    /// <remarks>
    /// Each directory is renamed by itself, parents first; each keeps its UIDVALIDITY, which no other mailbox of the tree
    /// has. Power fails in between: some have the new name, the others the old; every one is whole.
    /// </remarks>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.NonExistent"/>; <see cref="StoreError.AlreadyExists"/>, also when a mailbox below it would meet
    /// another; <see cref="StoreError.Cannot"/> into itself.
    /// </exception>
    public void Rename(MailboxName from, MailboxName to) => Translated(() =>
    {
        using MailboxLock held = _tree.LockNames();
        Dictionary<MailboxName, string> mailboxes = _tree.Mailboxes();
        if (mailboxes.ContainsKey(to) || to.IsInbox)
        {
            throw new StoreException(StoreError.AlreadyExists, "There is such a mailbox already");
        }

        if (from.IsInbox)
        {
            MoveInbox(to);
            return;
        }

        if (to.IsBelow(from))
        {
            throw new StoreException(StoreError.Cannot, "A mailbox cannot be moved below itself");
        }

        List<MailboxName> moving = [.. mailboxes.Keys
            .Where(name => name == from || name.IsBelow(from))
            .OrderBy(static name => name.Value, StringComparer.Ordinal)];
        if (moving.Count == 0)
        {
            throw NotThere(from);
        }

        if (moving.Exists(name => mailboxes.ContainsKey(name.Rebase(from, to))))
        {
            throw new StoreException(StoreError.AlreadyExists, "A mailbox below it would meet another one");
        }

        RenameDirectories(moving, mailboxes, from, to);
    });

    /// <summary>The names subscribed to, whether mailboxes or not, INBOX first, then by name.</summary>
    public IReadOnlyList<MailboxName> Subscriptions() => Translated(() => ReadSubscriptions().Names
        .OrderBy(static name => name.IsInbox ? 0 : 1)
        .ThenBy(static name => name.Value, StringComparer.Ordinal)
        .ToList());

    /// <summary>Adds a name to the subscriptions; one that is there already is no error. Durable on return.</summary>
    public void Subscribe(MailboxName name) => ChangeSubscriptions(file => file.Add(name));

    /// <summary>Takes a name from the subscriptions; one that is not there is no error. Durable on return.</summary>
    public void Unsubscribe(MailboxName name) => ChangeSubscriptions(file => file.Remove(name));

    /// <summary>As <see cref="Status(MailboxName, bool)"/>, octets counted.</summary>
    public MailboxStatus Status(MailboxName name) => Status(name, true);

    /// <summary>STATUS (RFC 9051 §6.3.11): new messages are given UIDs, and stay new.</summary>
    /// <param name="name">The mailbox.</param>
    /// <param name="countOctets">Whether SIZE was asked for: messages without <c>W=</c> in their names are read for it.</param>
    /// <exception cref="StoreException"><see cref="StoreError.NonExistent"/> and what reading a mailbox may bring.</exception>
    public MailboxStatus Status(MailboxName name, bool countOctets)
    {
        using Mailbox mailbox = Translated(() => Mailbox.Open(_tree, name, isReadOnly: true, isWatched: false));
        MailboxState state = mailbox.State;
        uint unseen = 0;
        uint deleted = 0;
        ulong octets = 0;
        for (int i = 0; i < state.Count; i++)
        {
            SystemFlags flags = state.FlagsAt(i).System;
            unseen += (flags & SystemFlags.Seen) == 0 ? 1u : 0;
            deleted += (flags & SystemFlags.Deleted) != 0 ? 1u : 0;
            octets += countOctets ? OctetsOf(mailbox, state.UidAt(i)) : 0;
        }

        return new MailboxStatus(
            (uint)state.Count,
            (uint)state.RecentCount,
            state.UidNext,
            state.UidValidity,
            unseen,
            deleted,
            octets,
            state.HighestModSeq,
            state.MailboxId);
    }

    /// <summary>Opens a mailbox for SELECT or EXAMINE (RFC 9051 §6.3.2, §6.3.3) and looks at it once.</summary>
    /// <param name="name">The mailbox.</param>
    /// <param name="readOnly">EXAMINE: nothing the user can see is changed, and messages in <c>new/</c> stay there.</param>
    /// <exception cref="StoreException"><see cref="StoreError.NonExistent"/> and what reading a mailbox may bring.</exception>
    public Mailbox Select(MailboxName name, bool readOnly) =>
        Translated(() => Mailbox.Open(_tree, name, readOnly, isWatched: true));

    /// <summary>Begins adding messages to a mailbox; nothing is there before <see cref="AppendBatch.Commit"/>.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.NonExistent"/>: the client gets <c>TRYCREATE</c>.</exception>
    public AppendBatch BeginAppend(MailboxName name) => Translated(() => new AppendBatch(MailboxFiles.Open(_tree, name)));

    /// <inheritdoc />
    public void Dispose() => _tree.Dispose();

    private static T Translated<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }

    private static void Translated(Action action) => Translated(() =>
    {
        action();
        return true;
    });

    private static ulong OctetsOf(Mailbox mailbox, Uid uid)
    {
        try
        {
            return (ulong)mailbox.WireOctets(uid);
        }
        catch (StoreException error) when (error.Error is StoreError.ExpungeIssued or StoreError.Cannot or StoreError.NoPermission)
        {
            // What cannot be read counts nothing; STATUS is not the place to fail because of one message.
            return 0;
        }
    }

    private StoreException NotThere(MailboxName name) => _tree.Mailboxes().Keys.Any(other => other.IsBelow(name))
        ? new StoreException(StoreError.HasChildren, "It is only the name above other mailboxes")
        : new StoreException(StoreError.NonExistent, "There is no such mailbox");

    private void RenameDirectories(
        List<MailboxName> moving, Dictionary<MailboxName, string> mailboxes, MailboxName from, MailboxName to)
    {
        DirectoryHandle root = _tree.Directory;
        string[] targets = [.. moving.Select(name => DirectoryName.Of(name.Rebase(from, to)))];
        if (targets.Any(static target => target.Length > 255))
        {
            throw new StoreException(StoreError.Cannot, "The mailbox name is too long for the file system");
        }

        for (int i = 0; i < moving.Count; i++)
        {
            Errno error = root.TryRenameNew(mailboxes[moving[i]], root, targets[i]);
            if (error != Errno.None)
            {
                for (int back = i - 1; back >= 0; back--)
                {
                    root.TryRenameNew(targets[back], root, mailboxes[moving[back]]);
                }

                throw new UnixException("renameat2", targets[i], error);
            }
        }

        root.Sync();
        SpecialUses.Read(root).Follow(root, from, to);
    }

    private void MoveInbox(MailboxName to)
    {
        MailboxMaker.Make(_tree, to);
        using Mailbox inbox = Mailbox.Open(_tree, MailboxName.Inbox, isReadOnly: false, isWatched: false);
        MailboxState state = inbox.State;
        inbox.Move([.. Enumerable.Range(0, state.Count).Select(state.UidAt)], to);
    }

    private SubscriptionFile ReadSubscriptions()
    {
        byte[]? text = SmallFile.Read(_tree.Directory, SubscriptionFile.FileName, MaxSubscriptionOctets);
        return SubscriptionFile.Parse(text is null ? null : Encoding.Latin1.GetString(text));
    }

    private void ChangeSubscriptions(Func<SubscriptionFile, bool> change) => Translated(() =>
    {
        using MailboxLock held = _tree.LockNames();
        SubscriptionFile file = ReadSubscriptions();
        if (change(file))
        {
            SmallFile.Replace(_tree.Directory, SubscriptionFile.FileName, file.ToText());
        }
    });
}
