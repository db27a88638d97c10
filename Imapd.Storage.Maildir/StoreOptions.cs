namespace Imapd.Storage.Maildir;

/// <summary>Where a user's mail is and how patient the store is.</summary>
public sealed record StoreOptions
{
    /// <summary>The root, an absolute path: INBOX is there, the other mailboxes are directories in it.</summary>
    public required string Root { get; init; }

    /// <summary>Where in the root the other mailboxes are.</summary>
    public MailboxLayout Layout { get; init; }

    /// <summary>This host's name as it stands in message file names and in lock files; one that no other host has.</summary>
    public required string HostName { get; init; }

    /// <summary>The longest wait for a mailbox's lock, in seconds, before <see cref="StoreError.InUse"/>.</summary>
    public int LockWaitSeconds { get; init; } = 30;

    /// <summary>
    /// The age in seconds at which a <c>dovecot-uidlist.lock</c> is taken for one left behind by a crash. Dovecot's own
    /// value: shorter would break into a slow host's critical section.
    /// </summary>
    public int StaleLockSeconds { get; init; } = 120;

    /// <summary>The most octets of one message, in wire form; 0 for no limit.</summary>
    public long MaxMessageOctets { get; init; }

    /// <summary>
    /// Told, one line each, what an administrator should know of: an index that had to be made anew, a file that was renamed.
    /// Called on the thread that uses the store. Lines name no message content; null when nobody wants to know.
    /// </summary>
    public Action<string>? Log { get; init; }
}
