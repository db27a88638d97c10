using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Imapd.Tests.EndToEnd.Harness;

/// <summary>The system calls the harness needs beyond what .NET offers.</summary>
internal static partial class Native
{
    public const int SignalHangUp = 1;
    public const int SignalKill = 9;
    public const int SignalTerminate = 15;
    public const int SignalStop = 19;

    public static void Signal(int processId, int signal)
    {
        if (kill(processId, signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"kill {processId}");
        }
    }

    public static void ChangeOwner(string path, uint user, uint group)
    {
        if (chown(path, user, group) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"chown {path}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int sig);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint owner, uint group);
}
