namespace Imapd.Storage.Maildir.Import;

/// <summary>How lines of a message that begin with <c>From </c> were written to an mbox, and are taken out of it again.</summary>
public enum MboxQuoting
{
    /// <summary>One <c>&gt;</c> before any number of others and <c>From </c>.</summary>
    Mboxrd,

    /// <summary>One <c>&gt;</c> before <c>From </c>, and none before what had one already.</summary>
    Mboxo,

    /// <summary>Nothing is taken away.</summary>
    None,
}
