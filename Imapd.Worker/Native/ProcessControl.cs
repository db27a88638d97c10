using System.Runtime.InteropServices;

namespace Imapd.Worker.Native;

/// <summary>What a process can give up for good: prctl(2), capset(2), and its signals and environment.</summary>
internal static partial class ProcessControl
{
    private const int SetParentDeathSignal = 1;
    private const int SetDumpable = 4;
    private const int CapBoundingSetRead = 23;
    private const int CapBoundingSetDrop = 24;
    private const int SetNoNewPrivileges = 38;
    private const int CapAmbient = 47;
    private const int CapAmbientClearAll = 4;
    private const int JoinSessionKeyring = 1;
    private const int CloseOnExec = 1;
    private const int SetDescriptorFlags = 2;
    private const int StandardError = 2;
    private const int PerturbFreed = -6;
    private const int OpenReadWrite = 2;
    private const int Interrupt = 2;
    private const int Kill = 9;
    private const int FileSizeExceeded = 25;
    private const uint CapabilityVersion3 = 0x20080522;

    /// <summary>
    /// No memory of this process on disk, and none for other processes of the user: it may hold another connection's
    /// password (before login) and mail (after).
    /// </summary>
    /// <exception cref="SystemCallException">The kernel refuses.</exception>
    public static void ForbidCoreDumps()
    {
        ResourceLimits.Lower(ResourceKind.Core, 0);
        Check(prctl(SetDumpable, 0, 0, 0, 0), "prctl", "PR_SET_DUMPABLE");
    }

    /// <summary>Nothing this thread executes gains privileges. The system-call filter carries it to the other threads.</summary>
    /// <exception cref="SystemCallException">The kernel refuses.</exception>
    public static void ForbidNewPrivileges() =>
        Check(prctl(SetNoNewPrivileges, 1, 0, 0, 0), "prctl", "PR_SET_NO_NEW_PRIVS");

    /// <summary>
    /// The kernel kills this process when the one that started it ends. Holds over execve(2) of a program without privileges of its
    /// own; forgotten when the identity changes, so it comes after that.
    /// </summary>
    /// <exception cref="SystemCallException">The kernel refuses.</exception>
    public static void DieWithParent() => Check(prctl(SetParentDeathSignal, Kill, 0, 0, 0), "prctl", "PR_SET_PDEATHSIG");

    /// <summary>
    /// Empties the capability bounding set of this thread, as far as the kernel lets it: what is lost here cannot come back,
    /// whatever is executed. Done as root, before the identity changes.
    /// </summary>
    public static void DropBoundingSet()
    {
        for (nuint capability = 0; prctl(CapBoundingSetRead, capability, 0, 0, 0) >= 0; capability++)
        {
            _ = prctl(CapBoundingSetDrop, capability, 0, 0, 0);
        }
    }

    /// <summary>
    /// Empties the capability sets of this thread. setresuid has emptied all but the inheritable set already; modules of PAM
    /// (pam_cap) may have filled that one.
    /// </summary>
    /// <exception cref="SystemCallException">The kernel refuses.</exception>
    public static unsafe void DropCapabilities()
    {
        _ = prctl(CapAmbient, CapAmbientClearAll, 0, 0, 0);
        uint* header = stackalloc uint[] { CapabilityVersion3, 0 };
        uint* sets = stackalloc uint[6];
        new Span<uint>(sets, 6).Clear();
        Check(capset(header, sets), "capset", "nothing");
    }

    /// <summary>
    /// Leaves the master's session keyring for an empty one, so that modules of PAM put nothing into it and the user's
    /// process possesses none of its keys. Not every kernel and container has keyrings: then there is nothing to leave.
    /// </summary>
    public static void LeaveSessionKeyring() => _ = keyctl(JoinSessionKeyring, 0, 0, 0, 0);

    /// <summary>
    /// Ctrl-C on a terminal reaches the whole process group; the master alone decides how sessions end, and says so on the
    /// control channel.
    /// </summary>
    public static void IgnoreInterrupt() => _ = signal(Interrupt, 1);

    /// <summary>
    /// A file that would grow beyond the user's limit (RLIMIT_FSIZE, which pam_limits sets) is an error of the write, not
    /// the end of the process.
    /// </summary>
    public static void ExpectFileSizeLimit() => _ = signal(FileSizeExceeded, 1);

    /// <summary>A helper that a module of PAM starts must not hold the descriptor.</summary>
    /// <exception cref="SystemCallException">It is not open.</exception>
    public static void CloseOnExecute(int descriptor) =>
        Check(fcntl(descriptor, SetDescriptorFlags, CloseOnExec), "fcntl", $"{descriptor}");

    /// <summary>
    /// Standard error is the log of the whole server, and a user's process that could write to it could write anybody's
    /// lines, or cut the file off. What a session has to say goes over the control channel, where the master says whose
    /// it is.
    /// </summary>
    /// <exception cref="SystemCallException">There is no /dev/null.</exception>
    public static void SilenceStandardError()
    {
        int empty = open("/dev/null", OpenReadWrite);
        Check(empty, "open", "/dev/null");
        Check(dup2(empty, StandardError), "dup2", "standard error");
        if (empty != StandardError)
        {
            _ = close(empty);
        }
    }

    /// <summary>
    /// Has the C library overwrite memory as it is given back. Modules of PAM read the password hashes of everybody, a file
    /// buffer at a time, and leave them behind in a process that becomes one of these users.
    /// </summary>
    public static void OverwriteFreedMemory() => _ = mallopt(PerturbFreed, 0x5A);

    /// <summary>The process's environment, as native code sees it, becomes exactly this one.</summary>
    /// <exception cref="SystemCallException">No memory.</exception>
    public static void ReplaceEnvironment(IEnumerable<KeyValuePair<string, string>> environment)
    {
        Check(clearenv(), "clearenv", "");
        foreach ((string name, string value) in environment)
        {
            Check(setenv(name, value, 1), "setenv", name);
        }
    }

    private static void Check(int result, string call, string subject)
    {
        if (result == -1)
        {
            throw SystemCallException.FromLastError(call, subject);
        }
    }

    // prctl, fcntl and keyctl take variable arguments in C; all of ours are integers or unused, passed as the registers
    // that the x86-64 and arm64 conventions of Linux use either way.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, nint argument);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int capset(uint* header, uint* sets);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clearenv();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    // The C library has no keyctl; number 250 on x86-64, 219 on arm64.
    private static nint keyctl(nint operation, nint second, nint third, nint fourth, nint fifth) =>
        syscall(
            RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 250 : 219,
            operation,
            second,
            third,
            fourth,
            fifth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);
}
