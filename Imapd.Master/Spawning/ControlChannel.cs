using System.Net.Sockets;
using System.Runtime.InteropServices;
using Imapd.Master.Native;
using Imapd.Protocol.Handoff;

namespace Imapd.Master.Spawning;

/// <summary>What came over a control channel.</summary>
internal enum ChannelEvent
{
    Message,
    Garbage,
    Closed,
}

/// <summary>
/// The master's end of the channel to one worker. It waits for nobody: a worker that does not read is given up.
/// Descriptors a worker tries to pass are closed by the kernel, because no room for them is ever offered.
/// </summary>
internal sealed class ControlChannel : IDisposable
{
    private const int SendPatienceMilliseconds = 5000;
    private const int SendRetryMilliseconds = 10;

    private readonly SafeSocketHandle _handle;
    private readonly Socket _socket;
    private bool _wasReset;

    private ControlChannel(SafeSocketHandle handle)
    {
        _handle = handle;
        _socket = new Socket(handle);
    }

    /// <summary>The descriptor itself, to be passed on to another process.</summary>
    public SafeHandle Descriptor => _handle;

    /// <summary>Makes a channel; the other end is for the worker and closed here once that has it.</summary>
    /// <exception cref="SystemCallException">No descriptors are left.</exception>
    public static (ControlChannel Ours, SafeSocketHandle Theirs) Create()
    {
        (SafeSocketHandle ours, SafeSocketHandle theirs) = UnixSockets.MessagePair();
        return (new ControlChannel(ours), theirs);
    }

    /// <summary>Sends a message, with a descriptor when there is one. False: the worker is gone or does not read.</summary>
    public async ValueTask<bool> SendAsync(HandoffMessage message, SafeHandle? descriptor = null)
    {
        byte[] datagram = HandoffCodec.Encode(message);
        long deadline = Environment.TickCount64 + SendPatienceMilliseconds;
        while (true)
        {
            try
            {
                SendResult result = UnixSockets.Send(_handle, datagram, descriptor);
                if (result != SendResult.QueueFull || Environment.TickCount64 > deadline)
                {
                    return result == SendResult.Sent;
                }
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
            await Task.Delay(SendRetryMilliseconds).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the next message without holding a buffer meanwhile.</summary>
    public async ValueTask<(ChannelEvent Event, HandoffMessage? Message)> ReceiveAsync()
    {
        while (true)
        {
            try
            {
                // Reading nothing waits for a datagram and leaves it where it is.
                await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).ConfigureAwait(false);
                return Take();
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset && !_wasReset)
            {
                _wasReset = true; // it has ended without reading everything; what it said before is behind the error
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return (ChannelEvent.Closed, null);
            }
        }
    }

    /// <summary>Sends no more: the worker reads the end after what was sent, and may still answer.</summary>
    public void FinishSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // the worker has gone already
        }
    }

    public void Dispose() => _socket.Dispose();

    private (ChannelEvent Event, HandoffMessage? Message) Take()
    {
        // One octet more than allowed, so that a longer datagram shows.
        Span<byte> buffer = stackalloc byte[HandoffCodec.MaxDatagramOctets + 1];
        int octets = _socket.Receive(buffer, SocketFlags.None);
        if (octets == 0)
        {
            return (ChannelEvent.Closed, null);
        }
        return HandoffCodec.TryDecode(buffer[..octets], out HandoffMessage? message)
            ? (ChannelEvent.Message, message)
            : (ChannelEvent.Garbage, null);
    }
}
