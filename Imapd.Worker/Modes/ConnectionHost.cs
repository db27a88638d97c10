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
    public RawLog? UserLog { get; private set; }

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
            Log(result.Severity, $"login: {result.Detail}");
            return Refusals.For(result);
        }

        return Enter(identity, result.Session!);
    }

    /// <summary>
    /// Asks the program who says who clients are, when there is one: the greeting then is PREAUTH, or BYE when a known user is not
    /// let in. Whom it does not know, or PAM does not admit, may log in. Only over TLS, as for passwords: PREAUTH takes STARTTLS
    /// away from the client (RFC 9051 §7.1.4).
    /// </summary>
    public void Preauthenticate()
    {
        if (arguments.PreauthProgram is not { } path || arguments.LoginDisabled is not null || (Facts.Tls is null && !arguments.InsecureAuth))
        {
            return;
        }
        var program = new PreauthProgram(path, arguments.PreauthAccount, text => Log(LogSeverity.Warning, text));
        if (program.Ask(Facts, channel.Descriptor, arguments.LoginTimeoutSeconds * 1000) is not { } user)
        {
            return;
        }
        PamResult result = new PamLogin(arguments.PamService, arguments.MinUserId, Facts.PeerAddress, arguments.LoginRules).Admit(user);
        if (result.Identity is not { } identity)
        {
            // No failed login: the client has not tried, and what the program says of him is not his fault.
            Log(LogSeverity.Warning, $"{path} names {user}, who may not log in: {result.Detail}");
            return;
        }
        LoginOutcome outcome = Enter(identity, result.Session!);
        Facts = outcome.Ok
            ? Facts with { PreauthenticatedUser = outcome.User, PreauthenticatedMailRoot = outcome.MailRoot, Alert = outcome.Alert }
            : Facts with { Refusal = outcome };
    }

    private LoginOutcome Enter(UserIdentity identity, PamSession session)
    {
        _mayAsk = false;
        string alert;
        using (session)
        {
            if (!channel.Send(new LoginSucceeded(Facts.Id, identity.Name, identity.UserId))
                || channel.ReceiveReply<LoginVerdict>(out int received, WorkerStart.ReplyMilliseconds) is not { } verdict)
            {
                return Refusals.Unavailable("The server is stopping");
            }
            ControlChannel.Close(ref received);
            if (!verdict.Allowed)
            {
                return Refusals.Limit(verdict.Text);
            }
            session.Leave(); // the last that only root can do
            alert = verdict.Text;
        }
        return Become(identity) with { Alert = alert };
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
            if (arguments.UserCgroup is not null)
            {
                UserGroup.Join(arguments.UserCgroup, arguments.UserLimits, identity.UserId);
            }
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
        UserLog = RawLogFile.OpenAtHome(arguments.RawLog, identity.Home, Facts, line => Log(LogSeverity.Warning, line));
        return LoginOutcome.Success(identity.Name, root);
    }
}
