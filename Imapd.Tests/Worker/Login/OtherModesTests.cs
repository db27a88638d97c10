using System.Text;
using Imapd.Protocol.Handoff;
using Imapd.Tests.Architecture;
using Imapd.Tests.EndToEnd.Harness;
using Mono.Unix.Native;
using NUnit.Framework;

namespace Imapd.Tests.Worker.Login;

/// <summary>The worker that checks one password, the one of all connections, and the one on stdio.</summary>
internal sealed class OtherModesTests : RootTest
{
    private SystemUser _user = null!;
    private TestPamService _service = null!;

    [OneTimeSetUp]
    public void CreateUser()
    {
        _user = SystemUser.Create();
        _service = TestPamService.ForAccounts();
    }

    [OneTimeTearDown]
    public void RemoveUser()
    {
        _service?.Dispose();
        _user?.Dispose();
    }

    [Test]
    public void The_checker_confirms_a_right_password_and_ends()
    {
        using TestWorker checker = StartChecker();
        checker.Send(new PasswordCheck(TestWorker.Id, _user.Name, Encoding.UTF8.GetBytes(_user.Password)));
        Assert.That(
            checker.Expect<PasswordVerdict>(),
            Is.EqualTo(new PasswordVerdict(TestWorker.Id, true, LoginFailure.None, _user.Name, _user.UserId)));
        Assert.That(checker.ExitStatus(), Is.EqualTo(WorkerExit.Normal));
    }

    [Test]
    public void The_checker_denies_a_wrong_password_and_ends()
    {
        using TestWorker checker = StartChecker();
        checker.Send(new PasswordCheck(TestWorker.Id, _user.Name, "wrong"u8.ToArray()));
        PasswordVerdict verdict = checker.Expect<PasswordVerdict>();
        Assert.That(verdict.Ok, Is.False);
        Assert.That(verdict.Failure, Is.EqualTo(LoginFailure.BadCredentials));
        Assert.That(checker.ExitStatus(), Is.EqualTo(WorkerExit.LoginFailed));
    }

    [Test]
    public void Storage_in_memory_has_one_account_and_is_gone_afterwards()
    {
        using TestWorker worker = StartMemory();
        using (TestDialogue client = worker.Connect())
        {
            client.Send("a LOGIN test test");
            Assert.That(worker.Expect<LoginSucceeded>().User, Is.EqualTo("test"));
            worker.Send(new LoginVerdict(TestWorker.Id, true, ""));
            Assert.That(client.Line(), Does.StartWith("a OK "));
            Assert.That(MemoryOf(worker), Has.Length.EqualTo(1));
            Assert.That(Directory.GetFiles(MemoryOf(worker)[0], "*", SearchOption.AllDirectories), Has.Length.GreaterThanOrEqualTo(3));
            Assert.That(File.GetUnixFileMode(MemoryOf(worker)[0]), Is.EqualTo((UnixFileMode)0b111_000_000));
            Assert.That(worker.View.Threads.Select(thread => thread["Uid"].Split('\t')[0]).Distinct(), Is.EqualTo(new[] { $"{_user.UserId}" }));
            _ = Syscall.kill(worker.ProcessId, Signum.SIGTERM);
            Assert.That(client.Line(), Does.StartWith("* BYE"));
        }
        Assert.That(worker.ExitStatus(), Is.EqualTo(WorkerExit.Normal));
        Assert.That(MemoryOf(worker), Is.Empty);
    }

    [Test]
    public void Storage_in_memory_refuses_any_other_password()
    {
        using TestWorker worker = StartMemory();
        using TestDialogue client = worker.Connect();
        Assert.That(client.Command("LOGIN test tset"), Does.StartWith("NO [AUTHENTICATIONFAILED]"));
        Assert.That(client.Command($"LOGIN {_user.Name} {_user.Password}"), Does.StartWith("NO [AUTHENTICATIONFAILED]"));
        worker.CloseChannel();
        Assert.That(worker.ExitStatus(), Is.EqualTo(WorkerExit.Normal));
        Assert.That(MemoryOf(worker), Is.Empty);
    }

    [Test]
    public void A_worker_of_all_connections_never_stays_root()
    {
        using TestWorker worker = new("--serve-all", "--storage", "memory");
        Assert.That(worker.ExitStatus(), Is.EqualTo(WorkerExit.DropFailed));
        using TestWorker rooted = new("--serve-all", "--storage", "memory", "--run-as", "0");
        Assert.That(rooted.ExitStatus(), Is.EqualTo(WorkerExit.DropFailed));
    }

    [Test]
    public void On_stdio_the_user_who_started_it_is_logged_in()
    {
        using var directory = new TemporaryDirectory();
        ShellResult result = Shell.Run(
            "/usr/sbin/runuser", ["-u", _user.Name, "--", CopyWorker(directory), "--preauth"], "a NAMESPACE\r\nb LOGOUT\r\n");
        Assert.That(result.Status, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.StartWith("* PREAUTH ").And.Contain("a OK ").And.Contain("b OK "));
    }

    [Test]
    public void On_stdio_root_is_refused()
    {
        using var directory = new TemporaryDirectory();
        ShellResult result = Shell.Run(CopyWorker(directory), ["--preauth"], "a LOGOUT\r\n");
        Assert.That(result.Status, Is.EqualTo(1));
        Assert.That(result.Output, Is.Empty);
        Assert.That(result.Errors, Does.Contain("root"));
    }

    private static string[] MemoryOf(TestWorker worker) =>
        Directory.GetDirectories("/dev/shm", $"imapd-memory-{worker.ProcessId}-*");

    private static string CopyWorker(TemporaryDirectory directory)
    {
        string program = Repository.Combine("out", "imapd-worker");
        if (!File.Exists(program))
        {
            Assert.Ignore("out/imapd-worker is not built; make builds it");
        }
        foreach (string file in new[] { "imapd-worker", "libMonoPosixHelper.so" })
        {
            File.Copy(Repository.Combine("out", file), directory.Combine(file));
            File.SetUnixFileMode(directory.Combine(file), (UnixFileMode)0b111_101_101);
        }
        return directory.Combine("imapd-worker");
    }

    private TestWorker StartMemory() =>
        new("--serve-all", "--storage", "memory", "--run-as", $"{_user.UserId}");

    private TestWorker StartChecker()
    {
        var checker = new TestWorker("--authenticate", "--pam-service", _service.Name, "--min-uid", "1000");
        checker.Send(new ConnectionHandoff(TestWorker.Id, "192.0.2.7", 4711, "192.0.2.1", 993, null, false));
        return checker;
    }
}
