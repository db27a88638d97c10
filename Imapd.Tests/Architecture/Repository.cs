namespace Imapd.Tests.Architecture;

/// <summary>Where the working tree is, found from the directory the tests run in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Combine(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Every file of these patterns that a person wrote: nothing from bin, obj, out or .git.</summary>
    public static IEnumerable<string> Files(params string[] patterns)
    {
        string[] generated = ["bin", "obj", "out", "TestResults", ".git"];
        return from pattern in patterns
               from file in Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories)
               where !Path.GetRelativePath(Root, file).Split('/').Intersect(generated).Any()
               select file;
    }

    private static string Find()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "imapd.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }
        return directory ?? throw new InvalidOperationException("imapd.sln is in no directory above the tests");
    }
}
