namespace Imapd.Bench.Mail;

/// <summary>The kinds of mail that lines need; each server has its own copy of each.</summary>
internal enum MailSet
{
    /// <summary>An empty INBOX.</summary>
    None,

    /// <summary>The realistic mix, never changed.</summary>
    Mix,

    /// <summary>The same messages, for commands that change.</summary>
    Work,

    /// <summary>Many small messages.</summary>
    Flat,

    /// <summary>Very many small messages: hard links to a few files, because nothing reads them.</summary>
    Huge,

    /// <summary>One large message.</summary>
    Large,

    /// <summary>Many mailboxes of ten messages each.</summary>
    Lists,

    /// <summary>A few messages, and a delivery now and then.</summary>
    Drop,

    /// <summary>An INBOX of the mix for every user of the crowd.</summary>
    Crowd,
}
