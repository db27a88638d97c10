using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir.Change;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir;

/// <summary>Messages on their way into a mailbox; all of them or none.</summary>
/// <remarks>
/// Power fails
///   while a message is written: a file in <c>tmp/</c>, seen by nobody, swept after 36 hours;
///   during <see cref="Commit"/>: as <see cref="Publication.Publish"/> says;
///   after it: the messages are there.
/// </remarks>
public sealed class AppendBatch : IDisposable
{
    private readonly MailboxFiles _mailbox;
    private readonly List<IncomingMessage> _messages = [];
    private MailboxLook? _look;

    internal AppendBatch(MailboxFiles mailbox) => _mailbox = mailbox;

    /// <summary>Begins the next message; the one before is thereby complete.</summary>
    /// <param name="flags">The flags it will have.</param>
    /// <param name="internalDate">Its internal date; null for now.</param>
    /// <returns>
    /// Takes the message in wire form, as the client sends it, in any portions; it throws <see cref="StoreException"/> when
    /// the disk will not, and nothing more can be done with the batch then but to dispose of it.
    /// </returns>
    public IOctetSink BeginMessage(FlagSet flags, DateTimeOffset? internalDate)
    {
        try
        {
            if (_messages.Count > 0)
            {
                _messages[^1].Complete();
            }

            var message = new IncomingMessage(_mailbox, flags, internalDate);
            _messages.Add(message);
            return message;
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }

    /// <summary>Gives the messages their places and UIDs. When this returns they survive a power failure.</summary>
    /// <exception cref="StoreException">
    /// Nothing was added: <see cref="StoreError.OverQuota"/>, <see cref="StoreError.NonExistent"/> when the mailbox was
    /// deleted meanwhile, <see cref="StoreError.Limit"/> when no letter is left for a keyword.
    /// </exception>
    public AppendResult Commit()
    {
        try
        {
            var arrivals = new List<Arrival>(_messages.Count);
            foreach (IncomingMessage message in _messages)
            {
                message.Complete();
                arrivals.Add(new Arrival(
                    message.BaseName,
                    message.Flags.System,
                    message.Flags.Keywords,
                    (part, name) => _mailbox.Tmp.TryRenameNew(message.Name, part, name))
                {
                    Staged = message.Name,
                    InternalDateSeconds = message.InternalDateSeconds,
                    RawOctets = message.RawOctets,
                    WireOctets = message.WireOctets,
                });
            }

            // Watched for its duration, so that the mailbox's stamps stay right.
            _look ??= new MailboxLook(_mailbox, isReadOnly: true, isWatched: true);
            using LockedMailbox locked = _look.Lock();
            return Publish(locked, arrivals);
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }

    /// <summary>Ends the batch; without <see cref="Commit"/> nothing is left of it.</summary>
    public void Dispose()
    {
        foreach (IncomingMessage message in _messages)
        {
            message.Dispose();
        }

        _look?.Dispose();
        _mailbox.Dispose();
    }

    private AppendResult Publish(LockedMailbox locked, List<Arrival> arrivals)
    {
        var publication = new Publication(locked);
        try
        {
            return publication.Publish(arrivals, mustKeepKeywords: true);
        }
        finally
        {
            _messages.ForEach(message => message.IsGivenAway = publication.IsBeyondRecall);
        }
    }
}
