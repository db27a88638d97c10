using System.Diagnostics;
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
