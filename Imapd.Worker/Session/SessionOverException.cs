using Imapd.Protocol.Handoff;

namespace Imapd.Worker.Session;

/// <summary>The session ends here, whatever it was doing: the client gets an untagged BYE and nothing more.</summary>
internal sealed class SessionOverException(SessionEnd reason, string? code, string text) : Exception(text)
{
    /// <summary>What the end is reported as.</summary>
    public SessionEnd Reason { get; } = reason;

    /// <summary>The response code of the BYE.</summary>
    public string? Code { get; } = code;
}
