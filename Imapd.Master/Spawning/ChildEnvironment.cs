namespace Imapd.Master.Spawning;

/// <summary>
/// What a child finds in its environment: nothing that could change how a program is loaded or run, only the time
/// zone when the administrator has set one.
/// </summary>
internal static class ChildEnvironment
{
    public static IReadOnlyList<string> Variables { get; } =
        Environment.GetEnvironmentVariable("TZ") is { Length: > 0 and < 256 } zone ? [$"TZ={zone}"] : [];
}
