using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Imapd.Master.Configuration;
using Imapd.Master.Native;
using Imapd.Master.Spawning;
using Imapd.Master.Supervision;
using Imapd.Master.Tls;
using Imapd.Protocol.Handoff;
using NUnit.Framework;
using Serilog;
using Serilog.Core;

namespace Imapd.Tests.Master;

[TestFixture]
[CancelAfter(120_000)]
public sealed class SessionTests
{
    private readonly List<IDisposable> _owned = [];
    private LogLines _lines = null!;
    private Logger _log = null!;
    private OneWorker _workers = null!;
    private SessionParts _parts = null!;

    [SetUp]
    public void SetUp()
    {
        _lines = new LogLines();
        _log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(_lines).CreateLogger();
        using var files = new TestCertificates();
        (string certificate, string key, _) = TestCertificates.Make();
        var settings = new Settings
        {
            Listen = [],
            Fork = true,
            Storage = StorageKind.Maildir,
            PamService = "imapd",
            MinUid = 1000,
            LoginTimeoutSeconds = 60,
            MaxPerUser = 1,
            Certificates = [new(files.Write("both.pem", certificate + "\n" + key), null)],
            WorkerPath = "/bin/true",
        };
        _workers = new OneWorker();
        _parts = new SessionParts(
            settings,
            _log,
            Own(new TlsEndpoint(settings, _log)),
            _workers,
            new Authenticators(new WorkerLauncher(settings, new Reaper()), settings, _log),
            new UserSessions(settings.MaxPerUser),
            new SourcePenalties(10),
            new SessionTable(10));
    }

    [TearDown]
    public void TearDown()
    {
        _owned.ForEach(owned => owned.Dispose());
        _owned.Clear();
        _log.Dispose();
    }

    [Test]
    public async Task A_cleartext_connection_reaches_the_worker_with_its_facts()
    {
        (Started session, ConnectionHandoff facts, Socket stream) = await StartAsync();

        Assert.That((facts.PeerAddress, facts.LocalAddress), Is.EqualTo(("127.0.0.1", "127.0.0.1")));
        Assert.That(facts.PeerPort, Is.EqualTo(((IPEndPoint)session.Client.LocalEndPoint!).Port));
        Assert.That((facts.Tls, facts.CanStartTls), Is.EqualTo(((TlsFacts?)null, true)));
        stream.Send("* OK hello\r\n"u8);
        Assert.That(Read(session.Client), Is.EqualTo("* OK hello\r\n"));
    }

    [Test]
    public async Task A_login_is_answered_and_logged_and_so_is_the_end()
    {
        (Started session, ConnectionHandoff facts, Socket stream) = await StartAsync();

        session.Worker.Send(new LoginSucceeded(facts.Id, "alice", 1000));
        var verdict = session.Worker.Receive<LoginVerdict>();
        session.Worker.Send(new SessionEnded(facts.Id, SessionEnd.Logout, 12, 345));
        stream.Dispose();
        session.Client.Dispose();
        session.Worker.Link.Kill();
        await session.Running;

        Assert.That(verdict.Allowed, Is.True);
        Assert.That(_lines.All, Has.One.StartsWith($"login user=alice session={SessionId.Format(facts.Id)} rip=127.0.0.1 rport="));
        Assert.That(_lines.All, Has.One.StartsWith("logout user=alice").And.One.EndsWith("in=12 out=345 reason=logout"));
        Assert.That(_parts.Users.Count("1000"), Is.Zero);
    }

    [Test]
    public async Task A_failed_login_is_logged_with_the_name_escaped()
    {
        (Started session, ConnectionHandoff facts, _) = await StartAsync();

        session.Worker.Send(new LoginFailed(facts.Id, "mal\r\nlogin user=root", LoginFailure.BadCredentials));
        session.Worker.Send(new LoginSucceeded(facts.Id, "alice", 1000));
        session.Worker.Receive<LoginVerdict>();

        Assert.That(
            _lines.All,
            Has.One.StartsWith("login failed reason=bad-credentials user=\"mal\\u{d}\\u{a}login user=root\" session="));
    }

