namespace Imapd.Bench;

/// <summary>The one directory everything is made in, and those of runs that were killed before they could remove theirs.</summary>
internal sealed class WorkDirectory : IDisposable
{
    private const string Prefix = "imapd-bench-";

    public WorkDirectory()
    {
        RemoveLeftBehind();
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), Prefix + Environment.ProcessId);
        Directory.CreateDirectory(Path, (UnixFileMode)0b111_101_101);
    }

    public string Path { get; }

    /// <exception cref="IOException">There is less room than that.</exception>
    public void RequireFree(int gigabytes)
    {
        long free = new DriveInfo(Path).AvailableFreeSpace >> 30;
        if (free < gigabytes)
        {
            throw new IOException($"{Path} has {free} GB free, the mail takes up to {gigabytes}; TMPDIR names another place");
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static void RemoveLeftBehind()
    {
        foreach (string directory in Directory.GetDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            if (!Directory.Exists("/proc/" + directory[(directory.LastIndexOf('-') + 1)..]))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }
}
