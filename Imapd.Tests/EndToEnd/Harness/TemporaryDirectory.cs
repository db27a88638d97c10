namespace Imapd.Tests.EndToEnd.Harness;

/// <summary>A directory that is gone after the test. Other users may look into it, as worker processes must.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("imapd-test-").FullName;

    public TemporaryDirectory() => File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);

    public string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public string Write(string name, string content)
    {
        string file = Combine(name);
        File.WriteAllText(file, content);
        return file;
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
