using System.Security.Cryptography;
using Imapd.Protocol.Handoff;
using Imapd.Worker.Native;
using Mono.Unix.Native;

namespace Imapd.Worker.Control;

/// <summary>
/// The messages between this worker and the master, or the password checker. Sending is safe from any thread; receiving is
/// for one thread at a time.
/// </summary>
internal sealed class ControlChannel(int descriptor) : IMasterLink, IDisposable
{
    /// <summary>Where the master puts it.</summary>
    public const int MasterDescriptor = 3;

    /// <summary>To poll(2) for reading.</summary>
    public int Descriptor { get; } = descriptor;

    /// <summary>Sends a message, waiting for room.</summary>
    /// <returns>False when the other side is gone.</returns>
    public bool Send(HandoffMessage message)
    {
        byte[] datagram = HandoffCodec.Encode(message);
        try
        {
            return PacketSocket.Send(Descriptor, datagram);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(datagram); // it may hold a password
        }
    }

    /// <summary>Waits for a message.</summary>
    /// <param name="received">The descriptor that came with it; -1 for none. The caller closes it.</param>
    /// <param name="timeoutMilliseconds">How long; -1 for ever.</param>
    /// <returns>Null when the other side is gone or the time is over.</returns>
    /// <exception cref="InvalidDataException">What came is no message: the two sides do not understand each other.</exception>
    public HandoffMessage? Receive(out int received, int timeoutMilliseconds = -1) =>
        Next(out received, timeoutMilliseconds, peek: false);

    /// <summary>Waits for a message and leaves it to be received.</summary>
    /// <returns>Null when the other side is gone or the time is over.</returns>
    /// <exception cref="InvalidDataException">What came is no message.</exception>
    public HandoffMessage? Peek(int timeoutMilliseconds) => Next(out _, timeoutMilliseconds, peek: true);

    /// <summary>
    /// Waits for the answer to a question. A request to shut down that comes first stays where it is, for the session's loop to
    /// find, and ends the waiting.
    /// </summary>
    /// <param name="received">The descriptor that came with it; -1 for none. The caller closes it.</param>
    /// <param name="timeoutMilliseconds">How long.</param>
    /// <returns>Null when there will be no answer.</returns>
    /// <exception cref="InvalidDataException">What came is no message.</exception>
    public T? ReceiveReply<T>(out int received, int timeoutMilliseconds)
        where T : HandoffMessage
    {
        received = -1;
        long deadline = Environment.TickCount64 + timeoutMilliseconds;
        while (true)
        {
            int left = (int)Math.Max(0, deadline - Environment.TickCount64);
            if (Peek(left) is null or ShutdownRequest)
            {
                return null;
            }
            if (Receive(out received, timeoutMilliseconds: 0) is T reply)
            {
                return reply;
            }
            Close(ref received);
        }
    }

    /// <summary>Closes a descriptor that nobody wants.</summary>
    public static void Close(ref int descriptor)
    {
        if (descriptor != -1)
        {
            _ = Syscall.close(descriptor);
            descriptor = -1;
        }
    }

    /// <summary>Closes the channel.</summary>
    public void Dispose() => _ = Syscall.close(Descriptor);

    private HandoffMessage? Next(out int received, int timeoutMilliseconds, bool peek)
    {
        received = -1;
        Span<Poll.Entry> entries = [new(Descriptor, Poll.In)];
        if (Poll.Wait(entries, timeoutMilliseconds) == 0)
        {
            return null;
        }
        Span<byte> buffer = stackalloc byte[HandoffCodec.MaxDatagramOctets];
        int octets = PacketSocket.Receive(Descriptor, buffer, out received, peek);
        if (octets == 0)
        {
            return null;
        }
        HandoffMessage? message = null;
        bool isGood = octets > 0 && HandoffCodec.TryDecode(buffer[..octets], out message);
        CryptographicOperations.ZeroMemory(buffer);
        if (!isGood)
        {
            Close(ref received);
            throw new InvalidDataException("The control channel carried something that is no message");
        }
        return message;
    }
}
