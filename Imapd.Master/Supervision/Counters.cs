namespace Imapd.Master.Supervision;

/// <summary>What is counted; <see cref="Counters.Rows"/> names them.</summary>
internal enum Counter
{
    ConnectionsAccepted,
    RefusedTooMany,
    RefusedTooManyFromAddress,
    ProxyHeadersRefused,
    HandshakesFailed,
    LoginsSucceeded,
    LoginsBadCredentials,
    LoginsExpired,
    LoginsUnavailable,
    LoginsRefusedByPolicy,
    LoginsOverLimit,
    LoginsRepeated,
    ConnectionsDelayed,
    SessionsReplaced,
    SessionsEndedByAdministrator,
    WorkersStarted,
    WorkersCrashed,
    OctetsReceived,
    OctetsSent,
}

/// <summary>How one counter is called.</summary>
/// <param name="Counter">Which.</param>
/// <param name="Name">In <c>imapd status</c>.</param>
/// <param name="Metric">In the metrics file; several counters may share one, and then have a label each.</param>
/// <param name="Label">As in <c>reason="limit"</c>; empty: none.</param>
/// <param name="Help">What it counts, for people.</param>
internal sealed record CounterRow(Counter Counter, string Name, string Metric, string Label, string Help);

/// <summary>What has happened since this process started. Numbers only grow. Safe from any thread, without a lock.</summary>
internal sealed class Counters
{
    private const string Refused = "imapd_connections_refused_total";
    private const string RefusedHelp = "Connections refused for a limit.";
    private const string Logins = "imapd_logins_total";
    private const string LoginsHelp = "Logins, by what became of them.";

    private readonly long[] _values = new long[Rows.Count];

    /// <summary>Every counter, in the order of <see cref="Counter"/>.</summary>
    public static IReadOnlyList<CounterRow> Rows { get; } =
    [
        new(Counter.ConnectionsAccepted, "connectionsAccepted", "imapd_connections_total", "", "Connections let in."),
        new(Counter.RefusedTooMany, "refusedTooMany", Refused, "reason=\"too-many\"", RefusedHelp),
        new(Counter.RefusedTooManyFromAddress, "refusedTooManyFromAddress", Refused, "reason=\"too-many-from-address\"", RefusedHelp),
        new(Counter.ProxyHeadersRefused, "proxyHeadersRefused", "imapd_proxy_headers_refused_total", "", "Connections of proxies that did not say for whom they are."),
        new(Counter.HandshakesFailed, "handshakesFailed", "imapd_handshakes_failed_total", "", "TLS handshakes that failed."),
        new(Counter.LoginsSucceeded, "loginsSucceeded", Logins, "result=\"ok\"", LoginsHelp),
        new(Counter.LoginsBadCredentials, "loginsBadCredentials", Logins, "result=\"bad-credentials\"", LoginsHelp),
        new(Counter.LoginsExpired, "loginsExpired", Logins, "result=\"expired\"", LoginsHelp),
        new(Counter.LoginsUnavailable, "loginsUnavailable", Logins, "result=\"unavailable\"", LoginsHelp),
        new(Counter.LoginsRefusedByPolicy, "loginsRefusedByPolicy", Logins, "result=\"refused-by-policy\"", LoginsHelp),
        new(Counter.LoginsOverLimit, "loginsOverLimit", Logins, "result=\"limit\"", LoginsHelp),
        new(Counter.LoginsRepeated, "loginsRepeated", "imapd_logins_repeated_total", "", "Failed logins with a password that had failed before; they delay nobody."),
        new(Counter.ConnectionsDelayed, "connectionsDelayed", "imapd_connections_delayed_total", "", "Connections held back because logins from their address had failed."),
        new(Counter.SessionsReplaced, "sessionsReplaced", "imapd_sessions_replaced_total", "", "Sessions closed for a newer one of the same user."),
        new(Counter.SessionsEndedByAdministrator, "sessionsEndedByAdministrator", "imapd_sessions_kicked_total", "", "Sessions ended by imapd kick."),
        new(Counter.WorkersStarted, "workersStarted", "imapd_workers_started_total", "", "Worker processes started."),
        new(Counter.WorkersCrashed, "workersCrashed", "imapd_workers_crashed_total", "", "Worker processes that ended as they should not."),
        new(Counter.OctetsReceived, "octetsReceived", "imapd_received_bytes_total", "", "Octets of clients in sessions that have ended, without TLS."),
        new(Counter.OctetsSent, "octetsSent", "imapd_sent_bytes_total", "", "Octets sent to clients in sessions that have ended, without TLS."),
    ];

    public void Add(Counter counter, long amount = 1) => Interlocked.Add(ref _values[(int)counter], amount);

    public long Read(Counter counter) => Interlocked.Read(ref _values[(int)counter]);
}
