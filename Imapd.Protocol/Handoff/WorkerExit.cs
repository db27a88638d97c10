namespace Imapd.Protocol.Handoff;

/// <summary>
/// Exit status of a worker: how its session ended, as far as the master treats it differently. Any other status,
/// and any signal, is a crash.
/// </summary>
public static class WorkerExit
{
    /// <summary>Served and done.</summary>
    public const int Normal = 0;

    /// <summary>The client used up its attempts to log in.</summary>
    public const int LoginFailed = 10;

    /// <summary>The client spoke something else, or sent more than the limits allow.</summary>
    public const int ProtocolAbuse = 11;

    /// <summary>The worker could not become the user, and ended rather than go on as root.</summary>
    public const int DropFailed = 12;

    /// <summary>What came over the control channel was no connection to serve.</summary>
    public const int BadHandoff = 13;

    /// <summary>Nobody logged in in time.</summary>
    public const int LoginTimeout = 14;
}
