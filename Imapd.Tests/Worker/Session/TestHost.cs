using System.Net.Sockets;
using Imapd.Protocol.Handoff;
using Imapd.Worker.Session;

namespace Imapd.Tests.Worker;

/// <summary>A process around a session that knows the one account test with the password test, and becomes nobody.</summary>
internal sealed class TestHost(ConnectionFacts facts, string mailRoot) : ISessionHost, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<string> _log = [];
    private readonly (Socket Worker, Socket Master) _control = SocketPair.Create();
    private ShutdownReason _shutdown;

    public ConnectionFacts Facts { get; } = facts;

    public int ControlDescriptor => (int)_control.Worker.Handle;

    /// <summary>How the session ended; null while it runs.</summary>
    public SessionEnd? End { get; private set; }

    /// <summary>Called with the client's new stream when TLS is asked for; it makes the other end.</summary>
    public Func<int>? TlsHandshake { get; set; }

    /// <summary>Called instead of the check of name and password, where it is set.</summary>
    public Func<LoginOutcome>? LoginHandler { get; set; }

    /// <summary>What was logged.</summary>
    public IReadOnlyList<string> LogLines
    {
        get
        {
            lock (_lock)
            {
                return [.. _log];
            }
        }
    }

    /// <summary>Asks the session to end, as the master does.</summary>
    public void ShutDown(ShutdownReason reason)
    {
        _shutdown = reason;
        _control.Master.Send("!"u8);
    }

    public ShutdownReason? ReadControl()
    {
        _control.Worker.Receive(new byte[1]);
        return _shutdown;
    }

    public LoginOutcome Login(string user, byte[] password) =>
        LoginHandler is not null ? LoginHandler()
            : user == "test" && password.AsSpan().SequenceEqual("test"u8)
            ? LoginOutcome.Success(user, mailRoot)
            : LoginOutcome.Failure("AUTHENTICATIONFAILED", "Wrong user name or password");

    public bool StartTls(ClientConnection client)
    {
        if (TlsHandshake is null)
        {
            return false;
        }

        client.ReplaceWith(TlsHandshake());
        return true;
    }

    public void Report(SessionEnd reason, ulong octetsIn, ulong octetsOut) => End = reason;

    public void Log(LogSeverity severity, string text)
    {
        lock (_lock)
        {
            _log.Add($"{severity}: {text}");
        }
    }

    public void Dispose()
    {
        _control.Worker.Dispose();
        _control.Master.Dispose();
    }
}
