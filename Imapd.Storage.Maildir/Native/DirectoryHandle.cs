using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Imapd.Storage.Maildir.Native;

/// <summary>
/// An open directory; everything in it is named relative to it, so no path is looked up twice and a directory that is
/// renamed meanwhile stays the same one.
/// </summary>
/// <remarks><c>Try…</c> methods return the reason of a failure; the others throw it.</remarks>
internal sealed class DirectoryHandle : SafeHandleMinusOneIsInvalid
{
    private readonly string _name;

    private DirectoryHandle(int descriptor, string name)
        : base(ownsHandle: true)
    {
        _name = name;
        SetHandle(descriptor);
    }

    /// <summary>Opens a directory by absolute path, symbolic links followed.</summary>
    public static Errno TryOpen(string path, out DirectoryHandle? directory)
    {
        int flags = Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC | Libc.O_NONBLOCK;
        ReadOnlySpan<byte> octets = Octets.ToC(path, stackalloc byte[Octets.NameBuffer]);
        Errno error;
        do
        {
            error = Opened(Libc.openat(Libc.AT_FDCWD, octets, flags, 0), path, out directory);
        }
        while (error == Errno.EINTR);
        return error;
    }

    /// <summary>Opens a directory in this one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="follow">Whether it may be a symbolic link to one.</param>
    /// <param name="directory">The directory, when <see cref="Errno.None"/> is returned.</param>
    public Errno TryOpenDirectory(string name, bool follow, out DirectoryHandle? directory)
    {
        int flags = Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC | Libc.O_NONBLOCK | (follow ? 0 : Libc.O_NOFOLLOW);
        ReadOnlySpan<byte> octets = Octets.ToC(name, stackalloc byte[Octets.NameBuffer]);
        Errno error;
        do
        {
            error = Opened(Libc.openat(this, octets, flags, 0), name, out directory);
        }
        while (error == Errno.EINTR);
        return error;
    }

    /// <inheritdoc cref="TryOpenDirectory" />
    public DirectoryHandle OpenDirectory(string name, bool follow)
    {
        Errno error = TryOpenDirectory(name, follow, out DirectoryHandle? directory);
        return error == Errno.None ? directory! : throw new UnixException("openat", name, error);
    }

    /// <summary>Opens a file here: never through a symbolic link, never waiting for the other end of a FIFO.</summary>
    /// <param name="name">Which.</param>
    /// <param name="flags">Of open(2).</param>
    /// <param name="file">The file, when None is returned.</param>
    /// <param name="mode">The permissions of one that is made: 0600 unless it says otherwise.</param>
    public Errno TryOpenFile(string name, int flags, out FileHandle? file, uint mode = 0x180)
    {
        file = null;
        flags |= Libc.O_CLOEXEC | Libc.O_NOFOLLOW | Libc.O_NONBLOCK;
        ReadOnlySpan<byte> path = Octets.ToC(name, stackalloc byte[Octets.NameBuffer]);
        while (true)
        {
            int descriptor = Libc.openat(this, path, flags, mode);
            if (descriptor >= 0)
            {
                file = new FileHandle(descriptor, name);
                return Errno.None;
            }

            var error = (Errno)Marshal.GetLastPInvokeError();
            if (error != Errno.EINTR)
            {
                return error;
            }
        }
    }

    /// <inheritdoc cref="TryOpenFile" />
    public FileHandle OpenFile(string name, int flags)
    {
        Errno error = TryOpenFile(name, flags, out FileHandle? file);
        return error == Errno.None ? file! : throw new UnixException("openat", name, error);
    }

    /// <summary>Renames, replacing what bears the new name.</summary>
    public Errno TryRename(string from, DirectoryHandle to, string name) => Result(Libc.renameat2(
        this, Octets.ToC(from, stackalloc byte[Octets.NameBuffer]), to, Octets.ToC(name, stackalloc byte[Octets.NameBuffer]), 0));

    /// <summary>
    /// Renames unless the new name is taken (<see cref="Errno.EEXIST"/>). File systems without renameat2's flag get a
    /// link and an unlink instead: a crash between them leaves both names, of one file. Directories, which have no second names,
    /// are looked for there and renamed: rename(2) replaces none that holds something, and every mailbox does.
    /// </summary>
    public Errno TryRenameNew(string from, DirectoryHandle to, string name) => TryRenameNew(
        Octets.ToC(from, stackalloc byte[Octets.NameBuffer]), to, Octets.ToC(name, stackalloc byte[Octets.NameBuffer]));

