using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Worker.Fetch;
using Imapd.Worker.Selected;

namespace Imapd.Worker.Search;

/// <summary>
/// What criteria ask about a message, each looked up at the first question. One for a whole search: it goes from message
/// to message, and a search by flags alone makes no object per message.
/// </summary>
internal sealed class MessageProbe(SelectedMailbox selected, TextSearch? texts) : IDisposable
{
    private readonly MailboxState _state = selected.State;
    private int _index = -1;
    private MessageFile? _file;
    private DateTimeOffset? _internalDate;
    private IReadOnlyList<SearchableField>? _fields;
    private bool _areTextsSearched;

    /// <summary>The message's number, as the client counts.</summary>
    public SeqNum Number { get; private set; }

    /// <summary>The message's UID.</summary>
    public Uid Uid { get; private set; }

    /// <summary>Its flags.</summary>
    public MessageFlags Flags => _state.FlagsAt(_index);

    /// <summary>Whether it bears <c>\Recent</c> in this session.</summary>
    public bool IsRecent => selected.IsRecent(Uid);

    /// <summary>Its size on the wire.</summary>
    /// <exception cref="StoreException">ExpungeIssued: it is gone.</exception>
    public long WireOctets => selected.Mailbox.WireOctets(Uid);

    /// <summary>Its internal date in the server's time zone, the one that INTERNALDATE is told in.</summary>
    /// <exception cref="StoreException">ExpungeIssued: it is gone.</exception>
    public DateTimeOffset InternalDate => _internalDate ??= selected.Mailbox.InternalDate(Uid).ToLocalTime();

    /// <summary>The fields of its header.</summary>
    /// <exception cref="StoreException">It is gone or cannot be read.</exception>
    public IReadOnlyList<SearchableField> Fields => _fields ??= SearchableField.ReadAll(MessageHeader.Read(File).Header);

    private MessageFile File => _file ??= selected.Mailbox.Open(Uid);

    /// <summary>Goes on to another message.</summary>
    /// <returns>False when the message is known to be gone; then nothing may be asked.</returns>
    public bool MoveTo(SeqNum number)
    {
        Dispose();
        _internalDate = null;
        _fields = null;
        _areTextsSearched = false;
        Number = number;
        Uid = selected.Numbering.UidOf(number);
        bool isNext = _index + 1 < _state.Count && _state.UidAt(_index + 1) == Uid;
        int index = isNext ? _index + 1 : _state.IndexOf(Uid);
        _index = Math.Max(index, -1);
        return index >= 0;
    }

    /// <summary>Whether a string of the search's is in the message's texts. All are looked for at the first question.</summary>
    /// <exception cref="StoreException">The message is gone or cannot be read.</exception>
    public bool HasNeedle(int needle)
    {
        if (!_areTextsSearched)
        {
            texts!.Search(File);
            _areTextsSearched = true;
        }

        return texts!.IsFound(needle);
    }

    /// <summary>Closes the message's file.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }
}
