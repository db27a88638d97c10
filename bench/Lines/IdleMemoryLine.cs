using Imapd.Bench.Client;
using Imapd.Bench.Mail;
using Imapd.Bench.Report;
using Imapd.Bench.Servers;
using Imapd.Tests.EndToEnd.Harness;

namespace Imapd.Bench.Lines;

/// <summary>
/// What many sessions that idle in INBOX add to the memory of a server that has served nobody yet: memory that it got for
/// earlier clients would not show. Many at once, because a page of code that one process alone has touched counts as its own.
/// </summary>
internal sealed class IdleMemoryLine(Scale scale) : Line("idle-memory", MailSet.Crowd)
{
    private const int WarmUps = 10;

    public override bool IsRepeated => false;

    public override IReadOnlyList<string> Rows =>
    [
        $"memory of each of {scale.IdleSessions} idle sessions, private",
        $"memory of each of {scale.IdleSessions} idle sessions, PSS",
        "  of the private memory in the master",
    ];

    public override IReadOnlyList<Sample?> Measure(Side side)
    {
        using IServer server = side.StartFresh(new StartOptions());
        var clients = new List<WireClient>();
        try
        {
            // The first sessions pay for what later ones share.
            Add(clients, server, side.Crowd, WarmUps);
            Memory before = Memory.Of(server);
            Add(clients, server, side.Crowd, side.Scale.IdleSessions);
            Memory after = Memory.Of(server);
            double sessions = side.Scale.IdleSessions;
            return
            [
                new Sample(Kilobytes: (after.Private - before.Private) / sessions),
                new Sample(Kilobytes: (after.Proportional - before.Proportional) / sessions),
                server is ImapdServer ? new Sample(Kilobytes: (after.Master - before.Master) / sessions) : null,
            ];
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private static void Add(List<WireClient> clients, IServer server, IReadOnlyList<SystemUser> users, int count)
    {
        for (int i = 0; i < count; i++)
        {
            var client = new WireClient(server.TlsPort);
            clients.Add(client);
            client.Login(users[i % users.Count]);
            client.Command("SELECT INBOX");
            client.Send("a IDLE\r\n");
            client.ReadContinuation();
        }
        Settling.Wait(server);
    }

    private readonly record struct Memory(double Private, double Proportional, double Master)
    {
        public static Memory Of(IServer server) => new(
            ProcessTree.PrivateKilobytes(server.ProcessId),
            ProcessTree.ProportionalKilobytes(server.ProcessId),
            ProcessTree.Private(new ProcessView(server.ProcessId)));
    }
}
