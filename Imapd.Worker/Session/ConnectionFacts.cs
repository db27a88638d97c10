using Imapd.Protocol.Handoff;

namespace Imapd.Worker.Session;

/// <summary>What is known of a connection before it says anything.</summary>
/// <param name="Id">The session's id in the logs.</param>
/// <param name="PeerAddress">The client's address; empty on stdio.</param>
/// <param name="PeerPort">The client's port; 0 on stdio.</param>
/// <param name="LocalAddress">The address it connected to; empty on stdio.</param>
/// <param name="LocalPort">The port it connected to; 0 on stdio.</param>
/// <param name="Tls">How the stream was encrypted when it came; null for cleartext.</param>
/// <param name="PreauthenticatedUser">Who the client is already, when the greeting is PREAUTH; null otherwise.</param>
/// <param name="PreauthenticatedMailRoot">That user's mail root.</param>
/// <param name="CanStartTls">Whether there is a certificate to answer STARTTLS with.</param>
/// <param name="InsecureAuth">Whether passwords may come in cleartext.</param>
/// <param name="GuessKey">The key of <see cref="Login.GuessFingerprint"/>; 0: none is wanted.</param>
internal sealed record ConnectionFacts(
    ulong Id,
    string PeerAddress,
    ushort PeerPort,
    string LocalAddress,
    ushort LocalPort,
    TlsFacts? Tls,
    string? PreauthenticatedUser = null,
    string? PreauthenticatedMailRoot = null,
    bool CanStartTls = false,
    bool InsecureAuth = false,
    UInt128 GuessKey = default)
{
    /// <summary>What a client who is known already is told behind the greeting, line by line; empty for nothing.</summary>
    public string Alert { get; init; } = "";

    /// <summary>Why the client, who is known already, is greeted with BYE; null otherwise.</summary>
    public LoginOutcome? Refusal { get; init; }

    /// <summary>Whether the client need not log in.</summary>
    public bool IsPreauthenticated => PreauthenticatedUser is not null;
}
