using System.Collections.Concurrent;
using System.Diagnostics;
using Imapd.Tests.EndToEnd.Harness;

namespace Imapd.Bench;

/// <summary>What a client or the administrator feels of a server.</summary>
internal static class Measure
{
    private const int Greetings = 200;
    private const int WarmUps = 10;
    private const int IdleSessions = 50;
    private const int IdleConnections = 200;

    /// <summary>Connect in clear until the greeting, in milliseconds: median and 95th percentile.</summary>
    public static (double Median, double Percentile95) Greeting(IServer server)
    {
        var milliseconds = new List<double>();
        for (int i = 0; i < WarmUps + Greetings; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using ImapClient client = ImapClient.ConnectClear(server.ClearPort);
            double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            client.Command("LOGOUT");
            if (i >= WarmUps)
            {
                milliseconds.Add(elapsed);
            }
        }
        milliseconds.Sort();
        return (milliseconds[Greetings / 2], milliseconds[Greetings * 95 / 100]);
    }

    /// <summary>TLS, LOGIN, LOGOUT by four clients at once: logins per second, and the server's CPU time for one in milliseconds.</summary>
    public static (double PerSecond, double CpuMilliseconds) Logins(IServer server, SystemUser user, int count)
    {
        LoginAndOut(server, user);
        double cpuBefore = ProcessTree.CpuMilliseconds(server.ProcessId);
        long start = Stopwatch.GetTimestamp();
        Parallel.ForEach(
            Partitioner.Create(0, count, 1), new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => LoginAndOut(server, user));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (count / seconds, (ProcessTree.CpuMilliseconds(server.ProcessId) - cpuBefore) / count);
    }

    /// <summary>
    /// Private memory for one session that is logged in, has INBOX selected and idles, in kilobytes: what all processes of the
    /// server grow by, and what the user's own process holds. Many at once, because a page of code that one process alone
    /// has touched counts as private to it.
    /// </summary>
    public static (double AllProcesses, double UsersProcess) IdleSession(IServer server, SystemUser user)
    {
        LoginAndOut(server, user);
        int before = ProcessTree.PrivateKilobytes(server.ProcessId);
        var clients = new List<ImapClient>();
        for (int i = 0; i < IdleSessions; i++)
        {
            ImapClient client = Login(server, user);
            client.Command("SELECT INBOX");
            client.Send("i IDLE\r\n");
            client.ReadUntil("+");
            clients.Add(client);
        }
        int after = ProcessTree.PrivateKilobytes(server.ProcessId);
        double own = ProcessTree.Processes(server.ProcessId).Where(process => process.UserId == user.UserId).Average(ProcessTree.Private);
        clients.ForEach(client => client.Dispose());
        return ((double)(after - before) / IdleSessions, own);
    }

    /// <summary>Private memory of the master alone for one TLS connection that waits for login, in kilobytes.</summary>
    public static double IdleConnectionInMaster(IServer server)
    {
        var clients = Connect(server, IdleConnections / 4);
        int before = ProcessTree.Private(new ProcessView(server.ProcessId));
        clients.AddRange(Connect(server, IdleConnections));
        int after = ProcessTree.Private(new ProcessView(server.ProcessId));
        clients.ForEach(client => client.Dispose());
        return (double)(after - before) / IdleConnections;
    }

    private static List<ImapClient> Connect(IServer server, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => ImapClient.ConnectTls(server.TlsPort))];

    private static void LoginAndOut(IServer server, SystemUser user)
    {
        using ImapClient client = Login(server, user);
        client.Command("LOGOUT");
    }

    private static ImapClient Login(IServer server, SystemUser user)
    {
        ImapClient client = ImapClient.ConnectTls(server.TlsPort);
        ImapReply reply = client.Login(user);
        return reply.IsOk ? client : throw new InvalidOperationException($"{server.Name} refuses the login: {reply}");
    }
}
