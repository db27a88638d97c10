using Imapd.Protocol.Handoff;

namespace Imapd.Worker.Session;

/// <summary>The session ends here, whatever it was doing.</summary>
/// <param name="reason">What the end is reported as.</param>
/// <param name="code">The response code of the BYE; null for none.</param>
/// <param name="bye">The text of an untagged BYE; null when the client is not to be told, or was told already.</param>
internal sealed class SessionOverException(SessionEnd reason, string? code, string? bye) : Exception(bye)
{
    /// <summary>What the end is reported as.</summary>
    public SessionEnd Reason { get; } = reason;

    /// <summary>The response code of the BYE.</summary>
    public string? Code { get; } = code;

    /// <summary>What the client is told.</summary>
    public string? Bye { get; } = bye;
}
