using System.Runtime.InteropServices;

namespace Imapd.Master.Native;

/// <summary>A system call failed: which, on what, and why. Not an IOException: no client caused it.</summary>
internal sealed class SystemCallException(string call, string subject, int errno)
    : Exception($"{call} {subject}: {Marshal.GetPInvokeErrorMessage(errno)}")
{
    public int Errno { get; } = errno;

    /// <summary>For the call that has just failed; nothing may run in between.</summary>
    public static SystemCallException FromLastError(string call, string subject) =>
        new(call, subject, Marshal.GetLastPInvokeError());
}
