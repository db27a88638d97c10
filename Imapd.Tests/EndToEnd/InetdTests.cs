using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Imapd.Tests.Architecture;
using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Worker.Login;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary><c>--inetd</c> under the programs that listen for others: xinetd, inetd, and systemd with <c>Accept=yes</c>.</summary>
internal sealed class InetdTests : EndToEndTest
{
    private const string Elsewhere = "127.0.0.2";

    private TemporaryDirectory _directory = null!;
    private TestPamService _service = null!;
    private InstalledCopy _copy = null!;

    private string Seen => _directory.Combine("seen");

    private string[] Arguments =>
    [
        "--config", "none", "--inetd", "--fork", "--tls", "--cert", Certificate.CertificateFile, "--key", Certificate.KeyFile, "--pam-service", _service.Name,
    ];

    [SetUp]
    public void Prepare()
    {
        RequireRoot();
        _directory = new TemporaryDirectory();
        _copy = new InstalledCopy();
        string script = _directory.Write("seen.sh", $"#!/bin/sh\necho \"$PAM_TYPE $PAM_RHOST\" >>{Seen}\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        _service = new TestPamService("auth required pam_unix.so", "account required pam_unix.so", $"session required pam_exec.so {script}");
    }

    [TearDown]
    public void Remove()
    {
        _service?.Dispose();
        _copy?.Dispose();
        _directory?.Dispose();
    }

    [Test]
    public void Xinetd_starts_one_for_each_connection_with_the_example_we_ship()
    {
        RequireProgram("xinetd", "xinetd");
        int port = ImapdProcess.FreePort();
        string example = File.ReadAllText(Repository.Combine("packaging", "examples", "imapd.xinetd"))
            .Replace("/usr/sbin/imapd", _copy.Executable, StringComparison.Ordinal)
            .Replace("--config /etc/imapd/imapd.conf --inetd", string.Join(' ', Arguments), StringComparison.Ordinal)
            .Replace("service imaps", "service imapd-test", StringComparison.Ordinal)
            .Replace("disable     = yes", $"disable = no\n type = UNLISTED\n port = {port}\n bind = 127.0.0.1", StringComparison.Ordinal);
        string configuration = _directory.Write("xinetd.conf", example);
        using Listening xinetd = Listening.Start(
            port, "xinetd", "-dontfork", "-stayalive", "-f", configuration, "-filelog", _directory.Combine("log"), "-pidfile", _directory.Combine("pid"));

        AssertServes(port);
    }

    [Test]
    public void Where_standard_error_is_the_client_the_log_goes_to_syslog_and_nothing_in_it_is_a_format()
    {
        RequireProgram("xinetd", "xinetd");
        if (File.Exists(Syslog.Path))
        {
            Assert.Ignore($"{Syslog.Path} is somebody's");
        }
        using var syslog = new Syslog();
        int port = ImapdProcess.FreePort();
        string service = $"type = UNLISTED\n port = {port}\n bind = 127.0.0.1\n socket_type = stream\n protocol = tcp\n wait = no\n user = root";
        string configuration = _directory.Write(
            "xinetd.conf", $"service imapd-test\n{{\n {service}\n server = {_copy.Executable}\n server_args = {string.Join(' ', Arguments)}\n}}\n");
        using Listening xinetd = Listening.Start(port, "xinetd", "-dontfork", "-stayalive", "-f", configuration, "-pidfile", _directory.Combine("pid"));

        using ImapClient client = ImapClient.ConnectTls(port, from: Elsewhere);
        Assert.That(client.Command("LOGIN \"%s%n%x\" wrong").IsOk, Is.False);
        Assert.That(client.Login(Alice).IsOk, Is.True);
        client.Command("LOGOUT");

        const string Facility = "<22>"; // mail, info
        Assert.That(syslog.WaitFor("login failed"), Does.StartWith(Facility).And.Contain("imapd: login failed reason=bad-credentials user=\"%s%n%x\" ").And.Contain($"rip={Elsewhere} "));
        Assert.That(syslog.WaitFor("login user="), Does.Contain($"user={Alice.Name} ").And.Contain($"rip={Elsewhere} "));
        Assert.That(syslog.WaitFor("logout"), Does.Contain("reason=logout"));
    }

    [Test]
    public void Inetd_starts_one_for_each_connection()
    {
        RequireProgram("inetd", "openbsd-inetd");
        int port = ImapdProcess.FreePort();
        string configuration = _directory.Write(
            "inetd.conf", $"127.0.0.1:{port} stream tcp nowait root {_copy.Executable} imapd {string.Join(' ', Arguments)}\n");
        using Listening inetd = Listening.Start(port, "inetd", "-i", configuration);

        AssertServes(port);
    }

    [Test]
    public void Systemd_starts_one_for_each_connection_and_the_log_has_the_clients_address()
    {
        RequireProgram("systemd-socket-activate", "systemd");
        int port = ImapdProcess.FreePort();
        using Listening systemd = Listening.Start(
            port, "systemd-socket-activate", ["--listen", $"127.0.0.1:{port}", "--accept", "--inetd", _copy.Executable, .. Arguments]);

        AssertServes(port);
        Wait.Until(() => systemd.Errors.Contains("logout", StringComparison.Ordinal), "the log has its lines");
        Assert.That(systemd.Errors, Does.Match($"login user={Alice.Name} .*rip={Elsewhere} "));
        Assert.That(systemd.Errors, Does.Match($"login failed .*user=\"{Alice.Name}\" .*rip={Elsewhere} "));
    }

    private void AssertServes(int port)
    {
        Alice.Deliver(Mail.WithUnixLines("mine"));
        using ImapClient wrong = ImapClient.ConnectTls(port, from: Elsewhere);
        Assert.That(wrong.Command($"LOGIN {Alice.Name} wrong").Status, Does.StartWith("NO [AUTHENTICATIONFAILED]"));
        using ImapClient first = ImapClient.ConnectTls(port, from: Elsewhere);
        using ImapClient second = ImapClient.ConnectTls(port);
        Assert.That(first.Login(Alice).IsOk, Is.True);
        Assert.That(second.Login(Bob).IsOk, Is.True);
        Assert.That(first.Command("SELECT INBOX").Untagged, Has.Some.EqualTo("* 1 EXISTS"));
        Assert.That(second.Command("SELECT INBOX").Untagged, Has.Some.EqualTo("* 0 EXISTS"));
        Assert.That(File.ReadAllLines(Seen), Does.Contain($"open_session {Elsewhere}").And.Contain("open_session 127.0.0.1"));
        foreach (ImapClient client in new[] { wrong, first, second })
        {
            Assert.That(client.Command("LOGOUT").IsOk, Is.True);
            Assert.That(client.ReadLine(), Is.Null, "nothing behind the goodbye, above all no line of a log");
        }
    }

    /// <summary>What syslogd would get.</summary>
    private sealed class Syslog : IDisposable
    {
        public const string Path = "/dev/log";

        private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly Thread _reader;

        public Syslog()
        {
            _socket.Bind(new UnixDomainSocketEndPoint(Path));
            _reader = new Thread(Read) { IsBackground = true };
            _reader.Start();
        }

        /// <summary>The first line with this in it.</summary>
        public string WaitFor(string text)
        {
            string? line = null;
            Wait.Until(() => (line = _lines.FirstOrDefault(candidate => candidate.Contains(text, StringComparison.Ordinal))) is not null, $"syslog has {text}");
            return line!;
        }

        public void Dispose()
        {
            _socket.Dispose();
            _reader.Join();
            File.Delete(Path);
        }

        // All the time: ten lines that nobody takes, and whoever writes the next one waits.
        private void Read()
        {
            byte[] buffer = new byte[8192];
            try
            {
                while (true)
                {
                    _lines.Enqueue(System.Text.Encoding.UTF8.GetString(buffer, 0, _socket.Receive(buffer)));
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // closed
            }
        }
    }

    /// <summary>A program that listens, killed with what it started.</summary>
    private sealed class Listening : IDisposable
    {
        private readonly Process _process;
        private readonly System.Text.StringBuilder _errors = new();

        private Listening(Process process)
        {
            _process = process;
            process.ErrorDataReceived += (_, line) =>
            {
                lock (_errors)
                {
                    _errors.AppendLine(line.Data);
                }
            };
            process.BeginErrorReadLine();
        }

        public string Errors
        {
            get
            {
                lock (_errors)
                {
                    return _errors.ToString();
                }
            }
        }

        public static Listening Start(int port, string program, params string[] arguments)
        {
            var started = new Listening(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, WorkingDirectory = "/" })!);
            try
            {
                Wait.Until(() => started._process.HasExited || IsOpen(port), $"{program} listens");
                Assert.That(started._process.HasExited, Is.False, () => $"{program} ended:\n{started.Errors}");
                return started;
            }
            catch
            {
                started.Dispose();
                throw;
            }
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
                _process.WaitForExit();
            }
            _process.Dispose();
        }

        // Connecting would start a server.
        private static bool IsOpen(int port) => File.ReadLines("/proc/net/tcp")
            .Any(line => line.Contains($":{port:X4} ", StringComparison.Ordinal) && line.Contains(" 0A ", StringComparison.Ordinal));
    }
}
