using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace Imapd.Worker.Native;

/// <summary>A system call failed. Not an <see cref="IOException"/>: that one means the client is gone.</summary>
internal sealed class SystemCallException : Exception
{
    /// <summary>Names the call, what it was done to, and the reason.</summary>
    public SystemCallException(string call, string subject, int errno)
        : base($"{call} {subject}: {Marshal.GetPInvokeErrorMessage(errno)}")
    {
        Number = (Errno)errno;
    }

    /// <summary>The reason, as the kernel gives it.</summary>
    public Errno Number { get; }

    /// <summary>For the call that has just failed: errno is read at once.</summary>
    public static SystemCallException FromLastError(string call, string subject) =>
        new(call, subject, Marshal.GetLastPInvokeError());
}
