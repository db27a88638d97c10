using Imapd.Bench.Report;
using Imapd.Bench.Servers;
using Imapd.Tests.EndToEnd.Harness;

namespace Imapd.Bench.Lines;

/// <summary>Private memory of the master alone for one TLS connection that waits for login.</summary>
internal sealed class IdleConnectionLine() : Line("idle-connection")
{
    private const int WarmUps = 10;
    private const int Connections = 500;

    public override bool IsRepeated => false;

    public override IReadOnlyList<string> Rows => ["private memory of an idle TLS connection in the master"];

    public override IReadOnlyList<Sample?> Measure(Side side)
    {
        if (side.Server is not ImapdServer)
        {
            return [null];
        }
        using IServer server = side.StartFresh(new StartOptions());
        List<ImapClient> clients = Connect(server, WarmUps);
        Settling.Wait(server);
        int before = ProcessTree.Private(new ProcessView(server.ProcessId));
        clients.AddRange(Connect(server, Connections));
        Settling.Wait(server);
        int after = ProcessTree.Private(new ProcessView(server.ProcessId));
        clients.ForEach(client => client.Dispose());
        return [new Sample(Kilobytes: (double)(after - before) / Connections)];
    }

    private static List<ImapClient> Connect(IServer server, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => ImapClient.ConnectTls(server.TlsPort))];
}
