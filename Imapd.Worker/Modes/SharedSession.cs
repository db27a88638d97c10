using Imapd.Protocol.Handoff;
using Imapd.Worker.Control;
using Imapd.Worker.Native;

namespace Imapd.Worker.Modes;

/// <summary>
/// One session's share of a control channel that many have in common: what the master sends it, put there by the thread that
/// reads the channel, taken by the session's own.
/// </summary>
internal sealed class SharedSession(ControlChannel channel, ulong id) : IMasterLink, IDisposable
{
    // The master answers one question at a time; more than this many unread answers are not answers.
    private const int MaxUnread = 4;

    private readonly EventDescriptor _shutdown = new();
    private readonly Queue<(HandoffMessage Message, int Descriptor)> _replies = new();
    private ShutdownReason? _reason;
    private bool _isClosed;

    /// <summary>Readable when the session has to end.</summary>
    public int ShutdownDescriptor => _shutdown.Descriptor;

    /// <summary>Why it has to end; null when it has not.</summary>
    public ShutdownReason? Reason
    {
        get
        {
            lock (_replies)
            {
                return _reason;
            }
        }
    }

    /// <summary>Sends to the master, from any thread.</summary>
    /// <returns>False when it is gone.</returns>
    public bool Send(HandoffMessage message) => channel.Send(message);

    /// <summary>Hands over a message for the session, with its descriptor, which is closed when nobody wants it.</summary>
    public void Deliver(HandoffMessage message, int descriptor)
    {
        lock (_replies)
        {
            if (_isClosed || message.Id != id || _replies.Count >= MaxUnread)
            {
                ControlChannel.Close(ref descriptor);
                return;
            }
            _replies.Enqueue((message, descriptor));
            Monitor.PulseAll(_replies);
        }
    }

    /// <summary>Tells the session to end, whatever it waits for.</summary>
    public void End(ShutdownReason reason)
    {
        lock (_replies)
        {
            _reason ??= reason;
            Monitor.PulseAll(_replies);
        }
        _shutdown.Set();
    }

    /// <summary>Waits for the answer to a question.</summary>
    /// <param name="received">The descriptor that came with it; -1 for none. The caller closes it.</param>
    /// <param name="timeoutMilliseconds">How long.</param>
    /// <returns>Null when there will be none.</returns>
    public T? ReceiveReply<T>(out int received, int timeoutMilliseconds)
        where T : HandoffMessage
    {
        received = -1;
        long deadline = Environment.TickCount64 + timeoutMilliseconds;
        lock (_replies)
        {
            while (_reason is null)
            {
                while (_replies.TryDequeue(out (HandoffMessage Message, int Descriptor) next))
                {
                    if (next.Message is T reply)
                    {
                        received = next.Descriptor;
                        return reply;
                    }
                    ControlChannel.Close(ref next.Descriptor);
                }
                long left = deadline - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_replies, (int)left))
                {
                    return null;
                }
            }
        }
        return null;
    }

    /// <summary>The session is over.</summary>
    public void Dispose()
    {
        lock (_replies)
        {
            _isClosed = true;
            while (_replies.TryDequeue(out (HandoffMessage Message, int Descriptor) next))
            {
                ControlChannel.Close(ref next.Descriptor);
            }
        }
        _shutdown.Dispose();
    }
}
