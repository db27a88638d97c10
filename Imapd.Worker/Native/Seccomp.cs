using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace Imapd.Worker.Native;

/// <summary>One instruction of the kernel's packet filter language (linux/filter.h).</summary>
/// <param name="Code">What it does.</param>
/// <param name="JumpTrue">How many instructions to pass over when the comparison holds.</param>
/// <param name="JumpFalse">How many when it does not.</param>
/// <param name="Operand">What is compared with, loaded from, or returned.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FilterInstruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Operand);

/// <summary>Filters the system calls of a process (seccomp(2)).</summary>
internal static partial class Seccomp
{
    private const int SystemCallNumber = 317; // on x86-64, the only architecture there are filters for
    private const int SetModeFilter = 1;
    private const int AllThreads = 1;

    /// <summary>
    /// Puts every thread of the process under the filter, for good, and no_new_privs, which this thread must have, on
    /// every thread with it.
    /// </summary>
    /// <returns>False when this kernel has no filters.</returns>
    /// <exception cref="SystemCallException">The kernel has them and refuses this one, or a thread could not take it.</exception>
    public static unsafe bool Install(ReadOnlySpan<FilterInstruction> filter)
    {
        fixed (FilterInstruction* first = filter)
        {
            var program = new Program { Length = (ushort)filter.Length, Instructions = first };
            nint result = syscall(SystemCallNumber, SetModeFilter, AllThreads, (nint)(&program));
            if (result == 0)
            {
                return true;
            }
            if (result > 0)
            {
                throw new SystemCallException("seccomp", $"thread {result}", (int)Errno.ESRCH);
            }
            int error = Marshal.GetLastPInvokeError();
            return (Errno)error is Errno.ENOSYS or Errno.EINVAL
                ? false
                : throw new SystemCallException("seccomp", "", error);
        }
    }

    private unsafe struct Program
    {
        public ushort Length;
        public FilterInstruction* Instructions;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third);
}
