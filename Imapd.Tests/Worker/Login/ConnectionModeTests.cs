using Imapd.Protocol.Handoff;
using Imapd.Tests.EndToEnd.Harness;
using Mono.Unix.Native;
using NUnit.Framework;

namespace Imapd.Tests.Worker.Login;

/// <summary>One connection in one process, as the kernel and the master see it.</summary>
internal sealed class ConnectionModeTests : RootTest
{
    private SystemUser _user = null!;
    private TestPamService _service = null!;

    [OneTimeSetUp]
    public void CreateUser()
    {
        _user = SystemUser.Create("--groups", "users");
        _service = TestPamService.ForAccounts();
    }

    [OneTimeTearDown]
    public void RemoveUser()
    {
        _service?.Dispose();
        _user?.Dispose();
    }

    [Test]
    public void Every_thread_is_the_user_confined_and_without_capabilities()
    {
        using TestWorker worker = Start();
        using TestDialogue client = worker.Connect();
        Login(worker, client, _user);

        string ids = string.Join('\t', Enumerable.Repeat(_user.UserId, 4));
        string groupIds = string.Join('\t', Enumerable.Repeat(_user.GroupId, 4));
        string[] groups = Shell.Do("/usr/bin/id", "-G", _user.Name).Trim().Split(' ');
        Assert.That(worker.View.Threads, Is.Not.Empty);
        foreach (IReadOnlyDictionary<string, string> thread in worker.View.Threads)
        {
            Assert.Multiple(() =>
            {
                Assert.That(thread["Uid"], Is.EqualTo(ids));
                Assert.That(thread["Gid"], Is.EqualTo(groupIds));
                Assert.That(thread["Groups"].Split(' ', StringSplitOptions.RemoveEmptyEntries), Is.EquivalentTo(groups));
                foreach (string set in new[] { "CapInh", "CapPrm", "CapEff", "CapAmb" })
                {
                    Assert.That(thread[set], Is.EqualTo("0000000000000000"), set);
                }
                Assert.That(thread["NoNewPrivs"], Is.EqualTo("1"));
                Assert.That(thread["Seccomp"], Is.EqualTo("2"));
                Assert.That(thread["Umask"], Is.EqualTo("0077"));
            });
        }
    }

    [Test]
    public void The_serving_thread_can_get_no_capability_back_by_executing()
    {
        using TestWorker worker = Start();
        using TestDialogue client = worker.Connect();
        Login(worker, client, _user);
        string status = File.ReadAllText($"/proc/{worker.ProcessId}/status");
        Assert.That(status, Does.Contain("CapBnd:\t0000000000000000"));
    }

    [Test]
    public void It_works_in_the_users_home_and_leaves_no_core()
    {
        using TestWorker worker = Start();
        using TestDialogue client = worker.Connect();
        Login(worker, client, _user);
        Assert.That(new FileInfo($"/proc/{worker.ProcessId}/cwd").LinkTarget, Is.EqualTo(_user.Home));
        Assert.That(
            File.ReadLines($"/proc/{worker.ProcessId}/limits").Single(line => line.StartsWith("Max core", StringComparison.Ordinal)),
            Does.Match(@"^Max core file size\s+0\s+0\s"));
    }

    [Test]
    public void The_master_hears_of_the_login_while_the_worker_is_still_root()
    {
        using TestWorker worker = Start();
        using TestDialogue client = worker.Connect();
        client.Send($"a LOGIN {_user.Name} {_user.Password}");
        LoginSucceeded login = worker.Expect<LoginSucceeded>();
        Assert.That(login, Is.EqualTo(new LoginSucceeded(TestWorker.Id, _user.Name, _user.UserId)));
        Assert.That(worker.View.UserId, Is.Zero);
    }

    [Test]
    public void A_wrong_password_and_root_get_the_same_answer_and_the_master_is_told_which()
    {
        using var permits = TestPamService.ThatPermits();
        using TestWorker worker = Start();
        using TestWorker other = new("--connection", "--pam-service", permits.Name, "--min-uid", "1000");
        using TestDialogue client = worker.Connect();
        using TestDialogue rooted = other.Connect();

        string wrong = client.Command($"LOGIN {_user.Name} wrong");
        Assert.That(wrong, Does.StartWith("NO [AUTHENTICATIONFAILED]"));
        Assert.That(rooted.Command("LOGIN root secret"), Is.EqualTo(wrong));
        Assert.That(
            worker.Expect<LoginFailed>(),
            Is.EqualTo(new LoginFailed(TestWorker.Id, _user.Name, LoginFailure.BadCredentials)));
        Assert.That(
            other.Expect<LoginFailed>(),
            Is.EqualTo(new LoginFailed(TestWorker.Id, "root", LoginFailure.RefusedByPolicy)));
        Assert.That(worker.View.UserId, Is.Zero);
    }

