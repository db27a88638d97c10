using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Imapd.Master.Native;

/// <summary>Waits for any of many descriptors to become readable; each is known by a number.</summary>
internal sealed unsafe partial class Epoll
{
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Delete = 2;
    private const uint Readable = 1;
    private const int Eintr = 4;
    private const int BatchEvents = 64;

    // struct epoll_event is packed on x86-64 and nowhere else.
    private static readonly int EventOctets = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly SafeFileHandle _epoll;

    /// <exception cref="SystemCallException">No descriptors are left.</exception>
    public Epoll()
    {
        int descriptor = epoll_create1(CloseOnExec);
        _epoll = descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw SystemCallException.FromLastError("epoll_create1", "");
    }

    /// <exception cref="SystemCallException">The kernel has no memory for it.</exception>
    public void Watch(SafeHandle descriptor, ulong number)
    {
        byte* entry = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(entry, 4), Readable);
        BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(entry + EventOctets - 8, 8), number);
        if (epoll_ctl(_epoll, Add, descriptor, entry) == -1)
        {
            throw SystemCallException.FromLastError("epoll_ctl", "");
        }
    }

    public void Forget(SafeHandle descriptor) => _ = epoll_ctl(_epoll, Delete, descriptor, null);

    /// <summary>Waits without limit and gives the numbers of what is readable.</summary>
    public IReadOnlyList<ulong> Wait()
    {
        byte* events = stackalloc byte[BatchEvents * 16];
        int count = epoll_wait(_epoll, events, BatchEvents, -1);
        if (count == -1)
        {
            return Marshal.GetLastPInvokeError() == Eintr
                ? []
                : throw SystemCallException.FromLastError("epoll_wait", "");
        }
        ulong[] numbers = new ulong[count];
        for (int index = 0; index < count; index++)
        {
            byte* data = events + (index * EventOctets) + EventOctets - 8;
            numbers[index] = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(data, 8));
        }
        return numbers;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(SafeHandle epoll, int operation, SafeHandle descriptor, byte* entry);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(SafeHandle epoll, byte* events, int maxEvents, int timeoutMilliseconds);
}
