using System.Security.Cryptography;
using System.Text;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Tests.Storage.Crash;

/// <summary>What of the octets written since the last fsync is lost.</summary>
internal enum DataLoss
{
    /// <summary>Nothing: they happened to be written in time.</summary>
    Nothing,

    /// <summary>All of it: the file is as long as it was.</summary>
    CutOff,

    /// <summary>The latter half.</summary>
    Half,

    /// <summary>The length is there and the octets are not: NULs.</summary>
    Zeros,
}

/// <summary>Times of a file in nanoseconds since 1970.</summary>
internal readonly record struct Times(long Modified, long Changed);

/// <summary>A tree as a power failure leaves it.</summary>
/// <param name="lostNames">How many changes of names are undone.</param>
/// <param name="loss">What of the data is.</param>
internal sealed class DiskImage(int lostNames, DataLoss loss)
{
    private readonly List<Entry> _entries = [];

    public string Description => $"{lostNames} changes of names lost, data: {loss}";

    /// <summary>Whether changes of names are undone.</summary>
    public bool AreNamesLost => lostNames > 0;

    /// <summary>The same for images with the same names and octets.</summary>
    public string Signature
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (Entry entry in _entries)
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{entry.Path}\0{entry.Octets?.Length ?? -1}\0"));
                hash.AppendData(entry.Octets ?? []);
            }

            return Convert.ToHexString(hash.GetHashAndReset());
        }
    }

    public void Add(Entry entry) => _entries.Add(entry);

    /// <summary>Builds it; while the result is in place, the store sees the inodes and times of the original.</summary>
    public IDisposable Build(string root)
    {
        var original = new Dictionary<ulong, (FileStat Built, Entry Entry)>();
        foreach (Entry entry in _entries)
        {
            string path = root + entry.Path;
            if (entry.Octets is null)
            {
                _ = Directory.CreateDirectory(path);
            }
            else
            {
                File.WriteAllBytes(path, entry.Octets);
                File.SetUnixFileMode(path, entry.Mode);
                File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddTicks(entry.Times.Modified / 100));
            }
        }

        foreach (Entry entry in _entries)
        {
            FileStat built = StatOf(root + entry.Path, entry.Octets is null);
            original[built.Inode] = (built, entry);
        }

        return new Disguise(original) { GrantsWatches = false };
    }

    private static FileStat StatOf(string path, bool isDirectory)
    {
        if (isDirectory)
        {
            _ = DirectoryHandle.TryOpen(Octets.FromText(path), out DirectoryHandle? directory);
            using (directory)
            {
                return directory!.Stat();
            }
        }

        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
        _ = FileStat.TryGet(file, string.Empty, true, out FileStat stat);
        return stat;
    }

    /// <summary>One name.</summary>
    /// <param name="Path">From the root, with a leading slash; empty for the root.</param>
    /// <param name="Octets">What is in the file; null for a directory.</param>
    /// <param name="Inode">The original's.</param>
    /// <param name="Times">The original's.</param>
    /// <param name="Mode">The original's permissions.</param>
    internal sealed record Entry(string Path, byte[]? Octets, ulong Inode, Times Times, UnixFileMode Mode);

    // Inode and ctime cannot be set; without them no stamp of the original would ever be believed.
    private sealed class Disguise(Dictionary<ulong, (FileStat Built, Entry Entry)> original) : FaultSeam
    {
        public override FileStat Seen(in FileStat stat) =>
            !original.TryGetValue(stat.Inode, out (FileStat Built, Entry Entry) known) ? stat
            : stat.ChangedNanoseconds != known.Built.ChangedNanoseconds ? stat with { Inode = known.Entry.Inode }
            : stat with
            {
                Inode = known.Entry.Inode,
                ModifiedNanoseconds = known.Entry.Times.Modified,
                ChangedNanoseconds = known.Entry.Times.Changed,
            };
    }
}
