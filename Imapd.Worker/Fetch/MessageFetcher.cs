using Imapd.Protocol.Handoff;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Worker.Commands;
using Imapd.Worker.Selected;
using Imapd.Worker.Session;

namespace Imapd.Worker.Fetch;

/// <summary>Answers one FETCH, one message after the other, and counts what could not be answered.</summary>
/// <remarks>Items that records answer allocate nothing per message.</remarks>
internal sealed class MessageFetcher
{
    private readonly CommandContext _context;
    private readonly SelectedMailbox _selected;
    private readonly FetchPlan _plan;
    private readonly MailboxState _state;
    private readonly FetchedMessage _message;
    private readonly FetchResponse _response;
    private uint _nextNumber = 1;
    private int _nextIndex;

    /// <summary>Prepares to answer.</summary>
    /// <param name="context">The session.</param>
    /// <param name="plan">What is asked for.</param>
    /// <param name="before">The mailbox before messages became <c>\Seen</c> by this command.</param>
    /// <param name="state">The mailbox now.</param>
    public MessageFetcher(CommandContext context, FetchPlan plan, MailboxState before, MailboxState state)
    {
        _context = context;
        _selected = context.Selected!;
        _plan = plan;
        _state = state;
        _message = new FetchedMessage(_selected.Mailbox, plan, context.Output.Utf8, SizeLimit.Of(context.State.IsRev2));
        _response = new FetchResponse(context, plan, before, state);
    }

    /// <summary>Messages that are gone.</summary>
    public int Gone { get; private set; }

    /// <summary>Why a message could not be read, the first one; null when all could.</summary>
    public StoreException? Unreadable { get; private set; }

    /// <summary>Why an item has no answer, the first one; null when all have.</summary>
    public ItemRefusedException? Refused => _message.Refused;

    /// <summary>Answers for a message of the client's numbering.</summary>
    /// <exception cref="SessionOverException">The disk failed in the middle of a response.</exception>
    public void Answer(Uid uid)
    {
        SeqNum number = NumberOf(uid);
        int index = IndexOf(uid);
        if (index < 0 && _plan.NeedsRecord)
        {
            Gone++;
            return;
        }

        try
        {
            if (TryLookUp(uid, index))
            {
                _response.Write(number, uid, index, _message);
            }
        }
        catch (StoreException error)
        {
            // What was announced cannot be kept, and a client that counts octets would take anything said now for mail.
            _context.Host.Log(LogSeverity.Error, $"A message could not be read while it was sent: {error.Message}");
            throw new SessionOverException(SessionEnd.Disconnected, null, null);
        }
        finally
        {
            _message.Close();
        }
    }

    private bool TryLookUp(Uid uid, int index)
    {
        try
        {
            _message.LookUp(uid, _state, index);
            return true;
        }
        catch (StoreException error) when (error.Error == StoreError.ExpungeIssued)
        {
            Gone++;
        }
        catch (StoreException error)
        {
            Unreadable ??= error;
        }

        return false;
    }

    // Commands mostly name runs of messages: the next one is tried before anything is searched for.
    private SeqNum NumberOf(Uid uid)
    {
        ClientNumbering numbering = _selected.Numbering;
        var next = new SeqNum(_nextNumber);
        SeqNum number = _nextNumber <= (uint)numbering.Count && numbering.UidOf(next) == uid
            ? next
            : numbering.NumberOf(uid)!.Value;
        _nextNumber = number.Value + 1;
        return number;
    }

    private int IndexOf(Uid uid)
    {
        int index = _nextIndex < _state.Count && _state.UidAt(_nextIndex) == uid ? _nextIndex : _state.IndexOf(uid);
        _nextIndex = index + 1;
        return index;
    }
}
