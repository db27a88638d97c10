using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Import;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir;

/// <summary>A user's mail: the mailboxes of one Maildir++ tree, their names and the subscriptions.</summary>
public sealed class MailStore : IDisposable
{
    private readonly TreeRoot _tree;
    private readonly MailboxTree _names;
    private readonly Subscriptions _subscriptions;

    private MailStore(TreeRoot tree)
    {
        _tree = tree;
        _names = new MailboxTree(tree);
        _subscriptions = new Subscriptions(tree);
    }

    /// <summary>What it was opened with.</summary>
    public StoreOptions Options => _tree.Options;

    /// <summary>Opens the tree and makes it, INBOX alone, when it is not there (mode 0700, its parents not).</summary>
    /// <exception cref="StoreException">It is no directory, leads nowhere, or may not be read or made.</exception>
    public static MailStore Open(StoreOptions options) => Translated(() =>
    {
        TreeRoot tree = TreeRoot.Open(options);
        try
        {
            EnsureInbox(tree);
            return new MailStore(tree);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    });

    /// <summary>
    /// The mailboxes there are and the names above them that are none themselves, INBOX first, then by name. One pass over
    /// the names; no mailbox is looked into.
    /// </summary>
    public IReadOnlyList<MailboxEntry> List() => Translated(_names.List);

    /// <summary>One entry of <see cref="List"/>; null when neither it nor anything below it exists.</summary>
    public MailboxEntry? Find(MailboxName name) => Translated(() => _names.Find(name));

    /// <summary>Whether there is such a mailbox: one stat for most names.</summary>
    public bool Exists(MailboxName name) => Translated(() => _tree.Locate(name) is not null);

    /// <summary>CREATE (RFC 9051 §6.3.4) with the use of RFC 6154 §3. Durable on return.</summary>
    /// <remarks>Names above it are not made into mailboxes: they are <c>\NonExistent</c>.</remarks>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.AlreadyExists"/>; <see cref="StoreError.Cannot"/> when another mailbox was made for that use, or
    /// the layout has no place for the name.
    /// </exception>
    public void Create(MailboxName name, SpecialUse use) => Translated(() => _names.Create(name, use));

    /// <summary>Makes a mailbox for a use (RFC 6154 §2) unless one has it already, or is called so. Durable on return.</summary>
    /// <returns>Whether it was made.</returns>
    public bool Provide(MailboxName name, SpecialUse use) => Translated(() => _names.Provide(name, use));

    /// <summary>DELETE (RFC 9051 §6.3.5): its messages go; mailboxes below it stay. Durable on return.</summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.NonExistent"/>; <see cref="StoreError.HasChildren"/> when it is only the name above others;
    /// <see cref="StoreError.Cannot"/> for INBOX.
    /// </exception>
    public void Delete(MailboxName name) => Translated(() => _names.Delete(name));

    /// <summary>
    /// RENAME (RFC 9051 §6.3.6): the mailbox and all below it; of INBOX only the messages, into a new mailbox. Durable on
    /// return.
    /// </summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.NonExistent"/>; <see cref="StoreError.AlreadyExists"/>, also when a mailbox below it would meet
    /// another; <see cref="StoreError.Cannot"/> into itself.
    /// </exception>
    public void Rename(MailboxName from, MailboxName to) => Translated(() => _names.Rename(from, to));

    /// <summary>The names subscribed to, whether mailboxes or not, INBOX first, then by name.</summary>
    public IReadOnlyList<MailboxName> Subscriptions() => Translated(_subscriptions.List);

    /// <summary>Adds a name to the subscriptions; one that is there already is no error. Durable on return.</summary>
    public void Subscribe(MailboxName name) => Translated(() => _subscriptions.Change(file => file.Add(name)));

    /// <summary>Takes a name from the subscriptions; one that is not there is no error. Durable on return.</summary>
    public void Unsubscribe(MailboxName name) => Translated(() => _subscriptions.Change(file => file.Remove(name)));

    /// <summary>As <see cref="Status(MailboxName, bool)"/>, octets counted.</summary>
    public MailboxStatus Status(MailboxName name) => Status(name, true);

    /// <summary>STATUS (RFC 9051 §6.3.11): new messages are given UIDs, and stay new.</summary>
    /// <param name="name">The mailbox.</param>
    /// <param name="countOctets">Whether SIZE was asked for: messages without <c>W=</c> in their names are read for it.</param>
    /// <exception cref="StoreException"><see cref="StoreError.NonExistent"/> and what reading a mailbox may bring.</exception>
    public MailboxStatus Status(MailboxName name, bool countOctets)
    {
        if (Translated(() => StatusLook.Try(_tree, name, countOctets)) is { } known)
        {
            return known;
        }

        using Mailbox mailbox = Translated(() => Mailbox.Open(_tree, name, isReadOnly: true, isWatched: false));
        IndexSummary summary = mailbox.Summary;
        return new MailboxStatus(
            summary.Messages,
            summary.InNew,
            new Uid(summary.NextUid),
            mailbox.State.UidValidity,
            summary.Unseen,
            summary.Deleted,
            countOctets ? mailbox.CountOctets() : 0,
            new ModSeq(summary.HighestModSeq),
            mailbox.State.MailboxId);
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

    /// <summary>
    /// Brings the messages of an mbox into a mailbox, with their flags, dates and, where the mailbox has given no UID yet, UIDs. Durable
    /// on return; stopped or failed, it can be run again and adds what is missing.
    /// </summary>
    /// <param name="name">The mailbox; it is made when there is none.</param>
    /// <param name="mbox">The mbox, read to its end once.</param>
    /// <param name="quoting">How lines were quoted in it.</param>
    /// <exception cref="StoreException"><see cref="StoreError.Cannot"/>: it is no mbox; and what adding messages may bring.</exception>
    /// <exception cref="IOException">The mbox cannot be read.</exception>
    public ImportResult Import(MailboxName name, Stream mbox, MboxQuoting quoting)
    {
        var reader = new MboxReader(mbox, quoting);
        _ = reader.TryBegin(out _); // what is no mbox makes no mailbox
        if (!Exists(name))
        {
            Create(name, SpecialUse.None);
        }

        return Translated(() => MboxImport.Run(_tree, name, reader));
    }

    /// <inheritdoc />
    public void Dispose() => _tree.Dispose();

    private static void EnsureInbox(TreeRoot tree)
    {
        try
        {
            MailboxFiles.Open(tree, MailboxName.Inbox).Dispose();
        }
        catch (UnixException error) when (error.Errno is Errno.EACCES or Errno.EPERM)
        {
            // The user can still get at the other mailboxes, and is told when he selects this one.
        }
    }

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
}
