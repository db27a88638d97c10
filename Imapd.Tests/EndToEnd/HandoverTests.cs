using System.Diagnostics;
using System.Net.Sockets;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>A new imapd takes over from one that runs, and nobody notices.</summary>
internal sealed class HandoverTests : EndToEndTest
{
    private const int TakeOver = 12; // SIGUSR2
    private const int Terminate = 15;

    [Test]
    public void Sessions_go_on_with_the_old_process_while_the_new_one_serves_new_connections()
    {
        RequireRoot();
        ImapdProcess old = StartForking();
        ImapClient before = Login(old, Alice);
        int next = HandOver(old);
        ImapClient after = Login(old, Bob);

        Assert.That(before.Command("NOOP").IsOk);
        Assert.That(after.Command("NOOP").IsOk);
        Assert.That(ProcessView.ChildrenOf(next).Select(worker => worker.UserId), Does.Contain(Bob.UserId));
        Assert.That(old.Workers.Select(worker => worker.UserId), Does.Contain(Alice.UserId));

        before.Command("LOGOUT");
        old.WaitForExit();
        Assert.That(after.Command("NOOP").IsOk);
        End(next);
    }

    [Test]
    public void The_limit_of_a_users_sessions_counts_those_of_the_old_process_and_of_the_one_before_it()
    {
        RequireRoot();
        ImapdProcess first = StartForking("--max-per-user", "3");
        ImapClient oldest = Login(first, Alice);
        ImapClient newer = Login(first, Alice);
        ImapClient bob = Login(first, Bob);
        Assert.That(newer.Command("NOOP").IsOk);
        int second = HandOver(first);
        ImapClient third = Login(first, Alice);
        Native.Signal(second, TakeOver);
        Wait.Until(() => first.LogLines.Count(line => line.Contains("handed over", StringComparison.Ordinal)) == 2, "there is a third process");
        int last = LastTakenOver(first);

        ImapClient fourth = Login(first, Alice);

        Assert.That(oldest.ReadLine(), Does.StartWith("* BYE [UNAVAILABLE]"));
        first.WaitForLog("logout user=" + Alice.Name, "reason=replaced");
        Assert.That(newer.Command("NOOP").IsOk);
        Assert.That(third.Command("NOOP").IsOk);
        Assert.That(fourth.Command("NOOP").IsOk);
        Assert.That(bob.Command("NOOP").IsOk);
        Native.Signal(last, Terminate);
        first.WaitForExit();
    }

    [Test]
    public void Stopping_the_new_process_says_goodbye_to_the_sessions_of_the_old_one()
    {
        RequireRoot();
        ImapdProcess old = StartForking();
        ImapClient before = Login(old, Alice);
        int next = HandOver(old);

        Native.Signal(next, Terminate);

        Assert.That(before.ReadLine(), Does.StartWith("* BYE"));
        old.WaitForExit();
    }

    [Test]
    public void Sessions_that_do_not_end_by_themselves_are_ended_after_the_grace()
    {
        RequireRoot();
        ImapdProcess old = StartForking("--handover-grace", "1");
        ImapClient before = Login(old, Alice);
        int next = HandOver(old);

        Assert.That(before.ReadLine(), Does.StartWith("* BYE"));
        old.WaitForExit();
        End(next);
    }

