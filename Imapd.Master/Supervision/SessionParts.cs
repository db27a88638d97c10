using System.Buffers.Binary;
using System.Security.Cryptography;
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
    /// <summary>Under this key wrong passwords are remembered (<see cref="SourcePenalties"/>); gone with the process.</summary>
    public UInt128 GuessKey { get; } = BinaryPrimitives.ReadUInt128BigEndian(RandomNumberGenerator.GetBytes(16));

    /// <summary>What has happened so far.</summary>
    public Counters Counters { get; init; } = new();

    /// <summary>The control groups of users; null: they have none.</summary>
    public UserGroups? Groups { get; init; }

    /// <summary>What everybody hears who logs in; null: nothing.</summary>
    public AlertFile? Alert { get; init; }
}
