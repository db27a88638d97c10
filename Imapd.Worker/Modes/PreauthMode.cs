using Imapd.Protocol.Handoff;
using Imapd.Worker.Login;
using Imapd.Worker.Native;
using Imapd.Worker.Session;
using Mono.Unix.Native;

namespace Imapd.Worker.Modes;

/// <summary>
/// <c>--preauth</c>: IMAP on descriptors 0 and 1 for the user who started it, greeted with PREAUTH (RFC 9051 §7.1.4). For
/// <c>ssh host imapd --preauth</c>.
/// </summary>
internal static class PreauthMode
{
    private const int Refused = 1;

    /// <summary>Runs it.</summary>
    /// <returns>The exit status: 0, or 1 when there was no session.</returns>
    public static int Run(WorkerArguments arguments)
    {
        try
        {
            return Serve(arguments);
        }
        catch (Exception error) when (error is SystemCallException or DropFailedException)
        {
            Console.Error.WriteLine($"imapd: {error.Message}");
            return Refused;
        }
    }

    private static int Serve(WorkerArguments arguments)
    {
        (uint real, uint effective, uint saved) = Credentials.UserIds();
        if (real == 0 || effective == 0 || saved == 0)
        {
            Console.Error.WriteLine("imapd: --preauth is for users; root has no mail here");
            return Refused;
        }
        if (AccountDatabase.FindById(real) is not { } account)
        {
            Console.Error.WriteLine($"imapd: uid {real} is nobody's");
            return Refused;
        }
        _ = Syscall.umask(FilePermissions.S_IRWXG | FilePermissions.S_IRWXO);
        ProcessControl.ForbidCoreDumps();
        ProcessControl.ExpectFileSizeLimit();
        WorkerLimit.Apply(arguments.Limits);
        var identity = new UserIdentity(
            account.Name, real, account.GroupId, [], account.Home, account.Shell, new Dictionary<string, string>());
        UserEnvironment.Become(identity);
        var facts = new ConnectionFacts(0, "", 0, "", 0, null, PreauthenticatedUser: account.Name);
        var host = new PreauthHost(facts);
        Action<string> complain = line => host.Log(LogSeverity.Warning, line);
        RawLog? log = RawLogFile.Open(arguments.RawLog, facts, complain)
            ?? RawLogFile.OpenAtHome(arguments.RawLog, account.Home, facts, complain);

        // What the kernel lacks is the administrator's business, and in the daemon's log.
        if (UserMail.Enter(arguments.Location, identity, static _ => { }, out string root) is { } none)
        {
            Console.Error.WriteLine($"imapd: {none.Detail}");
            return Refused;
        }
        host = new PreauthHost(facts with { PreauthenticatedMailRoot = root });
        using var client = new ClientConnection(0, 1) { RawLog = log };
        SessionEnd end = new ImapSession(client, host, WorkerStart.OptionsOf(arguments)).Run();
        return WorkerStart.StatusOf(end);
    }
}
