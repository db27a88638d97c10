using Imapd.Protocol.Values;

namespace Imapd.Storage.Maildir;

/// <summary>A user's mail: the mailboxes of one Maildir++ tree, their names and the subscriptions.</summary>
public sealed class MailStore : IDisposable
{
    private MailStore(StoreOptions options) => Options = options;

    /// <summary>What it was opened with.</summary>
    public StoreOptions Options { get; }

    /// <summary>Opens the tree and makes it, INBOX alone, when it is not there (mode 0700, its parents not).</summary>
    /// <exception cref="StoreException">It is no directory, leads nowhere, or may not be read or made.</exception>
    public static MailStore Open(StoreOptions options) => new(options);

    /// <summary>
    /// The mailboxes there are and the names above them that are none themselves, INBOX first, then by name.
    /// </summary>
    public IReadOnlyList<MailboxEntry> List() => throw new NotImplementedException();

    /// <summary>One entry of <see cref="List"/>; null when neither it nor anything below it exists.</summary>
    public MailboxEntry? Find(MailboxName name) => throw new NotImplementedException();

    /// <summary>CREATE (RFC 9051 §6.3.4) with the use of RFC 6154 §3. Durable on return.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.AlreadyExists"/>, or another mailbox has the use (<see cref="StoreError.Cannot"/>).</exception>
    public void Create(MailboxName name, SpecialUse use) => throw new NotImplementedException();

    /// <summary>DELETE (RFC 9051 §6.3.5): its messages go; mailboxes below it stay. Durable on return.</summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.NonExistent"/>; <see cref="StoreError.HasChildren"/> when it is only the name above others;
    /// <see cref="StoreError.Cannot"/> for INBOX.
    /// </exception>
    public void Delete(MailboxName name) => throw new NotImplementedException();

    /// <summary>
    /// RENAME (RFC 9051 §6.3.6): the mailbox and all below it; of INBOX only the messages, into a new mailbox. Durable on return.
    /// </summary>
    /// <exception cref="StoreException"><see cref="StoreError.NonExistent"/>, <see cref="StoreError.AlreadyExists"/>, <see cref="StoreError.Cannot"/> into itself.</exception>
    public void Rename(MailboxName from, MailboxName to) => throw new NotImplementedException();

    /// <summary>The names subscribed to, whether mailboxes or not, INBOX first, then by name.</summary>
    public IReadOnlyList<MailboxName> Subscriptions() => throw new NotImplementedException();

    /// <summary>Adds a name to the subscriptions; one that is there already is no error. Durable on return.</summary>
    public void Subscribe(MailboxName name) => throw new NotImplementedException();

    /// <summary>Takes a name from the subscriptions; one that is not there is no error. Durable on return.</summary>
    public void Unsubscribe(MailboxName name) => throw new NotImplementedException();

    /// <summary>As <see cref="Status(MailboxName, bool)"/>, octets counted.</summary>
    public MailboxStatus Status(MailboxName name) => Status(name, true);

    /// <summary>STATUS (RFC 9051 §6.3.11): new messages are given UIDs, and stay new.</summary>
    /// <param name="name">The mailbox.</param>
    /// <param name="countOctets">Whether SIZE was asked for: messages without <c>W=</c> in their names are read for it.</param>
    /// <exception cref="StoreException"><see cref="StoreError.NonExistent"/> and what reading a mailbox may bring.</exception>
    public MailboxStatus Status(MailboxName name, bool countOctets) => throw new NotImplementedException();

    /// <summary>Opens a mailbox for SELECT or EXAMINE (RFC 9051 §6.3.2, §6.3.3) and looks at it once.</summary>
    /// <param name="name">The mailbox.</param>
    /// <param name="readOnly">EXAMINE: nothing the user can see is changed, and messages in <c>new/</c> stay there.</param>
    /// <exception cref="StoreException"><see cref="StoreError.NonExistent"/> and what reading a mailbox may bring.</exception>
    public Mailbox Select(MailboxName name, bool readOnly) => throw new NotImplementedException();

    /// <summary>Begins adding messages to a mailbox; nothing is there before <see cref="AppendBatch.Commit"/>.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.NonExistent"/>: the client gets <c>TRYCREATE</c>.</exception>
    public AppendBatch BeginAppend(MailboxName name) => throw new NotImplementedException();

    /// <inheritdoc />
    public void Dispose()
    {
    }
}
