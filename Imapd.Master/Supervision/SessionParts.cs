using Imapd.Master.Configuration;
using Imapd.Master.Tls;
using Serilog;

namespace Imapd.Master.Supervision;

/// <summary>What all sessions of a server share.</summary>
internal sealed record SessionParts(
    Settings Settings,
    ILogger Log,
    TlsEndpoint? Tls,
    IWorkerSource Workers,
    Authenticators Authenticators,
    UserSessions Users,
    SourcePenalties Penalties,
    SessionTable Sessions)
{
    /// <summary>What has happened so far.</summary>
    public Counters Counters { get; init; } = new();

    /// <summary>What everybody hears who logs in; null: nothing.</summary>
    public AlertFile? Alert { get; init; }
}
