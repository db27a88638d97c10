using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>
/// A directory seen through another file system, which remembers names and times for itself, as that of another host does:
/// bindfs over FUSE, locks passed on. Where there is none, the test is skipped.
/// </summary>
internal sealed class RemoteMount : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    /// <param name="path">What is seen through it.</param>
    public RemoteMount(string path)
    {
        if (!Shell.Has("bindfs") || !File.Exists("/dev/fuse")
            || Shell.Run("bindfs", ["--multithreaded", "--enable-lock-forwarding", path, Path]).Status != 0)
        {
            _directory.Dispose();
            Assert.Ignore("needs root that may mount, and bindfs");
        }
    }

    public string Path => _directory.Path;

    public void Dispose()
    {
        _ = Shell.Run("umount", ["-l", Path]);
        _directory.Dispose();
    }
}
