namespace Imapd.Protocol.Handoff;

/// <summary>
/// Master to worker: serve this connection. The stream's descriptor comes with it (SCM_RIGHTS): the end of a socket
/// pair with the decrypted octets when <paramref name="Tls"/> is given, else the client's TCP socket itself. On the
/// channel of the one-shot password checker it carries the facts only, no descriptor.
/// </summary>
/// <param name="Id">The session.</param>
/// <param name="PeerAddress">Numeric address of the client.</param>
/// <param name="PeerPort">Port of the client.</param>
/// <param name="LocalAddress">Numeric address the client connected to.</param>
/// <param name="LocalPort">Port the client connected to.</param>
/// <param name="Tls">What the handshake agreed on; null on a cleartext connection.</param>
/// <param name="CanStartTls">The master has a certificate and will answer <see cref="StartTlsRequest"/>.</param>
/// <param name="GuessKey">The key of <see cref="LoginFailed.Guess"/>, the same as long as the master lives; 0: nobody asks.</param>
public sealed record ConnectionHandoff(
    ulong Id,
    string PeerAddress,
    ushort PeerPort,
    string LocalAddress,
    ushort LocalPort,
    TlsFacts? Tls,
    bool CanStartTls,
    UInt128 GuessKey = default) : HandoffMessage(Id);

/// <summary>
/// Master to worker: how the handshake asked for ended. With <paramref name="Tls"/> comes the descriptor of the
/// decrypted stream, which takes the place of the TCP socket; without, the session must end.
/// </summary>
/// <param name="Id">The session.</param>
/// <param name="Tls">What the handshake agreed on; null: it failed.</param>
public sealed record StartTlsReply(ulong Id, TlsFacts? Tls) : HandoffMessage(Id);

/// <summary>Master to worker: whether the user of <see cref="LoginSucceeded"/> may begin one more session.</summary>
/// <param name="Id">The session.</param>
/// <param name="Allowed">False: answer the client NO and end.</param>
/// <param name="Text">
/// Words the client may see: why not, or, when allowed, what he is to be alerted with, a line each; empty for nothing.
/// </param>
public sealed record LoginVerdict(ulong Id, bool Allowed, string Text) : HandoffMessage(Id);

/// <summary>Master to worker: say BYE and end.</summary>
/// <param name="Id">The session; 0: all sessions of this worker.</param>
/// <param name="Reason">Why, for the words of the BYE.</param>
public sealed record ShutdownRequest(ulong Id, ShutdownReason Reason) : HandoffMessage(Id);

/// <summary>
/// Master to worker: the answer to <see cref="AuthenticatorRequest"/>. When available, the descriptor of the
/// <c>SOCK_SEQPACKET</c> channel to a checker comes with it.
/// </summary>
/// <param name="Id">The session.</param>
/// <param name="Available">False: no checker could be started; the login fails as unavailable.</param>
public sealed record AuthenticatorReply(ulong Id, bool Available) : HandoffMessage(Id);

/// <summary>Why a session is asked to end.</summary>
public enum ShutdownReason
{
    /// <summary>The master is stopping.</summary>
    ServerStopping = 1,

    /// <summary>The user is over his limit of sessions, a newer one was let in, and this was idle the longest.</summary>
    ReplacedBySameUser = 2,

    /// <summary>An administrator ended it.</summary>
    AdministratorRequest = 3,
}