    [TestCase(0u)]
    [TestCase(999u)]
    public async Task A_worker_that_logs_in_root_or_a_system_account_is_killed(uint uid)
    {
        (Started session, ConnectionHandoff facts, _) = await StartAsync();

        session.Worker.Send(new LoginSucceeded(facts.Id, "alice", uid));

        Assert.That(await session.Worker.ProcessEnded, Is.EqualTo(new ExitStatus(0, 9)));
        await session.EndAsync();
        Assert.That(_lines.All, Has.None.StartsWith("login user="));
    }

    [Test]
    public async Task A_worker_that_logs_in_twice_is_killed()
    {
        (Started session, ConnectionHandoff facts, _) = await StartAsync();

        session.Worker.Send(new LoginSucceeded(facts.Id, "alice", 1000));
        session.Worker.Receive<LoginVerdict>();
        session.Worker.Send(new LoginSucceeded(facts.Id, "bob", 1001));

        Assert.That(await session.Worker.ProcessEnded, Is.EqualTo(new ExitStatus(0, 9)));
        await session.EndAsync();
        Assert.That(_lines.All, Has.None.Contains("bob"));
    }

    [Test]
    public async Task A_worker_that_sends_garbage_is_killed_and_its_client_sees_the_end()
    {
        (Started session, _, Socket stream) = await StartAsync();
        stream.Dispose();

        session.Worker.SendRaw("garbage"u8);

        Assert.That(await session.Worker.ProcessEnded, Is.EqualTo(new ExitStatus(0, 9)));
        Assert.That(Read(session.Client), Is.Empty);
    }

    [Test]
    public async Task A_worker_that_sends_a_datagram_over_the_limit_is_killed()
    {
        (Started session, ConnectionHandoff facts, _) = await StartAsync();

        byte[] good = HandoffCodec.Encode(new LogRecord(facts.Id, LogSeverity.Debug, "x"));
        session.Worker.SendRaw([.. good, .. new byte[100_000]]);

        Assert.That(await session.Worker.ProcessEnded, Is.EqualTo(new ExitStatus(0, 9)));
    }

    [Test]
    public async Task A_worker_that_speaks_of_another_session_is_killed()
    {
        (Started session, ConnectionHandoff facts, _) = await StartAsync();

        session.Worker.Send(new SessionEnded(facts.Id + 2, SessionEnd.Logout, 0, 0));

        Assert.That(await session.Worker.ProcessEnded, Is.EqualTo(new ExitStatus(0, 9)));
    }

    [Test]
    public async Task A_worker_that_floods_the_log_is_killed()
    {
        (Started session, ConnectionHandoff facts, _) = await StartAsync();
        for (int line = 0; line < 10 * MasterLimits.WorkerBurstMessages && !session.Worker.Link.Ended.IsCompleted; line++)
        {
            session.Worker.Send(new LogRecord(facts.Id, LogSeverity.Information, "line"));
        }

        Assert.That(await session.Worker.ProcessEnded, Is.EqualTo(new ExitStatus(0, 9)));
        Assert.That(
            _lines.All.Count(line => line.StartsWith("worker says", StringComparison.Ordinal)),
            Is.LessThan(2 * MasterLimits.WorkerBurstMessages));
    }

    [Test]
    public async Task A_descriptor_that_a_worker_passes_is_closed()
    {
        (Started session, ConnectionHandoff facts, _) = await StartAsync();
        (SafeSocketHandle ours, SafeSocketHandle theirs) = UnixSockets.StreamPair();
        using var kept = new Socket(ours);
        session.Worker.SendRaw(HandoffCodec.Encode(new LogRecord(facts.Id, LogSeverity.Debug, "take this")), theirs);
        theirs.Dispose();

        // The end of the other side shows that nobody holds it any more.
        kept.ReceiveTimeout = 30_000;
        Assert.That(kept.Receive(new byte[1]), Is.Zero);
    }

