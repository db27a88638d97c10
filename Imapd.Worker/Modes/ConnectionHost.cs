using Imapd.Protocol.Handoff;
using Imapd.Worker.Control;
using Imapd.Worker.Login;
using Imapd.Worker.Session;
using Mono.Unix.Native;

namespace Imapd.Worker.Modes;

/// <summary>
/// One connection, one process: asks PAM itself, hears the master, and becomes the user. From then on the process serves nobody
/// else, and every way on that is not the user's ends it.
/// </summary>
internal sealed class ConnectionHost(ControlChannel channel, ConnectionFacts facts, WorkerArguments arguments)
    : ISessionHost
{
    private bool _mayAsk = true;

    /// <inheritdoc />
    public ConnectionFacts Facts { get; private set; } = facts;

    /// <inheritdoc />
    public int ControlDescriptor => channel.Descriptor;

    /// <inheritdoc />
    public ShutdownReason? ReadControl()
    {
        HandoffMessage? message = channel.Receive(out int received, timeoutMilliseconds: 0);
        ControlChannel.Close(ref received);
        return message switch
        {
            // The session's loop calls when there is something to read: nothing means the master is gone.
            null => ShutdownReason.ServerStopping,
            ShutdownRequest request => request.Reason,
            _ => null,
        };
    }

    /// <inheritdoc />
    public LoginOutcome Login(string user, byte[] password)
    {
        if (!_mayAsk)
        {
            return Refusals.Unavailable("This connection has had its login");
        }
        PamResult result = new PamLogin(arguments.PamService, arguments.MinUserId, Facts.PeerAddress, arguments.LoginRules)
            .Attempt(user, password);
        if (result.Identity is not { } identity)
        {
            _ = channel.Send(new LoginFailed(
                Facts.Id, user, result.Failure, GuessFingerprint.Of(Facts.GuessKey, user, password)));
            Log(
                result.Failure == LoginFailure.Unavailable ? LogSeverity.Error : LogSeverity.Information,
                $"login: {result.Detail}");
            return Refusals.For(result.Failure);
        }

        _mayAsk = false;
        if (!channel.Send(new LoginSucceeded(Facts.Id, identity.Name, identity.UserId))
            || channel.ReceiveReply<LoginVerdict>(out int received, WorkerStart.ReplyMilliseconds) is not { } verdict)
        {
            return Refusals.Unavailable("The server is stopping");
        }
        ControlChannel.Close(ref received);
        return verdict.Allowed ? Become(identity) with { Alert = verdict.Text } : Refusals.Limit(verdict.Text);
    }

    /// <inheritdoc />
    public bool StartTls(ClientConnection client)
    {
        if (StartTlsExchange.Run(channel, client, Facts, WorkerStart.ReplyMilliseconds) is not { } facts)
        {
            return false;
        }
        Facts = facts;
        return true;
    }

    /// <inheritdoc />
    public void Report(SessionEnd reason, ulong octetsIn, ulong octetsOut) =>
        _ = channel.Send(new SessionEnded(Facts.Id, reason, octetsIn, octetsOut));

    /// <inheritdoc />
    public void Log(LogSeverity severity, string text) => _ = channel.Send(new LogRecord(Facts.Id, severity, text));

    private LoginOutcome Become(UserIdentity identity)
    {
        try
        {
            WorkerLimit.Apply(arguments.Limits);
            PrivilegeDrop.Become(identity);
            return EnterMail(identity);
        }
        catch (DropFailedException error)
        {
            Log(LogSeverity.Error, $"could not become {identity.Name}: {error.Message}");

            // At once, with nothing run on the way out: nobody knows whose process this is.
            _ = Syscall._exit(WorkerExit.DropFailed);
            throw;
        }
    }

    // From here on as the user: root has not touched the home, not even to see whether it is there.
    private LoginOutcome EnterMail(UserIdentity identity)
    {
        if (UserMail.Enter(arguments.Location, identity, missing => Log(LogSeverity.Warning, missing), out string root) is { } none)
        {
            Log(LogSeverity.Error, none.Detail);
            return Refusals.Unavailable(none.Text);
        }
        return LoginOutcome.Success(identity.Name, root);
    }
}
