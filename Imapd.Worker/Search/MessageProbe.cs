using Imapd.Protocol.Mime;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Cache;
using Imapd.Worker.Fetch;
using Imapd.Worker.Selected;

namespace Imapd.Worker.Search;

/// <summary>
/// What criteria ask about a message, each looked up at the first question: in the record, in what is remembered, and then in
/// the file. One for a whole search: it goes from message to message, and a search by flags alone makes no object per message.
/// </summary>
internal sealed class MessageProbe(SelectedMailbox selected, TextSearch? texts) : IDisposable
{
    private readonly MailboxState _state = selected.State;
    private readonly Mailbox _mailbox = selected.Mailbox;
    private readonly CacheFill _fill = new(selected.Mailbox.Cache);

    // Nothing is told, and no look taken, while a search is at work.
    private readonly bool _isNumberedAlike = selected.Numbering.IsThatOf(selected.State);
    private int _index = -1;
    private Uid _uid;
    private CachedMessage? _known;
    private MessageFile? _file;
    private MimeEntity? _root;
    private DateTimeOffset? _internalDate;
    private bool _areTextsSearched;

    /// <summary>The message's number, as the client counts.</summary>
    public SeqNum Number { get; private set; }

    /// <summary>The message's UID.</summary>
    public Uid Uid => _isNumberedAlike ? _state.UidAt(_index) : _uid;

    /// <summary>Its flags.</summary>
    public MessageFlags Flags => _state.FlagsAt(_index);

    /// <summary>Whether it bears <c>\Recent</c> in this session.</summary>
    public bool IsRecent => selected.IsRecent(Uid);

    /// <summary>Its size on the wire.</summary>
    /// <exception cref="StoreException">ExpungeIssued: it is gone.</exception>
    public long WireOctets
    {
        get
        {
            long octets = _mailbox.KnownWireOctets(_state, _index);
            octets = octets < 0 && _state.WireOctetsAt(_index) < 0 ? Known.WireOctets : octets;
            return octets < 0 ? _mailbox.WireOctets(Uid) : octets;
        }
    }

    /// <summary>Its internal date in the server's time zone, the one that INTERNALDATE is told in.</summary>
    /// <exception cref="StoreException">ExpungeIssued: it is gone.</exception>
    public DateTimeOffset InternalDate =>
        _internalDate ??= (_state.InternalDateAt(_index) ?? Known.InternalDate ?? _mailbox.InternalDate(Uid)).ToLocalTime();

    /// <summary>The day it was sent on; null when it has no date that can be read.</summary>
    /// <exception cref="StoreException">It is gone or cannot be read.</exception>
    public DateOnly? DaySent
    {
        get
        {
            SentDay sent = _mailbox.Cache.SentDayOf(Uid);
            return (sent.IsKnown ? sent : SentDay.Of(Header(isCommon: true))).Day;
        }
    }

    private CachedMessage Known => _known ??= _mailbox.Cache.Load(Uid);

    /// <summary>Goes on to another message.</summary>
    /// <returns>False when the message is known to be gone; then nothing may be asked.</returns>
    public bool MoveTo(SeqNum number)
    {
        Leave();
        Number = number;
        if (_isNumberedAlike)
        {
            _index = (int)number.Value - 1;
            return true;
        }

        _uid = selected.Numbering.UidOf(number);
        bool isNext = _index + 1 < _state.Count && _state.UidAt(_index + 1) == _uid;
        int index = isNext ? _index + 1 : _state.IndexOf(_uid);
        _index = Math.Max(index, -1);
        return index >= 0;
    }

    /// <summary>Its header in wire form.</summary>
    /// <param name="isCommon">Whether <see cref="CommonFields"/> are enough.</param>
    /// <exception cref="StoreException">It is gone or cannot be read.</exception>
    public ReadOnlySpan<byte> Header(bool isCommon)
    {
        if (isCommon && _root is null && Known.TryGet(CacheKind.Headers, out ReadOnlySpan<byte> remembered))
        {
            return remembered;
        }

        return (_root ??= File().MessageHeader()).Header.Span;
    }

    /// <summary>Whether a string of the search's is in the message's texts. All are looked for at the first question.</summary>
    /// <exception cref="StoreException">The message is gone or cannot be read.</exception>
    public bool HasNeedle(int needle)
    {
        if (!_areTextsSearched)
        {
            texts!.Search(File());
            _areTextsSearched = true;
        }

        return texts!.IsFound(needle);
    }

    /// <summary>Closes the message's file.</summary>
    public void Dispose() => Leave();

    private MessageFile File()
    {
        if (_file is null)
        {
            CachedMessage known = Known;
            _file = _mailbox.Open(Uid);
            if (!known.IsEmpty && !known.IsOf(_file))
            {
                known.Clear();
            }

            _file.Recall(known);
        }

        return _file;
    }

    private void Leave()
    {
        if (_file is not null)
        {
            _fill.Add(Uid, Known, _file, _file.IsScanned ? _file.Structure() : _root, []);
            _file.Dispose();
        }

        _file = null;
        _root = null;
        _known = null;
        _internalDate = null;
        _areTextsSearched = false;
    }
}
