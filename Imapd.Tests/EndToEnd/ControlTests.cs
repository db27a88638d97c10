using System.Net.Sockets;
using System.Text.Json;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary><c>imapd status</c>, <c>who</c>, <c>kick</c>, <c>reload</c> and <c>stop</c> on a server that runs.</summary>
internal sealed class ControlTests : EndToEndTest
{
    private TemporaryDirectory _directory = null!;

    private string SocketPath => _directory.Combine("control");

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void Who_shows_who_is_on_from_where_and_what_it_costs()
    {
        ImapdProcess server = StartForking("--control-socket", SocketPath);
        Login(server, Alice);
        Connect(server);

        List<JsonElement> sessions = [];
        Wait.Until(() => (sessions = Sessions()).Any(session => IsIn(session, "not-authenticated")), "both are there");
        JsonElement alice = sessions.Single(session => session.GetProperty("user").GetString() == Alice.Name);

        Assert.That(sessions, Has.Count.EqualTo(2));
        Assert.That(alice.GetProperty("address").GetString(), Is.EqualTo("127.0.0.1"));
        Assert.That(alice.GetProperty("localPort").GetInt32(), Is.EqualTo(server.TlsPort));
        Assert.That(alice.GetProperty("tls").GetString(), Does.StartWith("TLSv1."));
        Assert.That(alice.GetProperty("worker").GetInt32(), Is.EqualTo(server.WorkerOf(Alice).Id));
        Assert.That(alice.GetProperty("memoryOctets").GetInt64(), Is.Positive);
        Assert.That(alice.GetProperty("activity").GetString(), Is.EqualTo("idle"));
        ShellResult table = Ask("who");
        Assert.That(table.Output, Does.StartWith("USER").And.Contain(Alice.Name).And.Contain(alice.GetProperty("session").GetString()));
    }

    [Test]
    public void A_cleartext_session_is_shown_as_well()
    {
        ImapdProcess server = StartForking("--control-socket", SocketPath);
        using ImapClient client = ImapClient.ConnectClear(server.ClearPort);
        List<JsonElement> sessions = [];
        Wait.Until(() => (sessions = Sessions()).Any(session => IsIn(session, "not-authenticated")), "it is there");

        Assert.That(sessions.Single().GetProperty("tls").GetString(), Is.EqualTo("no"));
        Assert.That(sessions.Single().GetProperty("octetsSent").GetInt64(), Is.Positive);
    }

    [Test]
    public void Kick_ends_the_sessions_of_a_user_with_a_goodbye_and_no_others()
    {
        ImapdProcess server = StartForking("--control-socket", SocketPath);
        ImapClient first = Login(server, Alice);
        ImapClient second = Login(server, Alice);
        ImapClient other = Login(server, Bob);

        ShellResult kicked = Ask("kick", Alice.Name);

        Assert.That((kicked.Status, kicked.Output), Is.EqualTo((0, "2 sessions ended\n")), kicked.ToString);
        Assert.That(first.ReadLine(), Does.StartWith("* BYE").And.Contain("administrator"));
        Assert.That(second.ReadLine(), Does.StartWith("* BYE"));
        server.WaitForLog("logout user=" + Alice.Name, "reason=kicked");
        server.WaitForLog("session ended by the administrator user=" + Alice.Name);
        Assert.That(other.Command("NOOP").IsOk);
        Wait.Until(() => Sessions().Count == 1, "they are gone");
        ShellResult again = Ask("kick", Alice.Name);
        Assert.That((again.Status, again.Output), Is.EqualTo((1, "0 sessions ended\n")), again.ToString);
    }

    [Test]
    public void Kick_ends_one_session_by_its_id()
    {
        ImapdProcess server = StartForking("--control-socket", SocketPath);
        ImapClient first = Login(server, Alice);
        string id = Sessions().Single().GetProperty("session").GetString()!;
        ImapClient second = Login(server, Alice);

        Assert.That(Ask("kick", id).Output, Is.EqualTo("1 session ended\n"));
        Assert.That(first.ReadLine(), Does.StartWith("* BYE"));
        Assert.That(second.Command("NOOP").IsOk);
    }

