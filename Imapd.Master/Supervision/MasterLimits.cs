namespace Imapd.Master.Supervision;

/// <summary>Limits of the master that nobody needs to set, each with its reason.</summary>
internal static class MasterLimits
{
    /// <summary>Connections the kernel holds until they are accepted: a burst of clients after a restart.</summary>
    public const int ListenBacklog = 512;

    /// <summary>A handshake costs a millisecond of processor; more at once only make all of them slower.</summary>
    public const int MaxHandshakes = 100;

    /// <summary>What the pump moves at a time: as much as SslStream encrypts in one go; more gains nothing.</summary>
    public const int PumpBufferOctets = 32 * 1024;

    /// <summary>How often in a row the pump moves that much before others have their turn: 2 MB, some milliseconds.</summary>
    public const int PumpTurns = 64;

    /// <summary>Connections of proxies that have not said for whom they are: it is the first thing they send.</summary>
    public const int MaxProxyHeaders = 100;

    /// <summary>Sources of failed logins that are remembered.</summary>
    public const int MaxPenalties = 10_000;

    /// <summary>Password checkers at a time: each may be computing a hash.</summary>
    public const int MaxAuthenticators = 16;

    /// <summary>Lines about refused connections per second; the others are counted.</summary>
    public const int RefusalLinesPerSecond = 10;

    /// <summary>Messages of one worker at once, and how many more each second: a session needs a dozen in all.</summary>
    public const int WorkerBurstMessages = 100;

    /// <inheritdoc cref="WorkerBurstMessages"/>
    public const int WorkerMessagesPerSecond = 5;

    /// <summary>How many times as many messages are allowed to the one worker that serves all sessions.</summary>
    public const int SharedWorkerFactor = 200;

    /// <summary>From the first octet to an agreed key. Slow telephones need 5 s.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(30);

    /// <summary>For the first words of a proxy, which it has at hand: a lost packet is sent again within 3 s.</summary>
    public static readonly TimeSpan ProxyHeaderTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// While all handshakes at a time are under way, how long each may take before the next in the queue pushes it out:
    /// three round trips over a satellite. Nobody is pushed out for coming in a crowd, since these end by themselves.
    /// </summary>
    public static readonly TimeSpan HandshakeSecured = TimeSpan.FromSeconds(2);

    /// <summary>Handshake and goodbye to a client that is refused.</summary>
    public static readonly TimeSpan RefusalTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a client may take to close after the server's last words.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    /// <summary>A session or worker that was asked to end, or said it ended, and has not, is ended.</summary>
    public static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The same for a session without login. It answers at once, unless a module of PAM keeps its worker: then nothing is lost
    /// with it.
    /// </summary>
    public static readonly TimeSpan StrangerEndGrace = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a worker may go on for a client that has closed: for the longest command that was still under way. A
    /// worker that hangs, or that its user has stopped, would otherwise keep the connection for ever.
    /// </summary>
    public static readonly TimeSpan AfterClient = TimeSpan.FromMinutes(10);

    /// <summary>The worker ends who does not log in; this much later the master does, should it not.</summary>
    public static readonly TimeSpan LoginBackstop = TimeSpan.FromSeconds(15);

    /// <summary>The longest a client waits for a worker, while these cannot be started.</summary>
    public static readonly TimeSpan WorkerPatience = TimeSpan.FromSeconds(20);

    /// <summary>Of the connections, how many may be without login: the rest is for those who have one.</summary>
    public static int MaxUnauthenticated(int maxConnections) => Math.Max(1, maxConnections / 4 * 3);

    /// <summary>
    /// Descriptors of this process with so many connections: each has its socket, the worker's stream, the worker's channel
    /// and the worker itself; the rest is for listeners, spare workers, clients being refused and the runtime.
    /// </summary>
    public static ulong Descriptors(int maxConnections) => (4 * (ulong)maxConnections) + 300 + MaxProxyHeaders;
}
