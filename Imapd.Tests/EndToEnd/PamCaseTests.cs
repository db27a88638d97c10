using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Worker.Login;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>What administrators do with PAM's own modules, and what comes of it at a login.</summary>
internal sealed class PamCaseTests : EndToEndTest
{
    private const string Refused = "NO [AUTHENTICATIONFAILED]";

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory()
    {
        RequireRoot();
        _directory = new TemporaryDirectory();
    }

    [TearDown]
    public void RemoveDirectory() => _directory?.Dispose();

    [Test]
    public void Nologin_answers_a_right_password_with_its_text_and_lets_sessions_go_on()
    {
        const string File = "/run/nologin";
        if (System.IO.File.Exists(File))
        {
            Assert.Ignore("this host is closed");
        }
        ImapdProcess server = Start("account required pam_nologin.so", "account required pam_unix.so", "session required pam_permit.so");
        ImapClient before = Login(server, Alice);
        try
        {
            System.IO.File.WriteAllText(File, "Back at noon [really]\nand not before\n");
            Assert.That(Connect(server).Login(Alice).Status, Is.EqualTo("NO [UNAVAILABLE] Back at noon [really]"));
            Assert.That(Connect(server).Command($"LOGIN {Alice.Name} wrong").Status, Does.StartWith(Refused));
            Assert.That(before.Command("NOOP").IsOk, Is.True);
        }
        finally
        {
            System.IO.File.Delete(File);
        }
        server.WaitForLog("login failed reason=unavailable", Alice.Name);
        Login(server, Alice);
    }

    [Test]
    public void Access_rules_refuse_users_and_hosts_as_a_wrong_password_is()
    {
        string rules = _directory.Write("access.conf", $"-:{Bob.Name}:ALL\n-:ALL:127.0.0.2\n+:ALL:ALL\n");
        ImapdProcess server = Start($"account required pam_access.so accessfile={rules}", "session required pam_permit.so");

        Assert.That(Connect(server).Login(Bob).Status, Does.StartWith(Refused));
        Login(server, Alice);
        ImapClient elsewhere = Keep(ImapClient.ConnectTls(server.TlsPort, from: "127.0.0.2"));
        Assert.That(elsewhere.Login(Alice).Status, Does.StartWith(Refused));
        server.WaitForLog("login failed reason=refused-by-policy", Bob.Name, "rip=127.0.0.1");
        server.WaitForLog("login failed reason=refused-by-policy", Alice.Name, "rip=127.0.0.2");
    }

    [Test]
    public void Time_rules_refuse_whose_time_it_is_not()
    {
        string rules = _directory.Write("time.conf", $"*;*;{Bob.Name};!Al0000-2400\n");
        ImapdProcess server = Start($"account required pam_time.so conffile={rules}", "session required pam_permit.so");

        Assert.That(Connect(server).Login(Bob).Status, Does.StartWith(Refused));
        Login(server, Alice);
        server.WaitForLog("login failed reason=refused-by-policy", Bob.Name);
    }

    [Test]
    public void A_missing_home_is_made_by_pam_mkhomedir()
    {
        using SystemUser user = WithoutHome();
        ImapdProcess server = Start("account required pam_unix.so", "session required pam_mkhomedir.so umask=0077");

        Assert.That(Login(server, user).Command("SELECT INBOX").IsOk, Is.True);
        Assert.That(Shell.Do("stat", "--format", "%u:%g %a", user.Home, user.Maildir).Split('\n'), Has.Exactly(2).EqualTo($"{user.UserId}:{user.GroupId} 700"));
    }

    [Test]
    public void A_missing_home_is_a_NO_and_one_line_of_the_log_and_nobody_makes_it()
    {
        using SystemUser user = WithoutHome();
        ImapdProcess server = Start("account required pam_unix.so", "session required pam_permit.so");

        ImapClient client = Connect(server);
        client.Send($"a LOGIN {user.Name} {user.Password}\r\n");
        Assert.That(client.ReadLine(), Is.EqualTo("a NO [UNAVAILABLE] The home directory cannot be entered"));
        Assert.That(client.ReadLine(), Does.StartWith("* BYE"));
        server.WaitForLog("logout", user.Name);
        Assert.That(server.LogLines.Count(line => line.Contains(user.Home, StringComparison.Ordinal)), Is.EqualTo(1), () => server.Log);
        Assert.That(Directory.Exists(user.Home), Is.False);
    }

    [Test]
    public void Tickets_that_PAM_made_are_there_as_long_as_the_session_and_it_knows_where()
    {
        using TestPamService service = TicketModule.Service(_directory);
        ImapdProcess server = StartForking("--pam-service", service.Name);
        string tickets = TicketModule.Tickets(_directory, Alice.Name);
        Login(server, Alice).Command("SELECT INBOX");

        Assert.That(File.ReadAllText(tickets), Is.EqualTo("tickets\n"));
        Assert.That(server.WorkerOf(Alice).HeapHolds(System.Text.Encoding.UTF8.GetBytes($"KRB5CCNAME=FILE:{tickets}\0")), Is.True);
    }

    [Test]
    public void A_wrong_password_is_one_line_of_the_log()
    {
        ImapdProcess server = StartForking();
        ImapClient client = Connect(server);
        client.Command($"LOGIN {Alice.Name} wrong");
        client.Command("LOGOUT");
        server.WaitForLog("closed before login");

        Assert.That(server.LogLines.Count(line => line.Contains("login", StringComparison.Ordinal) && !line.Contains("closed before", StringComparison.Ordinal)), Is.EqualTo(1), () => server.Log);
        Assert.That(server.Log, Does.Not.Contain("user=-"));
    }

    private static SystemUser WithoutHome()
    {
        var user = SystemUser.Create();
        Directory.Delete(user.Home, recursive: true);
        return user;
    }

    private ImapdProcess Start(params string[] lines) =>
        StartForking("--pam-service", Keep(new TestPamService(["auth required pam_unix.so nodelay", .. lines])).Name);
}
