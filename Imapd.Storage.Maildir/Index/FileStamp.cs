using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Index;

/// <summary>By what it is seen that a file or directory has changed. The default value says that it is not known.</summary>
/// <param name="Inode">Which one it is.</param>
/// <param name="Octets">Its length.</param>
/// <param name="ModifiedNanoseconds">mtime.</param>
/// <param name="ChangedNanoseconds">ctime, which no program can set back.</param>
internal readonly record struct FileStamp(ulong Inode, long Octets, long ModifiedNanoseconds, long ChangedNanoseconds)
{
    /// <summary>The stamp of what is not there.</summary>
    public static FileStamp Absent { get; } = new(0, -1, 0, 0);

    /// <summary>Whether it says anything.</summary>
    public bool IsKnown => this != default;

    /// <summary>Whether both are known, and nothing has changed between them.</summary>
    public bool Confirms(FileStamp other) => this == other && IsKnown;

    /// <summary>The stamp of a name in a directory.</summary>
    public static FileStamp Of(DirectoryHandle directory, string name)
    {
        Errno error = FileStat.TryGet(directory, name, true, out FileStat stat, isAsked: true);
        return error switch
        {
            Errno.None => Of(stat),
            Errno.ENOENT => Absent,
            _ => throw new UnixException("statx", name, error),
        };
    }

    /// <summary>The stamp in what statx(2) told.</summary>
    public static FileStamp Of(FileStat stat) => new(stat.Inode, stat.Octets, stat.ModifiedNanoseconds, stat.ChangedNanoseconds);
}