    [Test]
    public async Task A_user_over_his_limit_has_his_other_session_ended()
    {
        (Started first, ConnectionHandoff firstFacts, _) = await StartAsync();
        first.Worker.Send(new LoginSucceeded(firstFacts.Id, "alice", 1000));
        Assert.That(first.Worker.Receive<LoginVerdict>().Allowed, Is.True);

        (Started second, ConnectionHandoff secondFacts, _) = await StartAsync();
        second.Worker.Send(new LoginSucceeded(secondFacts.Id, "alice", 1000));

        Assert.That(second.Worker.Receive<LoginVerdict>().Allowed, Is.True);
        Assert.That(
            first.Worker.Receive<ShutdownRequest>(),
            Is.EqualTo(new ShutdownRequest(firstFacts.Id, ShutdownReason.ReplacedBySameUser)));
    }

    [TestCase(ShutdownReason.AdministratorRequest, "kicked")]
    [TestCase(ShutdownReason.ReplacedBySameUser, "replaced")]
    [TestCase(ShutdownReason.ServerStopping, "shutdown")]
    public async Task The_line_of_a_logout_says_who_wanted_it(ShutdownReason asked, string said)
    {
        (Started started, ConnectionHandoff facts, Socket stream) = await StartAsync();
        started.Worker.Send(new LoginSucceeded(facts.Id, "alice", 1000));
        started.Worker.Receive<LoginVerdict>();

        Session session = _parts.Sessions.All.Single();
        if (asked == ShutdownReason.AdministratorRequest)
        {
            Assert.That(session.Kick(), Is.True);
        }
        session.AskToEnd(asked);
        Assert.That(started.Worker.Receive<ShutdownRequest>().Reason, Is.EqualTo(asked));
        session.AskToEnd(ShutdownReason.ServerStopping);
        started.Worker.Send(new SessionEnded(facts.Id, SessionEnd.Shutdown, 0, 0));
        stream.Dispose();
        started.Worker.Link.Kill();
        await started.EndAsync();

        Assert.That(_lines.All, Has.One.StartsWith("logout user=alice").And.One.EndsWith($" reason={said}"));
    }

    [Test]
    public async Task What_a_worker_says_last_is_heard_though_it_has_not_read_what_it_was_told()
    {
        (Started started, ConnectionHandoff facts, Socket stream) = await StartAsync();
        _parts.Sessions.All.Single().AskToEnd(ShutdownReason.ServerStopping);
        started.Worker.Send(new LogRecord(facts.Id, LogSeverity.Information, "the last words"));
        stream.Dispose();
        started.Worker.Dispose();
        await started.EndAsync();

        Assert.That(_lines.All, Has.One.StartsWith("worker says \"the last words\""));
    }

    [Test]
    public void What_cannot_be_started_is_told_once_a_minute_and_when_the_reason_is_another()
    {
        var failures = new StartFailures("worker not started", _log);
        string[] Said() => [.. _lines.All.Where(line => line.StartsWith("worker not started", StringComparison.Ordinal))];
        failures.Failed("no such file", 1000);
        failures.Failed("no such file", 2000);
        failures.Failed("no such file", 60_999);
        Assert.That(Said(), Is.EqualTo(new[] { "worker not started reason=\"no such file\"" }));

        failures.Failed("no such file", 61_000);
        failures.Failed("no memory", 61_001);
        failures.Succeeded();
        failures.Failed("no memory", 61_002);
        Assert.That(
            Said()[1..],
            Is.EqualTo(new[]
            {
                "worker not started reason=\"no such file\" before=2",
                "worker not started reason=\"no memory\"",
                "worker not started reason=\"no memory\"",
            }));
    }

    [Test]
    public async Task Starttls_gives_the_worker_a_new_stream_with_what_the_client_sends_over_tls()
    {
        (Started session, ConnectionHandoff facts, Socket stream) = await StartAsync();

        session.Worker.Send(new StartTlsRequest(facts.Id));
        using var client = new SslStream(new NetworkStream(session.Client), true, TestCertificates.Accept);
        await client.AuthenticateAsClientAsync("localhost");
        (HandoffMessage message, SafeSocketHandle? descriptor) = session.Worker.Receive();
        using var decrypted = new Socket(descriptor!);
        await client.WriteAsync("a NOOP\r\n"u8.ToArray());

        Assert.That(((StartTlsReply)message).Tls?.Protocol, Does.StartWith("TLSv1."));
        Assert.That(Read(decrypted), Is.EqualTo("a NOOP\r\n"));
        stream.Dispose();
    }