    [Test]
    public void Status_counts_what_has_happened()
    {
        ImapdProcess server = StartForking("--control-socket", SocketPath);
        Login(server, Alice);
        Assert.That(Connect(server).Command($"LOGIN {Alice.Name} wrong").IsOk, Is.False);

        JsonElement status = Processes("status").Single();

        JsonElement counters = status.GetProperty("counters");
        Assert.That(status.GetProperty("pid").GetInt32(), Is.EqualTo(server.Id));
        Assert.That(status.GetProperty("connections").GetProperty("authenticated").GetInt32(), Is.EqualTo(1));
        Assert.That(status.GetProperty("listeners").EnumerateArray().Select(l => l.GetProperty("port").GetInt32()), Is.EquivalentTo(new[] { server.TlsPort, server.ClearPort }));
        JsonElement certificate = status.GetProperty("certificates").EnumerateArray().Single();
        Assert.That(certificate.GetProperty("file").GetString(), Is.EqualTo(Certificate.CertificateFile));
        Assert.That(certificate.GetProperty("names").EnumerateArray().Single().GetString(), Is.EqualTo("localhost"));
        Assert.That(Count(counters, "loginsSucceeded"), Is.EqualTo(1));
        Assert.That(Count(counters, "loginsBadCredentials"), Is.EqualTo(1));
        Assert.That(Count(counters, "connectionsAccepted"), Is.EqualTo(2));
        Assert.That(Count(counters, "workersStarted"), Is.GreaterThanOrEqualTo(2));
        Assert.That(Count(counters, "workersCrashed"), Is.Zero);
        Assert.That(Ask("status").Output, Does.Contain($"certificate  {Certificate.CertificateFile} until "));
        Assert.That(Ask("status").Output, Does.Match(@"loginsSucceeded +1\n").And.Contain("serving"));
    }

    [TestCase("status")]
    [TestCase("who")]
    public void What_programs_get_is_JSON(string command)
    {
        RequireProgram("python3", "python3");
        ImapdProcess server = StartForking("--control-socket", SocketPath);
        Login(server, Alice);

        ShellResult parsed = Shell.Run("python3", ["-m", "json.tool"], Ask(command, "--json").Output);

        Assert.That(parsed.Status, Is.Zero, parsed.ToString);
    }

    [Test]
    public void Nobody_but_root_may_ask()
    {
        RequireProgram("python3", "python3");
        StartForking("--control-socket", SocketPath);
        using var copy = new InstalledCopy();
        ShellResult byMode = Shell.Run("runuser", ["-u", Alice.Name, "--", copy.Executable, "who", "--config", "none", "--control-socket", SocketPath]);
        Assert.That((byMode.Status, byMode.Output), Is.EqualTo((1, "")), byMode.ToString);
        Assert.That(byMode.Errors, Does.Contain("ermission denied"));

        // And should the mode be another, the kernel still says who asks.
        string own = Directory.EnumerateFiles(_directory.Path).Single(path => path != SocketPath);
        File.SetUnixFileMode(own, (UnixFileMode)0b110_110_110);
        ShellResult byUser = Shell.Run("runuser", ["-u", Alice.Name, "--", copy.Executable, "who", "--config", "none", "--control-socket", SocketPath]);
        Assert.That((byUser.Status, byUser.Output), Is.EqualTo((1, "")), byUser.ToString);
        Assert.That(byUser.Errors, Does.Contain("only root and the user whom imapd runs as may ask"));
    }

