using System.Security.Cryptography;
using Imapd.Protocol.Handoff;
using Imapd.Worker.Control;
using Imapd.Worker.Login;

namespace Imapd.Worker.Modes;

/// <summary>
/// <c>--authenticate</c>: a root process that checks one password for a worker that is not root, and does nothing else. It hears
/// the facts of the connection and the question, answers, and ends.
/// </summary>
internal static class AuthenticateMode
{
    // The worker has the password already when it asks for a checker.
    private const int QuestionMilliseconds = 30_000;

    /// <summary>Runs it.</summary>
    /// <returns>The exit status, one of <see cref="WorkerExit"/>.</returns>
    public static int Run(WorkerArguments arguments)
    {
        using ControlChannel channel = WorkerStart.Begin();
        try
        {
            if (channel.Receive(out int unwanted, QuestionMilliseconds) is not ConnectionHandoff facts || unwanted != -1)
            {
                return WorkerExit.BadHandoff;
            }
            return channel.Receive(out unwanted, QuestionMilliseconds) switch
            {
                null => WorkerExit.Normal,
                PasswordCheck check when unwanted == -1 => Answer(channel, facts, check, arguments),
                _ => WorkerExit.BadHandoff,
            };
        }
        catch (InvalidDataException)
        {
            return WorkerExit.BadHandoff;
        }
    }

    private static int Answer(
        ControlChannel channel, ConnectionHandoff facts, PasswordCheck check, WorkerArguments arguments)
    {
        PamResult result;
        try
        {
            result = new PamLogin(arguments.PamService, arguments.MinUserId, facts.PeerAddress, arguments.LoginRules)
                .Attempt(check.User, check.Password);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(check.Password);
        }
        result.Session?.Leave();
        if (result.Identity is null)
        {
            _ = channel.Send(new LogRecord(facts.Id, result.Severity, $"login: {result.Detail}"));
        }
        _ = channel.Send(new PasswordVerdict(
            facts.Id,
            result.Identity is not null,
            result.Failure,
            result.Identity?.Name ?? "",
            result.Identity?.UserId ?? 0));
        return result.Identity is null ? WorkerExit.LoginFailed : WorkerExit.Normal;
    }
}
