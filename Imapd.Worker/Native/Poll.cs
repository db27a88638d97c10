using System.Runtime.InteropServices;
using Imapd.Worker.Session;
using Mono.Unix.Native;

namespace Imapd.Worker.Native;

/// <summary>
/// The system calls a session waits, reads and writes with. None of them waits longer than asked: descriptors are left
/// as they are (on stdio they may be shared with other programs), and calls on sockets are told not to wait instead.
/// </summary>
internal static partial class Poll
{
    /// <summary>There are octets, or an end, to read.</summary>
    public const short In = 0x001;

    /// <summary>There is room to write.</summary>
    public const short Out = 0x004;

    /// <summary>How many octets a pipe that poll(2) calls writable takes without waiting (PIPE_BUF).</summary>
    public const int PipeOctets = 4096;

    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int SolSocket = 1;
    private const int SoType = 3;

    /// <summary>One descriptor to wait for; a negative one is passed over.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Entry(int descriptor, short events)
    {
        /// <summary>What is waited for.</summary>
        public int Descriptor = descriptor;

        /// <summary>The events asked for.</summary>
        public short Events = events;

        /// <summary>What happened; errors and hang-ups come unasked.</summary>
        public short Happened;
    }

    /// <summary>Waits until something happens on one of the entries or the time is over.</summary>
    /// <param name="entries">What to wait for; filled in on return.</param>
    /// <param name="timeoutMilliseconds">How long; -1 for ever.</param>
    /// <returns>How many entries something happened on; 0 when the time is over.</returns>
    public static int Wait(Span<Entry> entries, int timeoutMilliseconds)
    {
        long deadline = Environment.TickCount64 + timeoutMilliseconds;
        while (true)
        {
            int happened;
            unsafe
            {
                fixed (Entry* first = entries)
                {
                    happened = poll(first, (nuint)entries.Length, timeoutMilliseconds);
                }
            }

            if (happened >= 0)
            {
                return happened;
            }

            var error = (Errno)Marshal.GetLastPInvokeError();
            if (error != Errno.EINTR)
            {
                throw new IOException($"poll: {error}");
            }

            if (timeoutMilliseconds >= 0)
            {
                timeoutMilliseconds = (int)Math.Max(0, deadline - Environment.TickCount64);
            }
        }
    }

    /// <summary>Reads what is there from a descriptor that poll(2) called readable.</summary>
    /// <returns>The octets read; 0 at the end; -1 when there was nothing after all.</returns>
    /// <exception cref="ClientGoneException">The other side is gone.</exception>
    public static int Read(int descriptor, bool isSocket, Span<byte> buffer)
    {
        while (true)
        {
            nint octets;
            unsafe
            {
                fixed (byte* first = buffer)
                {
                    octets = isSocket
                        ? recv(descriptor, first, (nuint)buffer.Length, DontWait)
                        : read(descriptor, first, (nuint)buffer.Length);
                }
            }

            if (octets >= 0)
            {
                return (int)octets;
            }

            var error = (Errno)Marshal.GetLastPInvokeError();
            if (error == Errno.EAGAIN)
            {
                return -1;
            }

            if (error != Errno.EINTR)
            {
                throw new ClientGoneException(isStuck: false, $"Reading from the client: {error}");
            }
        }
    }

    /// <summary>Writes as much as there is room for to a descriptor that poll(2) called writable.</summary>
    /// <param name="descriptor">Where to.</param>
    /// <param name="isSocket">Whether that is a socket.</param>
    /// <param name="octets">What comes first.</param>
    /// <param name="more">What comes behind it; to a socket in the same call, so that the other side is woken once.</param>
    /// <returns>The octets written; 0 when there was no room after all.</returns>
    /// <exception cref="ClientGoneException">The other side is gone.</exception>
    public static int Write(int descriptor, bool isSocket, ReadOnlySpan<byte> octets, ReadOnlySpan<byte> more = default)
    {
        while (true)
        {
            nint written = isSocket
                ? Send(descriptor, octets, more)
                : WriteOnce(descriptor, octets.IsEmpty ? more : octets);
            if (written >= 0)
            {
                return (int)written;
            }

            var error = (Errno)Marshal.GetLastPInvokeError();
            if (error == Errno.EAGAIN)
            {
                return 0;
            }

            if (error != Errno.EINTR)
            {
                throw new ClientGoneException(isStuck: false, $"Writing to the client: {error}");
            }
        }
    }

    /// <summary>Whether a descriptor is a socket.</summary>
    public static bool IsSocket(int descriptor)
    {
        int octets = sizeof(int);
        return getsockopt(descriptor, SolSocket, SoType, out _, ref octets) == 0;
    }

    private static unsafe nint WriteOnce(int descriptor, ReadOnlySpan<byte> octets)
    {
        fixed (byte* first = octets)
        {
            return write(descriptor, first, (nuint)Math.Min(octets.Length, PipeOctets));
        }
    }

    private static unsafe nint Send(int descriptor, ReadOnlySpan<byte> octets, ReadOnlySpan<byte> more)
    {
        fixed (byte* first = octets)
        fixed (byte* second = more)
        {
            if (more.IsEmpty)
            {
                return send(descriptor, first, (nuint)octets.Length, DontWait | NoSignal);
            }

            IoVector* parts = stackalloc IoVector[2];
            parts[0] = new IoVector { Base = first, Octets = (nuint)octets.Length };
            parts[1] = new IoVector { Base = second, Octets = (nuint)more.Length };
            var message = new MessageHeader { Parts = parts, PartCount = 2 };
            return sendmsg(descriptor, &message, DontWait | NoSignal);
        }
    }

    // struct iovec
    private unsafe struct IoVector
    {
        public byte* Base;
        public nuint Octets;
    }

    // struct msghdr
    private unsafe struct MessageHeader
    {
        public byte* Name;
        public uint NameOctets;
        public IoVector* Parts;
        public nuint PartCount;
        public byte* Control;
        public nuint ControlOctets;
        public int Flags;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int poll(Entry* entries, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(int descriptor, byte* buffer, nuint octets);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint recv(int descriptor, byte* buffer, nuint octets, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(int descriptor, byte* buffer, nuint octets);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint send(int descriptor, byte* buffer, nuint octets, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint sendmsg(int descriptor, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int descriptor, int level, int option, out int value, ref int octets);
}
