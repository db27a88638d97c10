using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Worker.Login;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>SIGTERM, SIGHUP.</summary>
internal sealed class SignalTests : EndToEndTest
{
    [Test]
    public void SIGTERM_says_BYE_to_every_client_and_ends_with_0()
    {
        ImapdProcess server = StartForking();
        ImapClient idling = Login(server, Alice);
        idling.Command("SELECT INBOX");
        idling.Send("i IDLE\r\n");
        idling.ReadUntil("+");
        ImapClient waiting = Connect(server);

        server.Signal(Native.SignalTerminate);

        Assert.That(idling.ReadToEnd(), Does.Contain("* BYE"));
        Assert.That(waiting.ReadToEnd(), Does.Contain("* BYE"));
        Assert.That(server.Stop(), Is.Zero);
    }

    [Test]
    public void SIGTERM_says_BYE_when_one_worker_serves_all()
    {
        ImapdProcess server = StartMemory();
        ImapClient client = LoginAsTest(server);
        server.Signal(Native.SignalTerminate);
        Assert.That(client.ReadToEnd(), Does.Contain("* BYE"));
        Assert.That(server.Stop(), Is.Zero);
    }

    // The worker that was stopped holds the server for as long as it waits for anybody: what ends before the server has not waited.
    [Test]
    public void SIGTERM_does_not_wait_for_a_module_of_PAM_or_a_client_that_reads_nothing()
    {
        RequireRoot();
        using var directory = new TemporaryDirectory();
        string started = directory.Combine("started");
        string script = directory.Write("block", $"#!/bin/sh\n[ $PAM_USER != {Bob.Name} ] || {{ echo $PPID $$ >{started}; exec sleep 1000; }}\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        using var service = new TestPamService($"auth required pam_exec.so {script}", "auth required pam_permit.so", "account required pam_permit.so", "session required pam_permit.so");
        using SystemUser carol = SystemUser.Create();
        ImapdProcess server = StartForking("--pam-service", service.Name);
        Alice.Deliver(Mail.WithUnixLines("large", new string('x', 10_000_000)));

        Login(server, carol);
        Native.Signal(server.WorkerOf(carol).Id, Native.SignalStop);
        ImapClient deaf = Login(server, Alice);
        Assert.That(deaf.Command("SELECT INBOX").IsOk, Is.True);
        deaf.Send("f FETCH 1 BODY.PEEK[]\r\n");
        ProcessView deafWorker = server.WorkerOf(Alice);
        ImapClient blocked = Connect(server);
        blocked.Send($"a LOGIN {Bob.Name} x\r\n");
        Wait.Until(() => File.Exists(started) && File.ReadAllText(started).EndsWith('\n'), "the module blocks");
        int[] processes = [.. File.ReadAllText(started).Split(' ').Select(number => int.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];
        Wait.Until(() => deafWorker.IsAsleep, "the client's buffers are full");
        try
        {
            server.Signal(Native.SignalTerminate);

            Wait.Until(() => !new ProcessView(processes[0]).Exists && !deafWorker.Exists, "both workers have ended");
            Assert.That(new ProcessView(server.Id) is { Exists: true, IsZombie: false }, Is.True, "the server still waits for the stopped worker");
            Assert.That(blocked.ReadToEnd(), Is.Empty);
        }
        finally
        {
            Native.Signal(processes[1], Native.SignalKill); // pam_exec gives its program a session of its own
        }
        server.WaitForLog("reason=shutdown", "closed before login");
        server.WaitForLog("reason=shutdown", "logout user=" + Alice.Name);
    }

    [Test]
    public void SIGTERM_ends_the_checker_of_a_password_and_the_worker_of_all_ends_by_itself()
    {
        RequireRoot();
        using var directory = new TemporaryDirectory();
        string started = directory.Combine("started");
        string script = directory.Write("block", $"#!/bin/sh\necho $PPID $$ >{started}; exec sleep 1000\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        using var service = new TestPamService($"auth required pam_exec.so {script}", "account required pam_permit.so");
        ImapdProcess server = StartTls("-s", "maildir", "--maildir-path", directory.Path, "--user", "nobody", "--pam-service", service.Name, "--log-level", "debug");
        int worker = server.Workers.Single().Id;
        ImapClient blocked = Connect(server);
        blocked.Send($"a LOGIN {Bob.Name} x\r\n");
        Wait.Until(() => File.Exists(started) && File.ReadAllText(started).EndsWith('\n'), "the module blocks");
        int[] processes = [.. File.ReadAllText(started).Split(' ').Select(number => int.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];

        try
        {
            Assert.That(server.Stop(), Is.Zero);
            Assert.That(new ProcessView(processes[0]).Exists, Is.False);
            Assert.That(server.Log, Does.Contain($"worker ended pid={worker} status=0 signal=0"), "who waits too long is killed");
        }
        finally
        {
            Native.Signal(processes[1], Native.SignalKill);
        }
    }

    [Test]
    public void A_parent_that_ignores_its_children_and_allows_few_descriptors_at_first_does_no_harm()
    {
        RequireRoot();
        ImapdProcess server = StartTlsThrough(
            ["/usr/bin/env", "--ignore-signal=CHLD", "/usr/bin/prlimit", "--nofile=256:4096"],
            "--fork",
            "--pam-service",
            EndToEndSetup.Pam.Name);
        for (int i = 0; i < 3; i++)
        {
            Login(server, Alice).Command("LOGOUT");
        }
        server.WaitForLog("logout", "reason=logout");

        string limit = File.ReadLines($"/proc/{server.Id}/limits").Single(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        Assert.That(limit.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], Is.EqualTo("4096"));
        Assert.That(server.Log, Does.Contain("the limit of open files is too low").And.Contain("limit=4096"));
    }

    [Test]
    public void SIGHUP_takes_a_new_certificate_for_new_connections()
    {
        using var directory = new TemporaryDirectory();
        using var renewed = new Certificate();
        string file = directory.Write("both.pem", Certificate.KeyPem + "\n" + Certificate.CertificatePem + "\n");
        ImapdProcess server = StartClearWithTls(file);
        ImapClient before = Keep(ImapClient.ConnectTls(server.ClearPort));
        Assert.That(before.CertificateHash, Is.EqualTo(Certificate.Hash));

        File.WriteAllText(file, renewed.KeyPem + "\n" + renewed.CertificatePem + "\n");
        server.Signal(Native.SignalHangUp);

        string hash = "";
        Wait.Until(
            () =>
            {
                using ImapClient after = ImapClient.ConnectTls(server.ClearPort);
                hash = after.CertificateHash;
                return hash == renewed.Hash;
            },
            "the new certificate is shown");
        Assert.That(hash, Is.EqualTo(renewed.Hash));
        Assert.That(before.Command("NOOP").IsOk, Is.True, "connections of before go on");
    }

    [Test]
    public void SIGHUP_with_a_bad_certificate_keeps_the_old_one_and_logs_an_error()
    {
        using var directory = new TemporaryDirectory();
        string file = directory.Write("both.pem", Certificate.KeyPem + "\n" + Certificate.CertificatePem + "\n");
        ImapdProcess server = StartClearWithTls(file);

        File.WriteAllText(file, "this is no certificate\n");
        server.Signal(Native.SignalHangUp);

        server.WaitForLog(file);
        Assert.That(Keep(ImapClient.ConnectTls(server.ClearPort)).CertificateHash, Is.EqualTo(Certificate.Hash));
    }

    private ImapdProcess StartClearWithTls(string certificate) => StartClear("-s", "memory", "--tls", "--cert", certificate);
}
