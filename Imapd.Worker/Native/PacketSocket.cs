using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace Imapd.Worker.Native;

/// <summary>
/// Whole datagrams over a <c>SOCK_SEQPACKET</c> socket, each with at most one descriptor (SCM_RIGHTS).
/// </summary>
internal static partial class PacketSocket
{
    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int PeekFlag = 0x02;
    private const int ControlTruncated = 0x08;
    private const int Truncated = 0x20;
    private const int NoSignal = 0x4000;
    private const int CloseOnExec = 0x4000_0000;

    // Room for a handful of descriptors: more than one is a mistake of the sender, and all of them must be closed.
    private const int ControlOctets = 64;
    private const int ControlHeaderOctets = 16;

    /// <summary>Waits for one datagram.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="buffer">Receives it.</param>
    /// <param name="descriptor">The descriptor that came with it, close-on-exec; -1 for none. The caller closes it.</param>
    /// <param name="peek">Leave the datagram where it is; descriptors are not taken then.</param>
    /// <returns>Its octets; 0 when the other side is gone; -1 when it did not fit or carried too much: it is dropped.</returns>
    /// <exception cref="SystemCallException">The socket is broken.</exception>
    public static unsafe int Receive(int socket, Span<byte> buffer, out int descriptor, bool peek = false)
    {
        descriptor = -1;
        byte* control = stackalloc byte[ControlOctets];
        fixed (byte* first = buffer)
        {
            var part = new IoVector { iov_base = first, iov_len = (nuint)buffer.Length };
            while (true)
            {
                var message = new MessageHeader { msg_iov = &part, msg_iovlen = 1 };
                if (!peek)
                {
                    message.msg_control = control;
                    message.msg_controllen = ControlOctets;
                }
                nint octets = recvmsg(socket, &message, CloseOnExec | (peek ? PeekFlag : 0));
                if (octets == -1)
                {
                    var error = (Errno)Marshal.GetLastPInvokeError();
                    if (error == Errno.EINTR)
                    {
                        continue;
                    }
                    return error == Errno.ECONNRESET
                        ? 0
                        : throw new SystemCallException("recvmsg", "control channel", (int)error);
                }
                int mask = peek ? Truncated : Truncated | ControlTruncated;
                bool isWhole = TakeDescriptor(in message, ref descriptor) && (message.msg_flags & mask) == 0;
                if (!isWhole && descriptor != -1)
                {
                    _ = Syscall.close(descriptor);
                    descriptor = -1;
                }
                return isWhole ? (int)octets : -1;
            }
        }
    }

    /// <summary>Sends one datagram, waiting for room.</summary>
    /// <returns>False when the other side is gone.</returns>
    /// <exception cref="SystemCallException">The socket is broken.</exception>
    public static unsafe bool Send(int socket, ReadOnlySpan<byte> datagram)
    {
        fixed (byte* first = datagram)
        {
            while (send(socket, first, (nuint)datagram.Length, NoSignal) == -1)
            {
                var error = (Errno)Marshal.GetLastPInvokeError();
                if (error is Errno.EPIPE or Errno.ECONNRESET)
                {
                    return false;
                }
                if (error != Errno.EINTR)
                {
                    throw new SystemCallException("send", "control channel", (int)error);
                }
            }
            return true;
        }
    }

    // One descriptor is kept; false when there were several, all but that one closed here.
    private static unsafe bool TakeDescriptor(in MessageHeader message, ref int descriptor)
    {
        bool isAlone = true;
        var rest = new ReadOnlySpan<byte>(message.msg_control, (int)message.msg_controllen);
        while (rest.Length >= ControlHeaderOctets)
        {
            ulong length = MemoryMarshal.Read<ulong>(rest);
            if (length < ControlHeaderOctets || length > (ulong)rest.Length)
            {
                break;
            }
            if (MemoryMarshal.Read<int>(rest[8..]) == SolSocket && MemoryMarshal.Read<int>(rest[12..]) == ScmRights)
            {
                foreach (int one in MemoryMarshal.Cast<byte, int>(rest[ControlHeaderOctets..(int)length]))
                {
                    if (descriptor == -1)
                    {
                        descriptor = one;
                    }
                    else
                    {
                        _ = Syscall.close(one);
                        isAlone = false;
                    }
                }
            }
            int aligned = ((int)length + 7) & ~7;
            rest = rest[Math.Min(aligned, rest.Length)..];
        }
        return isAlone;
    }

    private unsafe struct IoVector
    {
        public byte* iov_base;
        public nuint iov_len;
    }

    private unsafe struct MessageHeader
    {
        public byte* msg_name;
        public uint msg_namelen;
        public IoVector* msg_iov;
        public nuint msg_iovlen;
        public byte* msg_control;
        public nuint msg_controllen;
        public int msg_flags;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint recvmsg(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint send(int socket, byte* buffer, nuint octets, int flags);
}
