using System.Runtime.InteropServices;

namespace Imapd.Storage.Maildir.Native;

/// <summary>Which of the calls that read or change the disk.</summary>
internal enum DiskCallKind
{
    /// <summary>openat(2) of what is there, without changing it.</summary>
    Open,

    /// <summary>openat(2) with <c>O_CREAT</c> or <c>O_TRUNC</c>.</summary>
    Create,

    /// <summary>pread(2).</summary>
    Read,

    /// <summary>pwrite(2).</summary>
    Write,

    /// <summary>ftruncate(2).</summary>
    Truncate,

    /// <summary>futimens(3).</summary>
    SetTimes,

    /// <summary>fsync(2) of a file or a directory.</summary>
    Sync,

    /// <summary>statx(2).</summary>
    Stat,

    /// <summary>getdents64(2).</summary>
    List,

    /// <summary>mkdirat(2).</summary>
    MakeDirectory,

    /// <summary>unlinkat(2) of a file or an empty directory.</summary>
    Unlink,

    /// <summary>linkat(2).</summary>
    Link,

    /// <summary>renameat2(2).</summary>
    Rename,

    /// <summary>fcntl(2) for a lock, or flock(2).</summary>
    Lock,

    /// <summary>inotify_init1(2).</summary>
    Watch,
}

/// <summary>A call about to be made, or made.</summary>
internal readonly ref struct DiskCall
{
    /// <summary>Which call.</summary>
    public required DiskCallKind Kind { get; init; }

    /// <summary>The descriptor it is made on or relative to; null when the path is absolute.</summary>
    public SafeHandle? At { get; init; }

    /// <summary>The path in it, ending in NUL; empty for the descriptor itself.</summary>
    public ReadOnlySpan<byte> Path { get; init; }

    /// <summary>Relative to what the second path is, for <see cref="DiskCallKind.Link"/> and <see cref="DiskCallKind.Rename"/>.</summary>
    public SafeHandle? To { get; init; }

    /// <summary>The second path, ending in NUL.</summary>
    public ReadOnlySpan<byte> ToPath { get; init; }

    /// <summary>Where in the file, or the length it is cut to.</summary>
    public long Offset { get; init; }

    /// <summary>How many octets.</summary>
    public long Octets { get; init; }

    /// <summary>Whether the disk is another afterwards, if it succeeds.</summary>
    public bool IsChange => Kind is DiskCallKind.Create or DiskCallKind.Write or DiskCallKind.Truncate or DiskCallKind.SetTimes
        or DiskCallKind.Sync or DiskCallKind.MakeDirectory or DiskCallKind.Unlink or DiskCallKind.Link or DiskCallKind.Rename;
}
