namespace Imapd.Storage.Maildir;

/// <summary>Where in a tree the mailboxes are.</summary>
public enum MailboxLayout
{
    /// <summary>Maildir++: <c>Lists/imap</c> is the directory <c>.Lists.imap</c> in the root.</summary>
    MaildirPlusPlus,

    /// <summary>Dovecot's <c>LAYOUT=fs</c>: <c>Lists/imap</c> is the directory <c>Lists/imap</c> in the root.</summary>
    Fs,
}
