using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Imapd.Storage.Maildir.Native;

/// <summary>
/// Open-file-description locks (fcntl(2)): they belong to the descriptor, so two sessions in one process exclude each
/// other too, and the kernel drops them when the holder dies.
/// </summary>
internal static class OfdLock
{
    /// <summary>Locks the whole file for writing, without waiting.</summary>
    /// <returns>False when another descriptor holds it.</returns>
    public static bool TryLock(FileHandle file)
    {
        Span<byte> fileLock = stackalloc byte[32];
        BinaryPrimitives.WriteInt16LittleEndian(fileLock, Libc.F_WRLCK);
        while (Libc.fcntl(file, Libc.F_OFD_SETLK, fileLock) == -1)
        {
            var error = (Errno)Marshal.GetLastPInvokeError();
            if (error is Errno.EAGAIN or Errno.EACCES)
            {
                return false;
            }

            if (error != Errno.EINTR)
            {
                throw new UnixException("fcntl", "lock", error);
            }
        }

        return true;
    }
}