    [Test]
    public async Task Starttls_that_the_client_spoils_is_answered_without_a_stream()
    {
        (Started session, ConnectionHandoff facts, _) = await StartAsync();

        session.Worker.Send(new StartTlsRequest(facts.Id));
        session.Client.Send("a LOGIN alice secret\r\n"u8);

        (HandoffMessage message, SafeSocketHandle? descriptor) = session.Worker.Receive();
        Assert.That((message, descriptor), Is.EqualTo((new StartTlsReply(facts.Id, null), (SafeSocketHandle?)null)));
    }

    [Test]
    public async Task A_tls_connection_reaches_the_worker_decrypted()
    {
        FakeWorker worker = Own(new FakeWorker(isShared: false, _log));
        _workers.Next.Enqueue(worker.Link);
        TcpPair tcp = Own(await TcpPair.ConnectAsync());
        Session session = NewSession(tcp);
        Task running = session.RunAsync(implicitTls: true);
        using var client = new SslStream(new NetworkStream(tcp.Client), true, TestCertificates.Accept);
        await client.AuthenticateAsClientAsync("localhost");

        (HandoffMessage message, SafeSocketHandle? descriptor) = worker.Receive();
        using var decrypted = new Socket(descriptor!);
        await client.WriteAsync("a NOOP\r\n"u8.ToArray());

        Assert.That(((ConnectionHandoff)message).Tls!.Cipher, Does.StartWith("TLS_"));
        Assert.That(Read(decrypted), Is.EqualTo("a NOOP\r\n"));
        session.Abort("test");
        await running;
        Assert.That(_lines.All, Has.One.Contains("closed before login reason=test"));
    }

    [Test]
    public async Task A_worker_that_does_not_notice_that_its_client_is_gone_is_ended_in_the_end()
    {
        FakeWorker worker = Own(new FakeWorker(isShared: false, _log));
        _workers.Next.Enqueue(worker.Link);
        TcpPair tcp = Own(await TcpPair.ConnectAsync());
        Session session = NewSession(tcp);
        Task running = session.RunAsync(implicitTls: true);
        using var client = new SslStream(new NetworkStream(tcp.Client), true, TestCertificates.Accept);
        await client.AuthenticateAsClientAsync("localhost");
        (HandoffMessage message, SafeSocketHandle? descriptor) = worker.Receive();
        using var decrypted = new Socket(descriptor!);
        worker.Send(new LoginSucceeded(message.Id, "alice", 1000));
        Assert.That(worker.Receive<LoginVerdict>().Allowed, Is.True);
        long hour = (long)TimeSpan.FromHours(1).TotalMilliseconds;
        session.CheckDeadlines(Environment.TickCount64 + hour);
        Assert.That(running.IsCompleted, Is.False, "a client that is there may take its time");

        tcp.Client.Dispose();
        Assert.That(Read(decrypted), Is.Empty);
        Task<ExitStatus> ended = worker.ProcessEnded;
        while (!ended.IsCompleted)
        {
            session.CheckDeadlines(Environment.TickCount64 + hour);
            await Task.Yield();
        }

        Assert.That((await ended).Signal, Is.EqualTo(9));
        await running;
        Assert.That(_lines.All, Has.One.Contains("logout user=alice").And.Contains("reason=disconnected"));
    }

    [Test]
    public async Task A_client_without_a_worker_is_told_so()
    {
        TcpPair tcp = Own(await TcpPair.ConnectAsync());
        Task running = NewSession(tcp).RunAsync(implicitTls: false);

        Assert.That(Read(tcp.Client), Does.StartWith("* BYE [UNAVAILABLE] "));
        tcp.Client.Dispose();
        await running;
    }

    [Test]
    public async Task A_connection_that_is_held_back_takes_no_worker_meanwhile()
    {
        var stranger = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4711);
        for (int failure = 0; failure < 20; failure++)
        {
            _parts.Penalties.Add(SourceAddress.Of(stranger.Address), guess: 0, Environment.TickCount64);
        }
        FakeWorker worker = Own(new FakeWorker(isShared: false, _log));
        _workers.Next.Enqueue(worker.Link);
        TcpPair tcp = Own(await TcpPair.ConnectAsync());
        var session = new Session(_parts, tcp.Server, stranger, (IPEndPoint)tcp.Server.LocalEndPoint!);

