namespace Imapd.Protocol.Values;

/// <summary>How the system flags are written (RFC 9051 §2.3.2).</summary>
public static class SystemFlagNames
{
    /// <summary>Every system flag a client may set with its name, in the order they are always written in.</summary>
    public static IReadOnlyList<(SystemFlags Flag, string Name)> All { get; } =
    [
        (SystemFlags.Answered, "\\Answered"),
        (SystemFlags.Flagged, "\\Flagged"),
        (SystemFlags.Deleted, "\\Deleted"),
        (SystemFlags.Seen, "\\Seen"),
        (SystemFlags.Draft, "\\Draft"),
    ];
}
