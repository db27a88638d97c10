using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Imapd.Storage.Maildir.Native;

/// <summary>What kind of thing a directory entry is.</summary>
internal enum FileKind
{
    /// <summary>The file system did not say.</summary>
    Unknown,

    /// <summary>A plain file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>FIFO, socket or device.</summary>
    Other,
}

/// <summary>What statx(2) tells about a file; times in nanoseconds since 1970.</summary>
/// <remarks>Times before <see cref="MinSeconds"/> and after <see cref="MaxSeconds"/> are told as those: 64 bits hold no more.</remarks>
/// <param name="Kind">What it is.</param>
/// <param name="Device">The file system it is on.</param>
/// <param name="Inode">Its number there.</param>
/// <param name="LinkCount">How many names it has; 0 when it was removed and is only held open.</param>
/// <param name="Octets">Its length.</param>
/// <param name="ModifiedNanoseconds">mtime.</param>
/// <param name="ChangedNanoseconds">ctime.</param>
internal readonly record struct FileStat(
    FileKind Kind, ulong Device, ulong Inode, uint LinkCount, long Octets, long ModifiedNanoseconds, long ChangedNanoseconds)
{
    /// <summary>mtime in whole seconds since 1970.</summary>
    public long ModifiedSeconds => (ModifiedNanoseconds - (((ModifiedNanoseconds % 1_000_000_000) + 1_000_000_000) % 1_000_000_000)) / 1_000_000_000;

    /// <summary>The earliest second that can be told, in the year 1677.</summary>
    public const long MinSeconds = -MaxSeconds;

    /// <summary>The last second that can be told, in the year 2262.</summary>
    public const long MaxSeconds = (long.MaxValue / 1_000_000_000) - 1;

    private const int StructOctets = 256;
    private const ushort OwnerMayExecute = 0x40;
    private const uint BasicStats = 0x7ff;

    /// <summary>Whether its owner may execute it.</summary>
    public bool IsExecutable { get; private init; }

    /// <summary>Asks about a name in a directory, or with an empty name about the descriptor itself.</summary>
    /// <param name="at">The directory or file.</param>
    /// <param name="name">The name, octets.</param>
    /// <param name="follow">Whether a symbolic link stands for what it leads to.</param>
    /// <param name="stat">What it is, when <see cref="Errno.None"/> is returned.</param>
    /// <param name="isAsked">Whether a remote file system's server is asked, whatever this host remembers of it.</param>
    public static Errno TryGet(SafeHandle at, string name, bool follow, out FileStat stat, bool isAsked = false)
    {
        stat = default;
        Span<byte> result = stackalloc byte[StructOctets];
        int flags = (name.Length == 0 ? Libc.AT_EMPTY_PATH : 0) | (follow ? 0 : Libc.AT_SYMLINK_NOFOLLOW)
            | (isAsked ? Libc.AT_STATX_FORCE_SYNC : 0);
        if (Libc.statx(at, Native.Octets.ToC(name, stackalloc byte[Native.Octets.NameBuffer]), flags, BasicStats, result) == -1)
        {
            return (Errno)Marshal.GetLastPInvokeError();
        }

        // struct statx has the same layout on every architecture (statx(2)).
        ushort mode = BinaryPrimitives.ReadUInt16LittleEndian(result[28..]);
        stat = new FileStat(
            KindOfMode(mode),
            BinaryPrimitives.ReadUInt64LittleEndian(result[136..]),
            BinaryPrimitives.ReadUInt64LittleEndian(result[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(result[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(result[40..]),
            Nanoseconds(result[112..]),
            Nanoseconds(result[96..]))
        {
            IsExecutable = (mode & OwnerMayExecute) != 0,
        };
        if (CallSeam.Current is { } seam)
        {
            stat = seam.Seen(stat);
        }

        return Errno.None;
    }

    private static long Nanoseconds(ReadOnlySpan<byte> time) =>
        (Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(time), MinSeconds, MaxSeconds) * 1_000_000_000)
        + BinaryPrimitives.ReadUInt32LittleEndian(time[8..]);

    private static FileKind KindOfMode(ushort mode) => (mode & 0xf000) switch
    {
        0x8000 => FileKind.Regular,
        0x4000 => FileKind.Directory,
        0xa000 => FileKind.Link,
        _ => FileKind.Other,
    };
}
