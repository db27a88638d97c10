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
    private const int IdleConnections = 500;
    private const int SettleMilliseconds = 3000;

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

    /// <summary>TLS, LOGIN, LOGOUT by four clients at once: logins per second, and the CPU time of one, in milliseconds.</summary>
    public static (double PerSecond, CpuTime Cpu) Logins(IServer server, SystemUser user, int count)
    {
        for (int i = 0; i < WarmUps; i++)
        {
            LoginAndOut(server, user);
        }
        Settle(server);
        CpuTime before = ProcessTree.Cpu(server.ProcessId);
        long start = Stopwatch.GetTimestamp();
        Parallel.ForEach(
            Partitioner.Create(0, count, 1), new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => LoginAndOut(server, user));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Settle(server);
        CpuTime after = ProcessTree.Cpu(server.ProcessId);
        return (count / seconds, new CpuTime((after.Root - before.Root) / count, (after.Others - before.Others) / count));
    }

    /// <summary>
    /// Private memory for one session that is logged in, has INBOX selected and idles, in kilobytes: what all processes of the
    /// server grow by, what the user's own process holds, and what the master grows by. Many at once, because a page of code
    /// that one process alone has touched counts as private to it. The server must be fresh: memory that it got for earlier
    /// clients would not show.
    /// </summary>
    public static (double AllProcesses, double UsersProcess, double Root) IdleSession(IServer server, SystemUser user)
    {
        // The first sessions pay for what later ones share.
        var clients = new List<ImapClient>();
        for (int i = 0; i < WarmUps; i++)
        {
            clients.Add(Idle(server, user));
        }
        Settle(server);
        int before = ProcessTree.PrivateKilobytes(server.ProcessId);
        int rootBefore = ProcessTree.Private(new ProcessView(server.ProcessId));
        for (int i = 0; i < IdleSessions; i++)
        {
            clients.Add(Idle(server, user));
        }
        Settle(server);
        int after = ProcessTree.PrivateKilobytes(server.ProcessId);
        int rootAfter = ProcessTree.Private(new ProcessView(server.ProcessId));
        double own = ProcessTree.Processes(server.ProcessId).Where(process => process.UserId == user.UserId).Average(ProcessTree.Private);
        clients.ForEach(client => client.Dispose());
        return ((double)(after - before) / IdleSessions, own, (double)(rootAfter - rootBefore) / IdleSessions);
    }

    /// <summary>Private memory of the master alone for one TLS connection that waits for login, in kilobytes. The server must be fresh.</summary>
    public static double IdleConnectionInMaster(IServer server)
    {
        var clients = Connect(server, WarmUps);
        Settle(server);
        int before = ProcessTree.Private(new ProcessView(server.ProcessId));
        clients.AddRange(Connect(server, IdleConnections));
        Settle(server);
        int after = ProcessTree.Private(new ProcessView(server.ProcessId));
        clients.ForEach(client => client.Dispose());
        return (double)(after - before) / IdleConnections;
    }

    /// <summary>Waits until processes of ended sessions are gone, new spare ones are there, and idling ones have tidied up.</summary>
    private static void Settle(IServer server)
    {
        int[] before;
        int[] after = ProcessIds(server);
        do
        {
            before = after;
            Thread.Sleep(SettleMilliseconds);
            after = ProcessIds(server);
        }
        while (!before.SequenceEqual(after));
    }

    private static int[] ProcessIds(IServer server) => [.. ProcessTree.Processes(server.ProcessId).Select(process => process.Id).Order()];

    private static ImapClient Idle(IServer server, SystemUser user)
    {
        ImapClient client = Login(server, user);
        client.Command("SELECT INBOX");
        client.Send("i IDLE\r\n");
        client.ReadUntil("+");
        return client;
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
