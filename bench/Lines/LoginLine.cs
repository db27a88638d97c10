using System.Collections.Concurrent;
using System.Diagnostics;
using Imapd.Bench.Report;
using Imapd.Bench.Servers;
using Imapd.Tests.EndToEnd.Harness;

namespace Imapd.Bench.Lines;

/// <summary>TLS handshake, LOGIN and LOGOUT by four clients at once.</summary>
/// <param name="hashesPasswords">Whether PAM hashes the password.</param>
internal sealed class LoginLine(bool hashesPasswords) : Line(hashesPasswords ? "login-unix" : "login-permit")
{
    private const int WarmUps = 10;
    private const int ClientsAtOnce = 4;
    private readonly int _logins = hashesPasswords ? 200 : 500;

    public override bool IsRepeated => false;

    public override IReadOnlyList<string> Rows =>
    [
        hashesPasswords ? "TLS login and logout, pam_unix, each" : "TLS login and logout, pam_permit, each",
        "  of it in the master",
    ];

    public override IReadOnlyList<Sample?> Measure(Side side)
    {
        using IServer server = side.StartFresh(new StartOptions(HashesPasswords: hashesPasswords));
        for (int i = 0; i < WarmUps; i++)
        {
            LoginAndOut(server, side.User);
        }
        Settling.Wait(server);
        // Workers end with their sessions: their time is in the sums of the master that reaped them.
        CpuTime before = ProcessTree.Cpu(server.ProcessId);
        long start = Stopwatch.GetTimestamp();
        Parallel.ForEach(
            Partitioner.Create(0, _logins, 1), new ParallelOptions { MaxDegreeOfParallelism = ClientsAtOnce }, _ => LoginAndOut(server, side.User));
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Settling.Wait(server);
        CpuTime after = ProcessTree.Cpu(server.ProcessId);
        return
        [
            new Sample(milliseconds / _logins, (after.All - before.All) / _logins),
            server is ImapdServer ? new Sample(ServerCpu: (after.Root - before.Root) / _logins) : null,
        ];
    }

    private static void LoginAndOut(IServer server, SystemUser user)
    {
        using ImapClient client = ImapClient.ConnectTls(server.TlsPort);
        ImapReply reply = client.Login(user);
        if (!reply.IsOk)
        {
            throw new InvalidOperationException($"{server.Name} refuses the login: {reply}");
        }
        client.Command("LOGOUT");
    }
}
