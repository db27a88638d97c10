using System.Runtime.InteropServices;

namespace Imapd.Worker.Native;

/// <summary>What setrlimit(2) can limit, by its numbers on Linux.</summary>
internal enum ResourceKind
{
    /// <summary>RLIMIT_DATA: octets of memory that can be written and are the process's own.</summary>
    Data = 2,

    /// <summary>RLIMIT_CORE: octets of the memory image that a crash leaves on disk.</summary>
    Core = 4,

    /// <summary>RLIMIT_NPROC: processes and threads of the user.</summary>
    Processes = 6,

    /// <summary>RLIMIT_NOFILE: one more than the highest descriptor.</summary>
    Files = 7,

    /// <summary>RLIMIT_AS: octets of addresses, whether there is memory behind them or not.</summary>
    Addresses = 9,
}

/// <summary>What the kernel gives this process at most.</summary>
internal static partial class ResourceLimits
{
    /// <summary>Lowers both limits of a resource; one that is lower already stays.</summary>
    /// <exception cref="SystemCallException">The kernel refuses.</exception>
    public static void Lower(ResourceKind resource, ulong most)
    {
        Check(getrlimit((int)resource, out Limits limits), "getrlimit", resource);
        limits.Soft = Math.Min(limits.Soft, most);
        limits.Hard = Math.Min(limits.Hard, most);
        Check(setrlimit((int)resource, in limits), "setrlimit", resource);
    }

    private static void Check(int result, string call, ResourceKind resource)
    {
        if (result == -1)
        {
            throw SystemCallException.FromLastError(call, resource.ToString());
        }
    }

    // struct rlimit; RLIM_INFINITY is the largest number.
    private struct Limits
    {
        public ulong Soft;
        public ulong Hard;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, out Limits limits);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int resource, in Limits limits);
}
