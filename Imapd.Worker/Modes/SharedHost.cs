using System.Security.Cryptography;
using System.Text;
using Imapd.Protocol.Handoff;
using Imapd.Worker.Control;
using Imapd.Worker.Login;
using Imapd.Worker.Session;

namespace Imapd.Worker.Modes;

/// <summary>
/// One of many connections in a process that stays who it is. Passwords are checked by a process of the master's making, since
/// this one is not root; with storage in memory there is one account, and it is known.
/// </summary>
internal sealed class SharedHost(
    SharedSession control, ConnectionFacts facts, WorkerArguments arguments, MailLocation location) : ISessionHost
{
    // As long as a wrong password takes elsewhere at the least.
    private const int RefusalMilliseconds = 500;

    /// <inheritdoc />
    public ConnectionFacts Facts { get; private set; } = facts;

    /// <inheritdoc />
    public int ControlDescriptor => control.ShutdownDescriptor;

    /// <inheritdoc />
    public ShutdownReason? ReadControl() => control.Reason;

    /// <inheritdoc />
    public LoginOutcome Login(string user, byte[] password)
    {
        PasswordVerdict verdict = arguments.IsMemory ? AskMemory(user, password) : AskChecker(user, password);
        if (!verdict.Ok)
        {
            _ = control.Send(new LoginFailed(
                Facts.Id, user, verdict.Failure, GuessFingerprint.Of(Facts.GuessKey, user, password)));
            return Refusals.For(verdict.Failure);
        }
        if (location.Expand(verdict.User, verdict.UserId, home: "") is not { } root)
        {
            return Refusals.Unavailable("There is no place for this user's mail");
        }
        if (!control.Send(new LoginSucceeded(Facts.Id, verdict.User, verdict.UserId))
            || control.ReceiveReply<LoginVerdict>(out int received, WorkerStart.ReplyMilliseconds) is not { } answer)
        {
            return Refusals.Unavailable("The server is stopping");
        }
        ControlChannel.Close(ref received);
        return answer.Allowed
            ? LoginOutcome.Success(verdict.User, root) with { Alert = answer.Text }
            : Refusals.Limit(answer.Text);
    }

    /// <inheritdoc />
    public bool StartTls(ClientConnection client)
    {
        if (StartTlsExchange.Run(control, client, Facts, WorkerStart.ReplyMilliseconds) is not { } facts)
        {
            return false;
        }
        Facts = facts;
        return true;
    }

    /// <inheritdoc />
    public void Report(SessionEnd reason, ulong octetsIn, ulong octetsOut) =>
        _ = control.Send(new SessionEnded(Facts.Id, reason, octetsIn, octetsOut));

    /// <inheritdoc />
    public void Log(LogSeverity severity, string text) => _ = control.Send(new LogRecord(Facts.Id, severity, text));

    private PasswordVerdict AskMemory(string user, byte[] password)
    {
        bool isRight = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(user), MemoryStorage.User)
            & CryptographicOperations.FixedTimeEquals(password, MemoryStorage.Password);
        if (isRight)
        {
            return new PasswordVerdict(
                Facts.Id, true, LoginFailure.None, Encoding.UTF8.GetString(MemoryStorage.User), Mono.Unix.Native.Syscall.geteuid());
        }
        Thread.Sleep(RefusalMilliseconds);
        return Failed(LoginFailure.BadCredentials);
    }

    private PasswordVerdict AskChecker(string user, byte[] password)
    {
        if (Encoding.UTF8.GetByteCount(user) > HandoffCodec.MaxUserOctets || password.Length > HandoffCodec.MaxPasswordOctets)
        {
            // The checker takes care that a name nobody has takes as long as any other.
            (user, password) = (LoginName.Impossible, []);
        }
        if (!control.Send(new AuthenticatorRequest(Facts.Id))
            || control.ReceiveReply<AuthenticatorReply>(out int received, WorkerStart.ReplyMilliseconds) is not { } reply
            || received == -1)
        {
            return Failed(LoginFailure.Unavailable);
        }
        using var checker = new ControlChannel(received);
        try
        {
            return reply.Available && checker.Send(new PasswordCheck(Facts.Id, user, password))
                ? HearChecker(checker)
                : Failed(LoginFailure.Unavailable);
        }
        catch (InvalidDataException)
        {
            return Failed(LoginFailure.Unavailable);
        }
    }

    private PasswordVerdict HearChecker(ControlChannel checker)
    {
        while (true)
        {
            HandoffMessage? message = checker.Receive(out int received, WorkerStart.ReplyMilliseconds);
            ControlChannel.Close(ref received);
            switch (message)
            {
                case LogRecord record:
                    Log(record.Severity, record.Text);
                    break;
                case PasswordVerdict verdict:
                    return verdict;
                default:
                    return Failed(LoginFailure.Unavailable);
            }
        }
    }

    private PasswordVerdict Failed(LoginFailure failure) => new(Facts.Id, false, failure, "", 0);
}
