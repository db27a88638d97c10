using Imapd.Protocol.Handoff;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Worker.Session;

namespace Imapd.Tests.Worker;

/// <summary>
/// A Maildir in a directory of its own, and sessions that serve it to clients. The first client is logged in and has
/// INBOX selected.
/// </summary>
internal sealed class TestServer : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("imapd-test-");
    private readonly List<TestClient> _clients = [];
    private int _delivered;

    private TestServer()
    {
    }

    /// <summary>The Maildir.</summary>
    public string MailRoot => Path.Combine(_directory.FullName, "Maildir");

    /// <summary>The first client.</summary>
    public TestClient Client => _clients[0];

    /// <summary>Times and names of sessions to come.</summary>
    public SessionOptions Options { get; set; } = new() { HostName = "host.example" };

    /// <summary>Opens the file for the protocol log of the next session; null for none.</summary>
    public Func<Stream>? RawLogFile { get; set; }

    /// <summary>A server whose first client is logged in and has INBOX selected, with these messages in it, all seen.</summary>
    public static TestServer Start(params string[] messages)
    {
        var server = new TestServer();
        server.Store(messages);
        server.LogIn().Command("s SELECT INBOX");
        return server;
    }

    /// <summary>A server with a Maildir and no client yet.</summary>
    public static TestServer StartAlone(params string[] messages)
    {
        var server = new TestServer();
        server.Store(messages);
        return server;
    }

    /// <summary>A server of mail that somebody else has made, and no client yet.</summary>
    /// <param name="makeMail">Makes the Maildir, whose path it gets.</param>
    public static TestServer StartWith(Action<string> makeMail)
    {
        var server = new TestServer();
        makeMail(server.MailRoot);
        return server;
    }

    /// <summary>Another client, who has heard the greeting and is not logged in.</summary>
    public TestClient Connect(bool isTls = true, bool canStartTls = false, bool insecureAuth = false)
    {
        TestClient client = ConnectSilently(isTls, canStartTls, insecureAuth);
        client.Converse("S: * OK [CAPABILITY …] imapd ready");
        return client;
    }

    /// <summary>Another client, who has not read the greeting.</summary>
    public TestClient ConnectSilently(bool isTls = true, bool canStartTls = false, bool insecureAuth = false)
    {
        var facts = new ConnectionFacts(
            Id: 1,
            PeerAddress: "192.0.2.1",
            PeerPort: 50_000,
            LocalAddress: "192.0.2.2",
            LocalPort: 993,
            isTls ? new TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384") : null,
            CanStartTls: canStartTls,
            InsecureAuth: insecureAuth);
        return Add(facts);
    }

    /// <summary>Another client, on stdio so to speak: logged in before the greeting.</summary>
    public TestClient ConnectPreauthenticated() =>
        Add(new ConnectionFacts(1, "", 0, "", 0, Tls: null, PreauthenticatedUser: "test", PreauthenticatedMailRoot: MailRoot));

    /// <summary>Another client, logged in.</summary>
    public TestClient LogIn() => Connect().Converse("""
        C: l LOGIN test test
        S: l OK [CAPABILITY IMAP4rev2 IMAP4rev1 …] Logged in
        """);

    /// <summary>Has the conversation with the first client.</summary>
    public void Converse(string transcript) => Client.Converse(transcript);

    /// <summary>Does something to a mailbox as another session or program would.</summary>
    public void Elsewhere(Action<Mailbox> act, string mailbox = "INBOX")
    {
        using MailStore store = OpenStore();
        MailboxName.TryCreate(mailbox, out MailboxName? name, out _);
        using Mailbox open = store.Select(name!, readOnly: false);
        act(open);
    }

    /// <summary>The same mail, opened once more.</summary>
    public MailStore OpenStore() => MailStore.Open(new StoreOptions { Root = MailRoot, HostName = "elsewhere.example" });

    /// <summary>Delivers a message into INBOX as mail transport agents do, and returns its file name.</summary>
    public string Deliver(string message)
    {
        using (OpenStore())
        {
            // Opening makes the Maildir when this is the first message.
        }

        string name = $"{1_700_000_000 + _delivered}.M{++_delivered}P1Q1.mta.example";
        string temporary = Path.Combine(MailRoot, "tmp", name);
        File.WriteAllText(temporary, message);
        File.Move(temporary, Path.Combine(MailRoot, "new", name));
        return name;
    }

    public void Dispose()
    {
        foreach (TestClient client in _clients)
        {
            client.Dispose();
        }

        _directory.Delete(recursive: true);
    }

    private TestClient Add(ConnectionFacts facts)
    {
        var host = new TestHost(facts, MailRoot);
        RawLog? log = RawLogFile is null ? null : new RawLog(RawLogFile(), line => host.Log(LogSeverity.Warning, line));
        var client = new TestClient(host, Options, log);
        _clients.Add(client);
        return client;
    }

    private void Store(string[] messages)
    {
        using MailStore store = OpenStore();
        foreach (string message in messages)
        {
            using AppendBatch batch = store.BeginAppend(MailboxName.Inbox);
            batch.BeginMessage(new FlagSet(SystemFlags.Seen, []), DateTimeOffset.UnixEpoch)
                .Write(System.Text.Encoding.Latin1.GetBytes(message));
            batch.Commit();
        }
    }
}
