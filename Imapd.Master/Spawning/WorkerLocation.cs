namespace Imapd.Master.Spawning;

/// <summary>Where imapd-worker is: found from where imapd is, never from a search path.</summary>
internal static class WorkerLocation
{
    private const string Name = "imapd-worker";

    /// <summary>The absolute path, or null when it is in none of the places.</summary>
    public static string? Find() => Candidates(AppContext.BaseDirectory).FirstOrDefault(File.Exists);

    /// <summary>Beside the executable as built, and where it is installed.</summary>
    public static IEnumerable<string> Candidates(string directory) =>
    [
        Path.GetFullPath(Path.Combine(directory, Name)),
        Path.GetFullPath(Path.Combine(directory, "../libexec/imapd", Name)),
        Path.GetFullPath(Path.Combine(directory, "../lib/imapd", Name)),
    ];
}
