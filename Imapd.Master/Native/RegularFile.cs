using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace Imapd.Master.Native;

/// <summary>Opens what an administrator named, and nothing but a regular file: a pipe would be waited for, and a device never ends.</summary>
internal static class RegularFile
{
    /// <summary>What is said of a file that is not there.</summary>
    public const string Missing = "no such file";

    /// <summary>Opens it for reading, without waiting.</summary>
    /// <param name="path">The file; symbolic links are followed.</param>
    /// <param name="stat">What the open file is.</param>
    /// <param name="problem">Why there is none: <see cref="Missing"/>, or another reason; null when there is.</param>
    /// <returns>Null: see <paramref name="problem"/>.</returns>
    public static SafeFileHandle? TryOpen(string path, out Stat stat, out string? problem)
    {
        stat = default;
        int descriptor = Syscall.open(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK | OpenFlags.O_CLOEXEC | OpenFlags.O_NOCTTY);
        if (descriptor < 0)
        {
            Errno error = Stdlib.GetLastError();
            problem = error == Errno.ENOENT ? Missing : Marshal.GetPInvokeErrorMessage((int)error);
            return null;
        }
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Syscall.fstat(descriptor, out stat) == 0 && (stat.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFREG)
        {
            problem = null;
            return file;
        }
        file.Dispose();
        problem = "it is no regular file";
        return null;
    }
}