    [Test]
    public void Garbage_at_the_socket_is_answered_and_changes_nothing()
    {
        RequireProgram("python3", "python3");
        StartForking("--control-socket", SocketPath);
        string script = $$"""
            import os, socket
            def ask(octets):
                s = socket.socket(socket.AF_UNIX); s.connect('{{SocketPath}}'); s.sendall(octets)
                answer = b''
                while True:
                    more = s.recv(65536)
                    if not more: return answer.decode()
                    answer += more
            hang = [socket.socket(socket.AF_UNIX) for _ in range(5)]
            for s in hang: s.connect('{{SocketPath}}')
            for octets in (b'\n', b'kick\n', b'kick \n', b'status now\n', b'\xff\xfe\n', b'GET / HTTP/1.1\r\n', os.urandom(999).replace(b'\n', b'') + b'\n'):
                print(ask(octets), end='')
            """;
        ShellResult answers = Shell.Run("python3", ["-c", script]);

        string[] lines = answers.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(7).And.All.Contain("\"error\":"), answers.ToString);
        Assert.That(Ask("who").Status, Is.Zero);
    }

    [Test]
    public void After_a_reload_both_processes_answer_for_their_sessions()
    {
        ImapdProcess old = StartForking("--control-socket", SocketPath);
        ImapClient before = Login(old, Alice);

        ShellResult reloaded = Ask("reload");

        Assert.That(reloaded.Status, Is.Zero, reloaded.ToString);
        Assert.That(reloaded.Output, Does.Match($@"^pid \d+ serves; 1 sessions go on in pid {old.Id}\n$"));
        Login(old, Bob);
        Assert.That(Sessions().Select(session => session.GetProperty("user").GetString()), Is.EquivalentTo(new[] { Alice.Name, Bob.Name }));
        Assert.That(Processes("status").Select(status => status.GetProperty("state").GetString()), Is.EqualTo(new[] { "serving", "handed-over" }));
        Assert.That(Ask("kick", Alice.Name).Output, Is.EqualTo("1 session ended\n"));
        Assert.That(before.ReadLine(), Does.StartWith("* BYE"));
        old.WaitForExit();
        Wait.Until(() => Processes("status").Count == 1, "the old one is gone");

        Assert.That(Ask("stop").Status, Is.Zero);
        Assert.That(Directory.EnumerateFileSystemEntries(_directory.Path), Is.Empty);
    }

    [Test]
    public void A_reload_that_fails_says_why_and_changes_nothing()
    {
        RequireRoot();
        string file = _directory.Write("imapd.conf", "max-per-user = 7\n");
        ImapdProcess server = StartForking("--control-socket", SocketPath, "--config", file);
        File.WriteAllText(file, "max-per-user = none\n");

        ShellResult reloaded = Ask("reload");

        Assert.That(reloaded.Status, Is.EqualTo(1));
        Assert.That(reloaded.Errors, Is.EqualTo($"imapd: not reloaded: {file}:1: max-per-user 'none' is not a number from 1 to 1000000\n"));
        Assert.That(Login(server, Alice).Command("NOOP").IsOk);
        Assert.That(Processes("status").Single().GetProperty("state").GetString(), Is.EqualTo("serving"));
    }

    [Test]
    public void Stop_says_goodbye_and_comes_back_when_the_server_is_gone()
    {
        ImapdProcess server = StartForking("--control-socket", SocketPath);
        ImapClient client = Login(server, Alice);

        ShellResult stopped = Ask("stop");

        Assert.That((stopped.Status, stopped.Output), Is.EqualTo((0, "stopped\n")), stopped.ToString);
        Assert.That(client.ReadLine(), Does.StartWith("* BYE"));
        server.WaitForExit();
        ShellResult nobody = Ask("status");
        Assert.That((nobody.Status, nobody.Errors), Is.EqualTo((1, $"imapd: no imapd answers at {SocketPath}\n")));
    }

    [Test]
    public void Stop_ends_the_process_that_a_reload_is_starting_as_well()
    {
        RequireRoot();
        using var copy = new NextThatIsNeverReady();
        ImapdProcess server = StartTlsThrough(copy.Launcher, "--fork", "--pam-service", EndToEndSetup.Pam.Name, "--control-socket", SocketPath);
        copy.Replace();
        Task<ShellResult> reload = Task.Run(() => Ask("reload"));
        int next = NextThatIsNeverReady.WaitFor(server);

        ShellResult stopped = Ask("stop");

        Assert.That((stopped.Status, stopped.Output), Is.EqualTo((0, "stopped\n")), stopped.ToString);
        Assert.That(new ProcessView(next).Exists, Is.False);
        Assert.That(reload.Result.Errors, Is.EqualTo("imapd: not reloaded: this process was told to stop\n"));
        server.WaitForExit();
    }

    [Test]
    public void Stop_that_reaches_only_the_old_process_ends_the_new_one_as_well()
    {
        RequireRoot();
        ImapdProcess old = StartForking("--control-socket", SocketPath);
        Login(old, Alice);
        Ask("reload");
        int next = Processes("status").Select(status => status.GetProperty("pid").GetInt32()).Single(pid => pid != old.Id);

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint($"{SocketPath}.{old.Id}"));
        socket.Send("stop\n"u8);

        old.WaitForExit();
        Assert.That(new ProcessView(next).Exists, Is.False);
        Assert.That(Directory.EnumerateFileSystemEntries(_directory.Path), Is.Empty);
    }

    [Test]
    public void A_second_server_at_a_control_socket_is_refused_while_the_first_lives()
    {
        ImapdProcess first = StartForking("--control-socket", SocketPath);
        string[] second = ["--config", "none", "-s", "memory", "-p", ImapdProcess.Text(ImapdProcess.FreePort()), "--control-socket", SocketPath];

        ShellResult refused = ImapdProcess.Run(second);

        Assert.That((refused.Status, refused.Errors), Is.EqualTo((1,
            $"imapd: control-socket {SocketPath}: another imapd answers there (control.{first.Id}); --control-socket names another, or none\n")));
        Assert.That(Processes("status").Single().GetProperty("pid").GetInt32(), Is.EqualTo(first.Id));
    }

    [Test]
    public void Counters_are_in_the_metrics_file()
    {
        string file = _directory.Combine("imapd.prom");
        ImapdProcess server = StartForking("--control-socket", "none", "--metrics-file", file);

        Wait.Until(() => File.Exists(file), "the file is there");
        Assert.That(File.ReadAllText(file), Does.Contain("# TYPE imapd_logins_total counter\nimapd_logins_total{result=\"ok\"} 0\n"));
        server.Stop();
        Assert.That(File.Exists(file), Is.False);
    }

    [TestCase("who", "extra")]
    [TestCase("kick")]
    [TestCase("kick", "")]
    [TestCase("kick", "a\nwho")]
    [TestCase("status", "--verbose")]
    public void A_command_typed_wrongly_is_answered_with_its_usage(params string[] arguments)
    {
        ShellResult result = Ask(arguments);
        Assert.That(result.Status, Is.EqualTo(2));
        Assert.That(result.Errors, Does.StartWith("imapd: usage: imapd " + arguments[0]));
    }

    private static long Count(JsonElement counters, string name) => counters.GetProperty(name).GetInt64();

    private static bool IsIn(JsonElement session, string state) => session.GetProperty("state").GetString() == state;

    private ShellResult Ask(params string[] arguments) => ImapdProcess.Run([.. arguments, "--config", "none", "--control-socket", SocketPath]);

    private List<JsonElement> Processes(string command)
    {
        ShellResult result = Ask(command, "--json");
        Assert.That(result.Status, Is.Zero, result.ToString);
        return [.. JsonDocument.Parse(result.Output).RootElement.GetProperty("processes").EnumerateArray()];
    }

    private List<JsonElement> Sessions() => [.. Processes("who").SelectMany(process => process.GetProperty("sessions").EnumerateArray())];
}
