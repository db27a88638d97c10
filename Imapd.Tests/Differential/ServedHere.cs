using System.Net.Sockets;
using Imapd.Tests.Storage;
using Imapd.Tests.Storage.Migration;
using Imapd.Tests.Worker;
using Imapd.Worker.Session;

namespace Imapd.Tests.Differential;

/// <summary>A session of ours that serves an account, as its user, to a client that is logged in.</summary>
internal sealed class ServedHere : IDisposable
{
    private readonly Socket _client;
    private readonly NetworkStream _stream;
    private readonly ClientConnection _connection;
    private readonly TestHost _host;
    private readonly Thread _session;

    public ServedHere(SharedAccount account)
    {
        (int served, int own) = SocketPair.CreateDescriptors();
        _client = SocketPair.Own(own);
        _stream = new NetworkStream(_client);
        var facts = new ConnectionFacts(1, "", 0, "", 0, Tls: null, PreauthenticatedUser: "nobody", PreauthenticatedMailRoot: account.Maildir);
        _host = new TestHost(facts, account.Maildir);
        _connection = new ClientConnection(served, served);
        var session = new ImapSession(_connection, _host, new SessionOptions { HostName = "here.example" });
        _session = new Thread(() => As.Nobody(account.Base, () => session.Run()));
        _session.Start();
        Talk = new ImapTalk(_stream, _stream);
        _ = Talk.ReadResponse();
    }

    public ImapTalk Talk { get; }

    public void Dispose()
    {
        _stream.Dispose();
        _client.Dispose();
        _session.Join();
        _connection.Dispose();
        _host.Dispose();
    }
}
