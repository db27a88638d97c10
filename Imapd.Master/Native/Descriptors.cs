using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Imapd.Master.Native;

/// <summary>The standard descriptors, and duplicates of them.</summary>
internal static partial class Descriptors
{
    private const int OpenReadWrite = 2;
    private const int OpenCloseOnExec = 0x80000;
    private const int GetFlags = 1;
    private const int SetFlags = 2;
    private const int CloseOnExec = 1;
    private const int DuplicateCloseOnExec = 1030;
    private const int FirstNotStandard = 3;
    private const int LimitDescriptors = 7;
    private const string NullDevice = "/dev/null";

    /// <summary>
    /// Puts /dev/null where a standard descriptor is closed, so that nothing opened later takes its number and is
    /// written to as if it were the log.
    /// </summary>
    public static void FillStandard()
    {
        for (int number = 0; number < FirstNotStandard; number++)
        {
            if (fcntl(number, GetFlags, 0) == -1)
            {
                _ = open(NullDevice, OpenReadWrite);
            }
        }
    }

    /// <summary>
    /// As many descriptors as the administrator allows: the customary 1024 is for programs that use select(2), and a
    /// connection takes four.
    /// </summary>
    /// <returns>How many that are.</returns>
    public static ulong RaiseLimit()
    {
        if (getrlimit(LimitDescriptors, out ResourceLimit limit) == 0 && limit.Current < limit.Maximum)
        {
            limit.Current = limit.Maximum;
            _ = setrlimit(LimitDescriptors, in limit);
            _ = getrlimit(LimitDescriptors, out limit);
        }
        return limit.Current;
    }

    /// <exception cref="SystemCallException">It cannot be opened.</exception>
    public static SafeFileHandle OpenNull()
    {
        int descriptor = open(NullDevice, OpenReadWrite | OpenCloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw SystemCallException.FromLastError("open", NullDevice);
    }

    /// <summary>Takes the socket on a standard descriptor away from there; what is left is /dev/null.</summary>
    /// <exception cref="SystemCallException">The descriptor is not open.</exception>
    public static SafeSocketHandle TakeSocket(int number)
    {
        int duplicate = fcntl(number, DuplicateCloseOnExec, FirstNotStandard);
        if (duplicate == -1)
        {
            throw SystemCallException.FromLastError("fcntl", $"descriptor {number}");
        }
        var taken = new SafeSocketHandle(duplicate, ownsHandle: true);
        Silence(number);
        return taken;
    }

    /// <summary>Another descriptor for the same, close-on-exec, with at least the number given.</summary>
    /// <exception cref="SystemCallException">No descriptors are left.</exception>
    public static SafeFileHandle Duplicate(SafeHandle handle, int lowest)
    {
        int duplicate = fcntl(handle, DuplicateCloseOnExec, lowest);
        return duplicate >= 0
            ? new SafeFileHandle(duplicate, ownsHandle: true)
            : throw SystemCallException.FromLastError("fcntl", "descriptor to pass on");
    }

    /// <summary>Takes over a descriptor that this process was started with; no child gets it by mistake.</summary>
    /// <exception cref="SystemCallException">It is not open.</exception>
    public static SafeSocketHandle TakeInherited(int number) => fcntl(number, SetFlags, CloseOnExec) == 0
        ? new SafeSocketHandle(number, ownsHandle: true)
        : throw SystemCallException.FromLastError("fcntl", $"descriptor {number}");

    /// <summary>Puts /dev/null in the place of a standard descriptor.</summary>
    public static void Silence(int number)
    {
        using SafeFileHandle empty = OpenNull();
        if (dup2(empty, number) == -1)
        {
            throw SystemCallException.FromLastError("dup2", NullDevice);
        }
    }

    /// <summary>What the kernel says a descriptor is, such as <c>socket:[4711]</c>; null when it is closed.</summary>
    public static string? Describe(int number) => new FileInfo($"/proc/self/fd/{number}").LinkTarget;

    /// <summary>The effective user of this process.</summary>
    public static uint EffectiveUser => geteuid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    // fcntl is variadic; with an int argument it is called like any other function on the processors we build for.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(SafeHandle from, int to);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, out ResourceLimit limit);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int resource, in ResourceLimit limit);

    private struct ResourceLimit
    {
        public ulong Current;
        public ulong Maximum;
    }
}