        Task running = session.RunAsync(implicitTls: false);
        session.Abort("test");
        await running;

        Assert.That(_workers.Next, Has.Count.EqualTo(1));
        Assert.That(_parts.Counters.Read(Counter.ConnectionsDelayed), Is.EqualTo(1));
    }

    [Test]
    public async Task A_wrong_password_that_comes_again_is_logged_as_such_and_a_login_from_there_forgives()
    {
        var stranger = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4711);
        FakeWorker worker = Own(new FakeWorker(isShared: false, _log));
        _workers.Next.Enqueue(worker.Link);
        TcpPair tcp = Own(await TcpPair.ConnectAsync());
        Task running = new Session(_parts, tcp.Server, stranger, (IPEndPoint)tcp.Server.LocalEndPoint!).RunAsync(implicitTls: false);
        (HandoffMessage facts, SafeSocketHandle? descriptor) = worker.Receive();
        using var stream = new Socket(descriptor!);
        Assert.That(((ConnectionHandoff)facts).GuessKey, Is.EqualTo(_parts.GuessKey).And.Not.EqualTo(UInt128.Zero));
        foreach (ulong guess in (ulong[])[7, 7, 8, 9, 7])
        {
            worker.Send(new LoginFailed(facts.Id, "alice", LoginFailure.BadCredentials, guess));
        }
        worker.Send(new LogRecord(facts.Id, LogSeverity.Debug, "after them")); // the log has what came before this
        while (!_lines.All.Any(line => line.Contains("after them", StringComparison.Ordinal)))
        {
            await Task.Yield();
        }
        TimeSpan before = _parts.Penalties.Delay(SourceAddress.Of(stranger.Address), Environment.TickCount64);
        worker.Send(new LoginSucceeded(facts.Id, "alice", 1000));
        worker.Receive<LoginVerdict>();

        Assert.That(
            _lines.All.Where(line => line.StartsWith("login failed", StringComparison.Ordinal)).Select(line => line.Split(' ')[^1]),
            Is.EqualTo(new[] { "repeated=no", "repeated=yes", "repeated=no", "repeated=no", "repeated=yes" }));
        Assert.That(_parts.Counters.Read(Counter.LoginsRepeated), Is.EqualTo(2));
        Assert.That(_parts.Penalties.Delay(SourceAddress.Of(stranger.Address), Environment.TickCount64), Is.LessThan(before));
        tcp.Client.Dispose();
        worker.Link.Kill();
        await running;
    }

    private static string Read(Socket socket)
    {
        byte[] buffer = new byte[4096];
        socket.ReceiveTimeout = 30_000;
        return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
    }

    private async Task<(Started Session, ConnectionHandoff Facts, Socket Stream)> StartAsync()
    {
        FakeWorker worker = Own(new FakeWorker(isShared: false, _log));
        _workers.Next.Enqueue(worker.Link);
        TcpPair tcp = Own(await TcpPair.ConnectAsync());
        Task running = NewSession(tcp).RunAsync(implicitTls: false);
        (HandoffMessage message, SafeSocketHandle? descriptor) = worker.Receive();
        return (new Started(tcp.Client, worker, running), (ConnectionHandoff)message, Own(new Socket(descriptor!)));
    }

    private Session NewSession(TcpPair tcp)
    {
        var session = new Session(
            _parts, tcp.Server, (IPEndPoint)tcp.Server.RemoteEndPoint!, (IPEndPoint)tcp.Server.LocalEndPoint!);
        _parts.Sessions.Add(session);
        return session;
    }

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }

    private sealed record Started(Socket Client, FakeWorker Worker, Task Running)
    {
        public async Task EndAsync()
        {
            Client.Dispose();
            await Running;
        }
    }

    private sealed class OneWorker : IWorkerSource
    {
        public Queue<WorkerLink> Next { get; } = [];

        public Task<WorkerLink> TakeAsync(CancellationToken cancel) => Next.TryDequeue(out WorkerLink? link)
            ? Task.FromResult(link)
            : Task.FromException<WorkerLink>(new WorkerUnavailableException());

        public Task RunAsync(CancellationToken stop) => Task.CompletedTask;
    }
}
