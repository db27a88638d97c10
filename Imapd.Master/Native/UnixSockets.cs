using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Imapd.Master.Native;

/// <summary>What became of a datagram.</summary>
internal enum SendResult
{
    Sent,
    QueueFull,
    PeerGone,
}

/// <summary>Unix domain socket pairs and the passing of descriptors over them.</summary>
internal static unsafe partial class UnixSockets
{
    private const int AfUnix = 1;
    private const int SockStream = 1;
    private const int SockSeqPacket = 5;
    private const int SockCloseOnExec = 0x80000;
    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int MsgDontWait = 0x40;
    private const int MsgNoSignal = 0x4000;
    private const int Eagain = 11;
    private const int Eintr = 4;
    private const int Epipe = 32;
    private const int EconnReset = 104;
    private const int EnotConn = 107;

    /// <summary>A pair for octets: the two ends of a decrypted connection.</summary>
    /// <exception cref="SystemCallException">No descriptors are left.</exception>
    public static (SafeSocketHandle Ours, SafeSocketHandle Theirs) StreamPair() => Pair(SockStream);

    /// <summary>A pair for control messages, each arriving whole.</summary>
    /// <exception cref="SystemCallException">No descriptors are left.</exception>
    public static (SafeSocketHandle Ours, SafeSocketHandle Theirs) MessagePair() => Pair(SockSeqPacket);

    /// <summary>Sends one datagram, with a descriptor when there is one, without ever waiting.</summary>
    /// <exception cref="SystemCallException">Anything but a full queue and a peer that is gone.</exception>
    public static SendResult Send(SafeHandle socket, ReadOnlySpan<byte> datagram, SafeHandle? descriptor)
    {
        bool referenced = false;
        try
        {
            int passed = -1;
            if (descriptor is not null)
            {
                descriptor.DangerousAddRef(ref referenced);
                passed = (int)descriptor.DangerousGetHandle();
            }
            return Send(socket, datagram, passed);
        }
        finally
        {
            if (referenced)
            {
                descriptor!.DangerousRelease();
            }
        }
    }

    private static SendResult Send(SafeHandle socket, ReadOnlySpan<byte> datagram, int passed)
    {
        fixed (byte* octets = datagram)
        {
            var vector = new IoVector { Base = octets, Length = (nuint)datagram.Length };
            var control = new DescriptorMessage
            {
                Length = DescriptorMessage.UsedOctets,
                Level = SolSocket,
                Type = ScmRights,
                Descriptor = passed,
            };
            var header = new MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (passed >= 0)
            {
                header.Control = &control;
                header.ControlLength = (nuint)sizeof(DescriptorMessage);
            }
            while (sendmsg(socket, &header, MsgDontWait | MsgNoSignal) < 0)
            {
                switch (Marshal.GetLastPInvokeError())
                {
                    case Eintr:
                        continue;
                    case Eagain:
                        return SendResult.QueueFull;
                    case Epipe or EconnReset or EnotConn:
                        return SendResult.PeerGone;
                    case int errno:
                        throw new SystemCallException("sendmsg", "control channel", errno);
                }
            }
            return SendResult.Sent;
        }
    }

    private static (SafeSocketHandle Ours, SafeSocketHandle Theirs) Pair(int type)
    {
        int* ends = stackalloc int[2];
        if (socketpair(AfUnix, type | SockCloseOnExec, 0, ends) == -1)
        {
            throw SystemCallException.FromLastError("socketpair", "");
        }
        return (new SafeSocketHandle(ends[0], ownsHandle: true), new SafeSocketHandle(ends[1], ownsHandle: true));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int domain, int type, int protocol, int* ends);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(SafeHandle socket, MessageHeader* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    // struct cmsghdr followed by one descriptor, padded to 8 octets as CMSG_SPACE has it.
    [StructLayout(LayoutKind.Sequential)]
    private struct DescriptorMessage
    {
        public const int UsedOctets = 20;

        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;
        public int Padding;
    }
}
