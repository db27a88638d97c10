namespace Imapd.Storage.Maildir.Watch;

/// <summary>Which of a mailbox's directories an event is about.</summary>
internal enum WatchedPart
{
    /// <summary><c>new/</c>.</summary>
    New,

    /// <summary><c>cur/</c>.</summary>
    Cur,

    /// <summary>The mailbox's own directory, where the lists are.</summary>
    Mailbox,
}
