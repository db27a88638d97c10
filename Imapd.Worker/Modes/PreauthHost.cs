using System.Text;
using Imapd.Protocol.Handoff;
using Imapd.Worker.Session;
using Microsoft.Win32.SafeHandles;

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
            WriteError($"imapd: {text}\n");
        }
    }

    // Console would open descriptors of its own, and there may be none left to tell of.
    private static void WriteError(string line)
    {
        try
        {
            using var error = new FileStream(new SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            error.Write(Encoding.UTF8.GetBytes(line));
        }
        catch (IOException)
        {
            // Nobody reads it.
        }
    }
}
