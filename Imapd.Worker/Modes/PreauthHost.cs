using Imapd.Protocol.Handoff;
using Imapd.Worker.Session;

namespace Imapd.Worker.Modes;

/// <summary>A session on stdio, of a user who is known already: there is no master, no login and no TLS.</summary>
internal sealed class PreauthHost(ConnectionFacts facts) : ISessionHost
{
    /// <inheritdoc />
    public ConnectionFacts Facts { get; } = facts;

    /// <inheritdoc />
    public int ControlDescriptor => -1;

    /// <inheritdoc />
    public ShutdownReason? ReadControl() => null;

    /// <inheritdoc />
    public LoginOutcome Login(string user, byte[] password) =>
        LoginOutcome.Failure("CANNOT", "Already logged in");

    /// <inheritdoc />
    public bool StartTls(ClientConnection client) => false;

    /// <inheritdoc />
    public void Report(SessionEnd reason, ulong octetsIn, ulong octetsOut)
    {
    }

    /// <inheritdoc />
    public void Log(LogSeverity severity, string text)
    {
        // Over ssh, standard error is the user's terminal or his client's log: what is wrong belongs there, the rest does not.
        if (severity >= LogSeverity.Warning)
        {
            Console.Error.WriteLine($"imapd: {text}");
        }
    }
}
