using System.Runtime.InteropServices;

namespace Imapd.Storage.Maildir.Native;

/// <content>The calls that read or change the disk. Each passes the <see cref="CallSeam"/> when its thread has one.</content>
internal static partial class Libc
{
    internal static int openat(int directory, ReadOnlySpan<byte> path, int flags, uint mode)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.openat(directory, path, flags, mode);
        }

        var call = new DiskCall { Kind = OpenKind(flags), Path = path };
        return seam.Refuses(call) ? -1 : (int)seam.Made(call, Kernel.openat(directory, path, flags, mode));
    }

    internal static int openat(DirectoryHandle directory, ReadOnlySpan<byte> path, int flags, uint mode)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.openat(directory, path, flags, mode);
        }

        var call = new DiskCall { Kind = OpenKind(flags), At = directory, Path = path };
        return seam.Refuses(call) ? -1 : (int)seam.Made(call, Kernel.openat(directory, path, flags, mode));
    }

    internal static int fsync(SafeHandle descriptor)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.fsync(descriptor);
        }

        var call = new DiskCall { Kind = DiskCallKind.Sync, At = descriptor };
        return seam.Refuses(call) ? -1 : (int)seam.Made(call, Kernel.fsync(descriptor));
    }

    internal static nint pread(FileHandle file, Span<byte> buffer, nint count, long offset)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.pread(file, buffer, count, offset);
        }

        var call = new DiskCall { Kind = DiskCallKind.Read, At = file, Offset = offset, Octets = count };
        return seam.Refuses(call) ? -1 : seam.Made(call, Kernel.pread(file, buffer, count, offset));
    }

    internal static nint pwrite(FileHandle file, ReadOnlySpan<byte> buffer, nint count, long offset)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.pwrite(file, buffer, count, offset);
        }

        var call = new DiskCall { Kind = DiskCallKind.Write, At = file, Offset = offset, Octets = count };
        return seam.Refuses(call) ? -1 : seam.Made(call, Kernel.pwrite(file, buffer, count, offset));
    }

    internal static int ftruncate(FileHandle file, long length)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.ftruncate(file, length);
        }

        var call = new DiskCall { Kind = DiskCallKind.Truncate, At = file, Offset = length };
        return seam.Refuses(call) ? -1 : (int)seam.Made(call, Kernel.ftruncate(file, length));
    }

    internal static int futimens(SafeHandle file, ReadOnlySpan<long> times)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.futimens(file, times);
        }

        var call = new DiskCall { Kind = DiskCallKind.SetTimes, At = file };
        return seam.Refuses(call) ? -1 : (int)seam.Made(call, Kernel.futimens(file, times));
    }

    internal static int statx(SafeHandle directory, ReadOnlySpan<byte> path, int flags, uint mask, Span<byte> result)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.statx(directory, path, flags, mask, result);
        }

        var call = new DiskCall { Kind = DiskCallKind.Stat, At = directory, Path = path };
        return seam.Refuses(call) ? -1 : (int)seam.Made(call, Kernel.statx(directory, path, flags, mask, result));
    }

    internal static nint getdents64(DirectoryHandle directory, Span<byte> buffer, nint count)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.getdents64(directory, buffer, count);
        }

        var call = new DiskCall { Kind = DiskCallKind.List, At = directory, Octets = count };
        return seam.Refuses(call) ? -1 : seam.Made(call, Kernel.getdents64(directory, buffer, count));
    }

    internal static int mkdirat(DirectoryHandle directory, ReadOnlySpan<byte> path, uint mode)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.mkdirat(directory, path, mode);
        }

        var call = new DiskCall { Kind = DiskCallKind.MakeDirectory, At = directory, Path = path };
        return seam.Refuses(call) ? -1 : (int)seam.Made(call, Kernel.mkdirat(directory, path, mode));
    }

    internal static int mkdirat(int directory, ReadOnlySpan<byte> path, uint mode)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.mkdirat(directory, path, mode);
        }

        var call = new DiskCall { Kind = DiskCallKind.MakeDirectory, Path = path };
        return seam.Refuses(call) ? -1 : (int)seam.Made(call, Kernel.mkdirat(directory, path, mode));
    }

    internal static int unlinkat(DirectoryHandle directory, ReadOnlySpan<byte> path, int flags)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.unlinkat(directory, path, flags);
        }

        var call = new DiskCall { Kind = DiskCallKind.Unlink, At = directory, Path = path };
        return seam.Refuses(call) ? -1 : (int)seam.Made(call, Kernel.unlinkat(directory, path, flags));
    }

    internal static int linkat(
        DirectoryHandle from, ReadOnlySpan<byte> fromPath, DirectoryHandle to, ReadOnlySpan<byte> toPath, int flags)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.linkat(from, fromPath, to, toPath, flags);
        }

        var call = new DiskCall { Kind = DiskCallKind.Link, At = from, Path = fromPath, To = to, ToPath = toPath };
        return seam.Refuses(call) ? -1 : (int)seam.Made(call, Kernel.linkat(from, fromPath, to, toPath, flags));
    }

    internal static int renameat2(
        DirectoryHandle from, ReadOnlySpan<byte> fromPath, DirectoryHandle to, ReadOnlySpan<byte> toPath, uint flags)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.renameat2(from, fromPath, to, toPath, flags);
        }

        var call = new DiskCall { Kind = DiskCallKind.Rename, At = from, Path = fromPath, To = to, ToPath = toPath };
        return seam.Refuses(call) ? -1 : (int)seam.Made(call, Kernel.renameat2(from, fromPath, to, toPath, flags));
    }

    internal static int fcntl(FileHandle file, int command, ReadOnlySpan<byte> fileLock)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.fcntl(file, command, fileLock);
        }

        var call = new DiskCall { Kind = DiskCallKind.Lock, At = file };
        return seam.Refuses(call) ? -1 : (int)seam.Made(call, Kernel.fcntl(file, command, fileLock));
    }

    internal static int flock(DirectoryHandle directory, int operation)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.flock(directory, operation);
        }

        var call = new DiskCall { Kind = DiskCallKind.Lock, At = directory };
        return seam.Refuses(call) ? -1 : (int)seam.Made(call, Kernel.flock(directory, operation));
    }

    internal static int inotify_init1(int flags)
    {
        if (CallSeam.Current is not { } seam)
        {
            return Kernel.inotify_init1(flags);
        }

        var call = new DiskCall { Kind = DiskCallKind.Watch };
        return seam.Refuses(call) ? -1 : (int)seam.Made(call, Kernel.inotify_init1(flags));
    }

    private static DiskCallKind OpenKind(int flags) =>
        (flags & (O_CREAT | O_TRUNC)) != 0 ? DiskCallKind.Create : DiskCallKind.Open;

    /// <summary>The C functions themselves.</summary>
    private static partial class Kernel
    {
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int openat(int directory, ReadOnlySpan<byte> path, int flags, uint mode);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int openat(DirectoryHandle directory, ReadOnlySpan<byte> path, int flags, uint mode);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int fsync(SafeHandle descriptor);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint pread(FileHandle file, Span<byte> buffer, nint count, long offset);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint pwrite(FileHandle file, ReadOnlySpan<byte> buffer, nint count, long offset);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int ftruncate(FileHandle file, long length);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int futimens(SafeHandle file, ReadOnlySpan<long> times);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int statx(SafeHandle directory, ReadOnlySpan<byte> path, int flags, uint mask, Span<byte> result);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint getdents64(DirectoryHandle directory, Span<byte> buffer, nint count);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int mkdirat(DirectoryHandle directory, ReadOnlySpan<byte> path, uint mode);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int mkdirat(int directory, ReadOnlySpan<byte> path, uint mode);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int unlinkat(DirectoryHandle directory, ReadOnlySpan<byte> path, int flags);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int linkat(
            DirectoryHandle from, ReadOnlySpan<byte> fromPath, DirectoryHandle to, ReadOnlySpan<byte> toPath, int flags);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int renameat2(
            DirectoryHandle from, ReadOnlySpan<byte> fromPath, DirectoryHandle to, ReadOnlySpan<byte> toPath, uint flags);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int fcntl(FileHandle file, int command, ReadOnlySpan<byte> fileLock);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int flock(DirectoryHandle directory, int operation);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int inotify_init1(int flags);
    }
}
