using System.Runtime.InteropServices;

namespace Imapd.Storage.Maildir.Native;

/// <summary>The C functions the store calls, under their own names. Nothing outside this folder calls them.</summary>
/// <remarks>
/// Everything that returns an int or a descriptor is declared to return int, as in C: declared to return a SafeHandle it
/// would hand back 4294967295 for -1 and look valid. Paths are octets ending in NUL. Calls that read or change the disk are
/// in DiskCalls.cs: they pass the <see cref="CallSeam"/>.
/// </remarks>
internal static partial class Libc
{
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_TRUNC = 0x200;
    public const int O_APPEND = 0x400;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    public const int SEEK_SET = 0;

    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_REMOVEDIR = 0x200;
    public const int AT_EMPTY_PATH = 0x1000;
    public const int AT_STATX_FORCE_SYNC = 0x2000;

    public const uint RENAME_NOREPLACE = 1;
    public const int F_OFD_SETLK = 37;
    public const short F_WRLCK = 1;
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;

    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_SHARED = 1;
    public const int MAP_PRIVATE = 2;
    public const int MAP_ANONYMOUS = 0x20;
    public const int MAP_NORESERVE = 0x4000;

    // These two are the ones in which the architectures differ.
    public static readonly int O_DIRECTORY = IsArm ? 0x4000 : 0x10000;
    public static readonly int O_NOFOLLOW = IsArm ? 0x8000 : 0x20000;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(SafeHandle file, Span<byte> buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fstatfs(SafeHandle descriptor, Span<byte> result);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial long lseek(DirectoryHandle directory, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint mmap(nint address, nuint octets, int protection, int flags, FileHandle file, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint mmap(nint address, nuint octets, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munmap(nint address, nuint octets);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int process, int signal);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int inotify_add_watch(SafeHandle inotify, ReadOnlySpan<byte> path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int inotify_rm_watch(SafeHandle inotify, int watch);
}