    [Test]
    public void No_connection_is_refused_or_cut_off_while_one_takes_over_after_the_other()
    {
        RequireRoot();
        ImapdProcess first = StartForking();
        using var stop = new CancellationTokenSource();
        int served = 0;
        var load = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                using ImapClient client = ImapClient.ConnectTls(first.TlsPort);
                Assert.That(client.Greeting, Does.StartWith("* OK"));
                Assert.That(client.Command("LOGOUT").IsOk);
                Interlocked.Increment(ref served);
            }
        })).ToList();
        Wait.Until(() => Volatile.Read(ref served) > 5, "the load is under way");

        int second = HandOver(first);
        first.WaitForExit();
        int atSecond = Volatile.Read(ref served);
        Wait.Until(() => Volatile.Read(ref served) > atSecond + 5, "the second serves");
        stop.Cancel();
        Task.WaitAll([.. load]);
        End(second);
    }

    [Test]
    public void A_new_process_that_cannot_start_changes_nothing()
    {
        RequireRoot();
        using var directory = new TemporaryDirectory();
        string file = directory.Write("imapd.conf", "max-per-user = 7\n");
        ImapdProcess old = StartForking("--config", file);
        File.WriteAllText(file, "max-per-user = none\n");

        old.Signal(TakeOver);
        old.WaitForLog("not handed over");

        Assert.That(old.Log, Does.Contain($"{file}:1: max-per-user 'none' is not a number"));
        ImapClient client = Login(old, Alice);
        Assert.That(client.Command("NOOP").IsOk);
    }

    [Test]
    public void SIGTERM_ends_the_process_that_is_being_started_as_well()
    {
        RequireRoot();
        using var copy = new NextThatIsNeverReady();
        ImapdProcess old = StartTlsThrough(copy.Launcher, "--fork", "--pam-service", EndToEndSetup.Pam.Name);
        copy.Replace();
        old.Signal(TakeOver);
        int next = NextThatIsNeverReady.WaitFor(old);

        old.Signal(Terminate);

        old.WaitForExit();
        Assert.That(new ProcessView(next).Exists, Is.False);
        Assert.That(old.Log, Does.Contain("not handed over: this process was told to stop"));
    }

    [Test]
    public void Sockets_of_a_service_manager_are_served_by_their_ports()
    {
        RequireRoot();
        int port = ImapdProcess.FreePort();
        string script = $$"""
            import os, socket
            s = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(('::', {{port}})); s.listen(16)
            print('listening', flush=True)
            os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1')
            os.execv('{{ImapdProcess.Executable}}', ['imapd', '--config', 'none', '-s', 'memory', '--tls',
                '--cert', '{{Certificate.CertificateFile}}', '--key', '{{Certificate.KeyFile}}', '-p', '{{port}}'])
            """;
        using Process imapd = Process.Start(new ProcessStartInfo("python3", ["-c", script]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        try
        {
            Assert.That(imapd.StandardOutput.ReadLine(), Is.EqualTo("listening"));
            using ImapClient client = ImapClient.ConnectTls(port);
            Assert.That(client.Greeting, Does.StartWith("* OK"));
        }
        finally
        {
            Native.Signal(imapd.Id, Terminate);
            imapd.WaitForExit();
        }
    }

    [Test]
    public void The_service_manager_is_told_of_readiness_and_of_the_end()
    {
        using var directory = new TemporaryDirectory();
        string path = Path.Combine(directory.Path, "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(path));
        manager.ReceiveTimeout = 30_000;
        int port = ImapdProcess.FreePort();
        var start = new ProcessStartInfo(ImapdProcess.Executable, ["--config", "none", "-s", "memory", "-p", ImapdProcess.Text(port)])
        {
            RedirectStandardError = true,
        };
        start.Environment["NOTIFY_SOCKET"] = path;
        start.Environment["WATCHDOG_USEC"] = "2000000";
        using Process imapd = Process.Start(start)!;

        Assert.That(HearUntil(manager, "READY=1"), Is.Not.Empty);
        Assert.That(HearUntil(manager, "STATUS="), Does.Contain("0 connections, 0 logged in"));
        Assert.That(HearUntil(manager, "WATCHDOG=1"), Is.Not.Empty);
        Native.Signal(imapd.Id, 1);
        Assert.That(HearUntil(manager, "RELOADING=1"), Does.Contain("MONOTONIC_USEC="));
        HearUntil(manager, "READY=1");
        Native.Signal(imapd.Id, Terminate);
        Assert.That(HearUntil(manager, "STOPPING=1"), Is.Not.Empty);
        imapd.WaitForExit();
    }

    private static string HearUntil(Socket manager, string what)
    {
        byte[] buffer = new byte[1024];
        while (true)
        {
            string heard = System.Text.Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer));
            if (heard.StartsWith(what, StringComparison.Ordinal))
            {
                return heard;
            }
        }
    }

    private static int HandOver(ImapdProcess imapd)
    {
        imapd.Signal(TakeOver);
        imapd.WaitForLog("handed over to pid=");
        return LastTakenOver(imapd);
    }

    private static int LastTakenOver(ImapdProcess imapd)
    {
        string line = imapd.LogLines.Last(line => line.Contains("handed over to pid=", StringComparison.Ordinal));
        return int.Parse(line.Split("pid=")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void End(int pid)
    {
        Native.Signal(pid, Terminate);
        Wait.Until(() => !Directory.Exists($"/proc/{pid}") || new ProcessView(pid).IsZombie, "the new process ends");
    }
}
