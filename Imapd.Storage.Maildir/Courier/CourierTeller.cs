using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Courier;

/// <summary>
/// Tells Courier of changed keywords, in a mailbox that Courier has served, so that it knows them when it serves it again. The
/// caller holds the mailbox's lock.
/// </summary>
internal sealed class CourierTeller : IDisposable
{
    private readonly DirectoryHandle _keywords;
    private readonly MailboxFiles _files;
    private readonly bool _isKnown;

    private CourierTeller(DirectoryHandle keywords, MailboxFiles files)
    {
        _keywords = keywords;
        _files = files;
        _isKnown = CourierKeywords.IsKnown(keywords);
    }

    /// <summary>Begins; null in a mailbox that Courier has not served.</summary>
    public static CourierTeller? Begin(MailboxFiles files) =>
        CourierKeywords.Open(files.Directory) is { } keywords ? new CourierTeller(keywords, files) : null;

    /// <summary>Tells of one message.</summary>
    /// <param name="name">Its name now.</param>
    /// <param name="table">Which letter in it is which keyword.</param>
    public void Tell(string name, KeywordTable table)
    {
        uint places = table.PlacesOf(MessageName.KeywordLetters(name));
        CourierKeywords.Tell(_keywords, _files, name, table.Names.Where((_, place) => (places & (1u << place)) != 0));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_isKnown)
        {
            CourierKeywords.MarkKnown(_keywords);
        }

        _keywords.Dispose();
    }
}
