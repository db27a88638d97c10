using System.Net;

namespace Imapd.Master.Supervision;

/// <summary>How far a session has come, as far as this process knows.</summary>
internal enum SessionStage
{
    /// <summary>A handshake, or the wait for a worker.</summary>
    Connecting,
    NotAuthenticated,
    Authenticated,

    /// <summary>It was asked to end, or its worker said that it does.</summary>
    Ending,
}

/// <summary>A session as <c>imapd who</c> tells it.</summary>
/// <param name="Id">As <see cref="Protocol.Handoff.SessionId"/> writes it.</param>
/// <param name="User">The login; null: none yet.</param>
/// <param name="Peer">The client.</param>
/// <param name="Local">Where it connected to.</param>
/// <param name="ConnectedAt">Since when.</param>
/// <param name="Stage">How far it has come.</param>
/// <param name="Activity">What the kernel knows of the connection; null: it is closed already.</param>
/// <param name="Tls">The protocol, or <c>no</c>.</param>
/// <param name="WorkerPid">Its worker; null: it has none yet.</param>
internal sealed record SessionView(
    string Id,
    string? User,
    IPEndPoint Peer,
    IPEndPoint Local,
    DateTimeOffset ConnectedAt,
    SessionStage Stage,
    TcpActivity? Activity,
    string Tls,
    int? WorkerPid);
