using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>Maildir storage without --fork: one worker under one identity, passwords checked by a one-shot process.</summary>
internal sealed class ServeAllTests : EndToEndTest
{
    [Test]
    public void Started_as_root_the_worker_runs_as_the_owner_of_the_mail()
    {
        RequireRoot();
        using SystemUser keeper = SystemUser.Create();
        ImapdProcess server = Start(MailOwnedBy(keeper));
        Assert.That(Login(server, Alice).Command("SELECT INBOX").IsOk, Is.True);
        ProcessView worker = server.WorkerOf(keeper);
        Assert.That(worker.Threads.Select(thread => thread["CapEff"]), Is.All.EqualTo("0000000000000000"));
        server.Stop();
    }

    [Test]
    public void Mail_of_a_user_is_below_the_path_under_his_name()
    {
        RequireRoot();
        using SystemUser keeper = SystemUser.Create();
        TemporaryDirectory mail = MailOwnedBy(keeper);
        ImapdProcess server = Start(mail);
        Assert.That(Login(server, Alice).Append("INBOX", Mail.With("for alice")).IsOk, Is.True);
        string[] files = [.. Directory.GetFiles(mail.Combine(Alice.Name, "cur")), .. Directory.GetFiles(mail.Combine(Alice.Name, "new"))];
        Assert.That(files, Has.Length.EqualTo(1));
        Assert.That(Login(server, Bob).Command("SELECT INBOX").Untagged, Has.Some.EqualTo("* 0 EXISTS"));
        server.Stop();
    }

    [Test]
    public void Passwords_are_checked_by_a_process_that_is_gone_afterwards()
    {
        RequireRoot();
        using SystemUser keeper = SystemUser.Create();
        ImapdProcess server = Start(MailOwnedBy(keeper));
        Assert.That(Connect(server).Command($"LOGIN {Alice.Name} wrong").Status, Does.StartWith("NO [AUTHENTICATIONFAILED]"));
        Assert.That(Connect(server).Command("LOGIN root wrong").Status, Does.StartWith("NO [AUTHENTICATIONFAILED]"));
        Login(server, Alice);
        Wait.Until(() => server.Workers.All(worker => worker.UserId == keeper.UserId), "no process of root's is left beside the master");
        server.Stop();
    }

    [Test]
    public void The_identity_can_be_named()
    {
        RequireRoot();
        using SystemUser keeper = SystemUser.Create();
        TemporaryDirectory mail = MailOwnedBy(keeper);
        ImapdProcess server = Start(mail, "--user", keeper.Name);
        Login(server, Alice);
        Assert.That(server.WorkerOf(keeper).UserId, Is.EqualTo(keeper.UserId));
        server.Stop();
    }

    private TemporaryDirectory MailOwnedBy(SystemUser keeper)
    {
        var directory = Keep(new TemporaryDirectory());
        keeper.Own(directory.Path);
        return directory;
    }

    private ImapdProcess Start(TemporaryDirectory mail, params string[] options) =>
        StartTls(["-s", "maildir", "--maildir-path", mail.Path, "--pam-service", EndToEndSetup.Pam.Name, .. options]);
}
