using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Imapd.Master.Native;

/// <summary>How a child ended: exactly one of the two is meant.</summary>
/// <param name="Status">What it gave to exit, when <paramref name="Signal"/> is 0.</param>
/// <param name="Signal">The signal that killed it, or 0.</param>
internal readonly record struct ExitStatus(int Status, int Signal);

/// <summary>Watching and ending children through process descriptors, which cannot mean another process later.</summary>
internal static unsafe partial class ProcessCalls
{
    private const int PidfdType = 3;
    private const int WaitExited = 4;
    private const int ChildExited = 1;
    private const int Eintr = 4;
    private const int Echild = 10;
    private const int SigChild = 17;
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int StatusUnknown = -1;
    private const int SignalInfoOctets = 128;

    /// <summary>
    /// Takes back the ignoring of ended children, which a careless parent leaves to those it starts: the kernel would
    /// throw their status away.
    /// </summary>
    public static void ExpectChildren() => _ = signal(SigChild, 0);

    /// <exception cref="SystemCallException">No descriptors are left.</exception>
    public static SafeFileHandle Open(int pid)
    {
        int descriptor = pidfd_open(pid, 0);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw SystemCallException.FromLastError("pidfd_open", $"pid {pid}");
    }

    /// <summary>
    /// Waits for a child to end and takes its status, after which it is no zombie. When the kernel has none any more, the
    /// status is one that no program has.
    /// </summary>
    public static ExitStatus Reap(SafeHandle process)
    {
        // siginfo_t of a 64-bit Linux: si_code at 8, si_status at 24.
        byte* info = stackalloc byte[SignalInfoOctets];
        while (waitid(PidfdType, process, info, WaitExited) == -1)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno == Echild)
            {
                return new ExitStatus(StatusUnknown, 0);
            }
            if (errno != Eintr)
            {
                throw new SystemCallException("waitid", "worker", errno);
            }
        }
        int status = *(int*)(info + 24);
        return *(int*)(info + 8) == ChildExited ? new ExitStatus(status, 0) : new ExitStatus(0, status);
    }

    /// <summary>
    /// Kills a child that leads a process group, and the group; one that has ended already is no error. For a child not
    /// reaped yet.
    /// </summary>
    public static void KillGroup(int pid) => _ = kill(-pid, SigKill);

    /// <summary>Sends SIGTERM; one that has ended already is no error.</summary>
    /// <exception cref="ObjectDisposedException">Its status was taken.</exception>
    public static void Terminate(SafeHandle process) => _ = pidfd_send_signal(process, SigTerm, null, 0);

    /// <summary>For a child that could not be watched: ends it and takes its status, now.</summary>
    public static void KillUnwatched(int pid)
    {
        _ = kill(pid, SigKill);
        int status;
        while (waitpid(pid, &status, 0) == -1 && Marshal.GetLastPInvokeError() == Eintr)
        {
            // interrupted: once more
        }
    }

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pidfd_open(int pid, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pidfd_send_signal(SafeHandle process, int signal, void* info, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int type, SafeHandle process, byte* info, int options);
}
