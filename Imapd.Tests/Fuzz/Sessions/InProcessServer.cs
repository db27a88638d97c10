using Imapd.Protocol.Handoff;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Check;
using Imapd.Tests.Responses;
using Imapd.Tests.Worker;

namespace Imapd.Tests.Fuzz.Sessions;

/// <summary>Sessions in this process, with a Maildir of their own.</summary>
internal sealed class InProcessServer : FuzzedServer
{
    private readonly TestServer _server = TestServer.StartAlone();
    private readonly List<string> _harm = [];

    public override FuzzedClient Connect()
    {
        TestClient client = _server.ConnectSilently();
        return new FuzzedClient(
            new StrictConnection(octets => client.Send(octets), client.Receive), "LOGIN test test", () => Close(client));
    }

    public override string Harm()
    {
        IEnumerable<string> findings =
            from report in new MailboxChecker(new StoreOptions { Root = _server.MailRoot, HostName = "host.example" }).Check(repair: false)
            from finding in report.Findings
            where finding.Severity == FindingSeverity.Damage
            select $"{report.Path}: {finding}";
        return string.Join('\n', _harm.Concat(findings));
    }

    public override void Dispose() => _server.Dispose();

    private void Close(TestClient client)
    {
        client.Dispose();
        if (client.Host.End is null or SessionEnd.InternalError)
        {
            _harm.Add($"a session ended by {client.Host.End}");
            _harm.AddRange(client.Host.LogLines);
        }
    }
}
