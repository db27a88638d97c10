using Imapd.Protocol.Values;

namespace Imapd.Storage.Maildir;

/// <summary>One session's open mailbox. Used by one thread at a time; other sessions have their own.</summary>
public sealed class Mailbox : IDisposable
{
    internal Mailbox(MailboxName name, bool isReadOnly)
    {
        Name = name;
        IsReadOnly = isReadOnly;
    }

    /// <summary>The name it was opened by; after a RENAME elsewhere the same messages are still served.</summary>
    public MailboxName Name { get; }

    /// <summary>Whether it was opened by EXAMINE: flags and messages cannot be changed through it.</summary>
    public bool IsReadOnly { get; }

    /// <summary>An immutable picture of the mailbox as of the last look.</summary>
    public MailboxState State => throw new NotImplementedException();

    /// <summary>
    /// A descriptor to poll(2) for reading: readable when something may have changed. -1 when there is none to be had;
    /// then <see cref="Refresh"/> every 30 seconds.
    /// </summary>
    public int WatchDescriptor => throw new NotImplementedException();

    /// <summary>Looks at the disk: new messages get UIDs and, in a read-write session, move to <c>cur/</c>.</summary>
    /// <returns>The same instance as before when nothing has changed.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.NonExistent"/> when the mailbox was deleted.</exception>
    public MailboxState Refresh() => throw new NotImplementedException();

    /// <summary>Reads away what <see cref="WatchDescriptor"/> has to say; call it before <see cref="Refresh"/>.</summary>
    public void DrainWatch() => throw new NotImplementedException();

    /// <summary>Opens a message for reading.</summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.ExpungeIssued"/> when it is gone, after one search under another name.
    /// </exception>
    public MessageFile Open(Uid uid) => throw new NotImplementedException();

    /// <summary>When the message arrived (RFC 9051 §2.3.3), in UTC, to the second.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ExpungeIssued"/> when it is gone.</exception>
    public DateTimeOffset InternalDate(Uid uid) => throw new NotImplementedException();

    /// <summary>The message's size as it is sent (RFC822.SIZE, RFC 9051 §2.3.4).</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ExpungeIssued"/> when it is gone.</exception>
    public long WireOctets(Uid uid) => throw new NotImplementedException();

    /// <summary>Changes flags of messages; those that are gone are passed over. On return the files bear the new names.</summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.ReadOnly"/>; <see cref="StoreError.Limit"/> when the 26 letters for keywords are used up: nothing was changed then.
    /// </exception>
    public MailboxState ChangeFlags(IReadOnlyList<Uid> uids, FlagChange change) => throw new NotImplementedException();

    /// <summary>Removes the messages that have <c>\Deleted</c>. Durable on return.</summary>
    /// <param name="among">Only these; null for all.</param>
    /// <exception cref="StoreException"><see cref="StoreError.ReadOnly"/> and what unlinking may bring.</exception>
    public MailboxState Expunge(IReadOnlyList<Uid>? among) => throw new NotImplementedException();

    /// <summary>Copies messages, all or none, with flags, keywords by name and internal date. Durable on return.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.NonExistent"/>: there is no destination (<c>TRYCREATE</c>).</exception>
    public CopyResult Copy(IReadOnlyList<Uid> uids, MailboxName to) => throw new NotImplementedException();

    /// <summary>Copies messages and then removes them here (RFC 9051 §6.4.8). Durable on return.</summary>
    /// <exception cref="StoreException">As for <see cref="Copy"/>; <see cref="StoreError.ReadOnly"/>.</exception>
    public CopyResult Move(IReadOnlyList<Uid> uids, MailboxName to) => throw new NotImplementedException();

    /// <inheritdoc />
    public void Dispose()
    {
    }
}