    [Test]
    public void What_the_master_does_not_allow_is_answered_NO_and_ends_the_session()
    {
        using TestWorker worker = Start();
        using TestDialogue client = worker.Connect();
        client.Send($"a LOGIN {_user.Name} {_user.Password}");
        worker.Expect<LoginSucceeded>();
        worker.Send(new LoginVerdict(TestWorker.Id, false, "Too many sessions of yours"));
        Assert.That(client.Line(), Is.EqualTo("a NO [LIMIT] Too many sessions of yours"));
        Assert.That(client.Line(), Does.StartWith("* BYE"));
        Assert.That(client.Line(), Is.Null);
        Assert.That(worker.ExitStatus(), Is.EqualTo(WorkerExit.Normal));
    }

    [Test]
    public void A_missing_home_is_answered_NO_and_ends_the_session()
    {
        using SystemUser user = SystemUser.Create();
        Directory.Delete(user.Home, recursive: true);
        using TestWorker worker = Start();
        using TestDialogue client = worker.Connect();
        client.Send($"a LOGIN {user.Name} {user.Password}");
        worker.Expect<LoginSucceeded>();
        worker.Send(new LoginVerdict(TestWorker.Id, true, ""));
        Assert.That(client.Line(), Does.StartWith("a NO [UNAVAILABLE]"));
        Assert.That(client.Line(), Does.StartWith("* BYE"));
        Assert.That(worker.ExitStatus(), Is.EqualTo(WorkerExit.Normal));
    }

    [Test]
    public void A_session_ends_with_its_master()
    {
        using TestWorker worker = Start();
        using TestDialogue client = worker.Connect();
        worker.CloseChannel();
        Assert.That(client.Line(), Does.StartWith("* BYE"));
        Assert.That(worker.ExitStatus(), Is.EqualTo(WorkerExit.Normal));
    }

    [Test]
    public void A_spare_worker_ends_with_its_master()
    {
        using TestWorker worker = Start();
        worker.CloseChannel();
        Assert.That(worker.ExitStatus(), Is.EqualTo(WorkerExit.Normal));
    }

    [Test]
    public void What_is_no_handoff_is_refused()
    {
        using TestWorker worker = Start();
        worker.Send([0xFF, 0x00, 0x13]);
        Assert.That(worker.ExitStatus(), Is.EqualTo(WorkerExit.BadHandoff));
    }

    [Test]
    public void A_handoff_without_a_stream_is_refused()
    {
        using TestWorker worker = Start();
        worker.Send(new ConnectionHandoff(TestWorker.Id, "192.0.2.7", 1, "192.0.2.1", 993, null, false));
        Assert.That(worker.ExitStatus(), Is.EqualTo(WorkerExit.BadHandoff));
    }

    [Test]
    public void A_shutdown_is_answered_BYE()
    {
        using TestWorker worker = Start();
        using TestDialogue client = worker.Connect();
        Login(worker, client, _user);
        worker.Send(new ShutdownRequest(TestWorker.Id, ShutdownReason.ServerStopping));
        Assert.That(client.Line(), Does.StartWith("* BYE"));
        Assert.That(worker.Expect<SessionEnded>().Reason, Is.EqualTo(SessionEnd.Shutdown));
    }

    [Test]
    public void A_session_that_needs_more_memory_than_it_may_have_says_so_and_ends()
    {
        const int Messages = 60_000; // the kernel allows 65 000 names for one file
        string first = _user.Deliver("Subject: one of many\n\n");
        for (int number = 0; number < Messages; number++)
        {
            Assert.That(Syscall.link(first, $"{_user.Maildir}/cur/1700000000.M{number}P1.{new string('x', 100)}:2,"), Is.Zero);
        }
        using TestWorker worker = Start("--limit", "data=16000000");
        using TestDialogue client = worker.Connect();
        Login(worker, client, _user);

        client.Send("b SELECT INBOX");

        Assert.That(client.Line(), Is.EqualTo("* BYE [UNAVAILABLE] The server is out of memory"));
        Assert.That(worker.Expect<LogRecord>().Text, Is.EqualTo("Out of memory: the session ends"));
        Directory.Delete(_user.Maildir, recursive: true);
    }

    [Test]
    public void A_client_that_asks_for_nothing_for_too_long_is_logged_out()
    {
        using TestWorker worker = Start("--autologout", "1");
        using TestDialogue client = worker.Connect();
        Login(worker, client, _user);

        Assert.That(client.Line(), Does.StartWith("* BYE"));
        Assert.That(worker.Expect<SessionEnded>().Reason, Is.EqualTo(SessionEnd.Autologout));
    }

    private TestWorker Start(params string[] more) => new(["--connection", "--pam-service", _service.Name, "--min-uid", "1000", .. more]);

    private static void Login(TestWorker worker, TestDialogue client, SystemUser user)
    {
        client.Send($"a LOGIN {user.Name} {user.Password}");
        worker.Expect<LoginSucceeded>();
        worker.Send(new LoginVerdict(TestWorker.Id, true, ""));
        Assert.That(client.Line(), Does.StartWith("a OK "));
    }
}
