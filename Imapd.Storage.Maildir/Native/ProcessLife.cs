using System.Runtime.InteropServices;

namespace Imapd.Storage.Maildir.Native;

/// <summary>Whether processes are still there.</summary>
internal static class ProcessLife
{
    private const int NoSuchProcess = 3;

    /// <summary>False when no process of this host has the number.</summary>
    public static bool IsAlive(int process) =>
        Libc.kill(process, 0) == 0 || Marshal.GetLastPInvokeError() != NoSuchProcess;
}
