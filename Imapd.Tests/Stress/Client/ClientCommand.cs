namespace Imapd.Tests.Stress.Client;

/// <summary>A command without its tag, literals in place.</summary>
internal sealed record ClientCommand(string Text)
{
    /// <summary>Whether EXPUNGE may not be told before its answer (RFC 9051 §7.5.1).</summary>
    public bool ForbidsExpunge { get; init; }

    /// <summary>Called when all before it are answered.</summary>
    public Action? OnStart { get; init; }
}