    /// <summary>The same of names that end in NUL.</summary>
    public Errno TryRenameNew(ReadOnlySpan<byte> from, DirectoryHandle to, ReadOnlySpan<byte> name)
    {
        Errno error = Result(Libc.renameat2(this, from, to, name, Libc.RENAME_NOREPLACE));
        if (error is not (Errno.EINVAL or Errno.ENOSYS))
        {
            return error;
        }

        error = Result(Libc.linkat(this, from, to, name, 0));
        if (error == Errno.EPERM && TryStat(Text(from), false, out FileStat stat) == Errno.None && stat.Kind == FileKind.Directory)
        {
            error = to.TryStat(Text(name), false, out _);
            return error == Errno.ENOENT ? Result(Libc.renameat2(this, from, to, name, 0)) : error == Errno.None ? Errno.EEXIST : error;
        }

        return error == Errno.None ? Result(Libc.unlinkat(this, from, 0)) : error;
    }

    private static string Text(ReadOnlySpan<byte> name) => System.Text.Encoding.Latin1.GetString(name[..name.IndexOf((byte)0)]);

    /// <summary>Gives a file here a further name there.</summary>
    public Errno TryLink(string from, DirectoryHandle to, string name) => Result(Libc.linkat(
        this, Octets.ToC(from, stackalloc byte[Octets.NameBuffer]), to, Octets.ToC(name, stackalloc byte[Octets.NameBuffer]), 0));

    /// <summary>Removes a name that is no directory's.</summary>
    public Errno TryUnlink(string name) => TryUnlink(Octets.ToC(name, stackalloc byte[Octets.NameBuffer]));

    /// <summary>The same of a name that ends in NUL.</summary>
    public Errno TryUnlink(ReadOnlySpan<byte> name) => Result(Libc.unlinkat(this, name, 0));

    /// <summary>Removes an empty directory.</summary>
    public Errno TryRemoveDirectory(string name) =>
        Result(Libc.unlinkat(this, Octets.ToC(name, stackalloc byte[Octets.NameBuffer]), Libc.AT_REMOVEDIR));

    /// <summary>Makes a directory for its owner only.</summary>
    public Errno TryMakeDirectory(string name) =>
        Result(Libc.mkdirat(this, Octets.ToC(name, stackalloc byte[Octets.NameBuffer]), 0x1c0));

    /// <summary>Makes a directory for its owner only, by absolute path.</summary>
    public static Errno TryMake(string path) =>
        Result(Libc.mkdirat(Libc.AT_FDCWD, Octets.ToC(path, stackalloc byte[Octets.NameBuffer]), 0x1c0));

    /// <summary>What a name here stands for.</summary>
    public Errno TryStat(string name, bool follow, out FileStat stat) => FileStat.TryGet(this, name, follow, out stat);

    /// <summary>What this directory is now, also where another host may have changed it.</summary>
    public FileStat Stat()
    {
        Errno error = FileStat.TryGet(this, string.Empty, true, out FileStat stat, isAsked: true);
        return error == Errno.None ? stat : throw new UnixException("statx", _name, error);
    }

    /// <summary>Reads the directory from its beginning.</summary>
    public void Rewind()
    {
        if (Libc.lseek(this, 0, Libc.SEEK_SET) == -1)
        {
            throw UnixException.FromLastError("lseek", _name);
        }
    }

    /// <summary>The next entries, as getdents64(2) gives them; 0 octets at the end.</summary>
    public int ReadEntries(Span<byte> buffer)
    {
        nint got = Libc.getdents64(this, buffer, buffer.Length);
        return got >= 0 ? (int)got : throw UnixException.FromLastError("getdents64", _name);
    }

    /// <summary>Makes every link, rename and unlink done here so far survive a power failure.</summary>
    /// <exception cref="UnixException">
    /// What is on disk is now unknown: rescan. A second fsync may report success for writes that were lost.
    /// </exception>
    public void Sync()
    {
        while (Libc.fsync(this) == -1)
        {
            var error = (Errno)Marshal.GetLastPInvokeError();
            if (error != Errno.EINTR)
            {
                throw new UnixException("fsync", _name, error);
            }
        }
    }

    /// <summary>Sets the directory's mtime, and atime with it; nanoseconds since 1970.</summary>
    public Errno TrySetModified(long nanoseconds)
    {
        (long seconds, long rest) = Math.DivRem(nanoseconds, 1_000_000_000);
        return Result(Libc.futimens(this, [seconds, rest, seconds, rest]));
    }

    /// <summary>Locks the directory itself (flock(2)) until it is closed, without waiting.</summary>
    /// <returns><see cref="Errno.EAGAIN"/> when another descriptor holds it.</returns>
    public Errno TryFlock() => Result(Libc.flock(this, Libc.LOCK_EX | Libc.LOCK_NB));

    /// <summary>This directory once more, with a descriptor of its own.</summary>
    public DirectoryHandle Reopen() => OpenDirectory(".", true);

    /// <inheritdoc />
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;

    private static Errno Opened(int descriptor, string name, out DirectoryHandle? directory)
    {
        directory = descriptor < 0 ? null : new DirectoryHandle(descriptor, name);
        return Result(descriptor);
    }

    private static Errno Result(int returned) => returned == -1 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
}
