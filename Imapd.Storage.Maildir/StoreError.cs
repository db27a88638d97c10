namespace Imapd.Storage.Maildir;

/// <summary>Why the store cannot do what was asked; each has its response code (RFC 5530, RFC 9051 §7.1).</summary>
public enum StoreError
{
    /// <summary>There is no such mailbox: <c>NONEXISTENT</c>, or <c>TRYCREATE</c> where a message was to go there.</summary>
    NonExistent,

    /// <summary>There already is such a mailbox: <c>ALREADYEXISTS</c>.</summary>
    AlreadyExists,

    /// <summary>It can never be done with this name or this message: <c>CANNOT</c>.</summary>
    Cannot,

    /// <summary>The special use belongs to another mailbox: <c>USEATTR</c> (RFC 6154 §3).</summary>
    UseTaken,

    /// <summary>The file system does not permit it to this user: <c>NOPERM</c>.</summary>
    NoPermission,

    /// <summary>The disk is full or the quota used up: <c>OVERQUOTA</c>.</summary>
    OverQuota,

    /// <summary>A limit of this server or of the format is reached: <c>LIMIT</c>.</summary>
    Limit,

    /// <summary>Another program holds the mailbox's lock for too long: <c>INUSE</c>.</summary>
    InUse,

    /// <summary>It has mailboxes below it and is none itself: <c>HASCHILDREN</c>.</summary>
    HasChildren,

    /// <summary>A message that was named is gone: <c>EXPUNGEISSUED</c>.</summary>
    ExpungeIssued,

    /// <summary>The file system is read-only, or the mailbox was opened so: <c>READ-ONLY</c>.</summary>
    ReadOnly,

    /// <summary>The message is larger than this server takes: <c>TOOBIG</c>.</summary>
    TooBig,

    /// <summary>It may work later: <c>UNAVAILABLE</c>.</summary>
    Unavailable,

    /// <summary>What is on the disk cannot be made sense of: <c>CORRUPTION</c>.</summary>
    Corruption,
}
