using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>By which names who may log in: <c>--strip-domain</c>, <c>--lowercase-login</c>, allowed and denied users and groups.</summary>
internal sealed class LoginNameTests : EndToEndTest
{
    private const string WrongPassword = "NO [AUTHENTICATIONFAILED]";

    [Test]
    public void A_listed_domain_is_taken_off_and_the_name_of_the_account_is_the_one_used()
    {
        ImapdProcess server = StartForking("--strip-domain", "example.org", "--strip-domain", "example.net", "--lowercase-login");
        foreach (string name in (string[])[Alice.Name, $"{Alice.Name}@example.org", $"{Alice.Name.ToUpperInvariant()}@Example.NET"])
        {
            using ImapClient client = ImapClient.ConnectTls(server.TlsPort);
            Assert.That(client.Command($"LOGIN {name} {Alice.Password}").Status, Does.StartWith("OK"), name);
        }
        Wait.Until(() => server.LogLines.Count(line => line.Contains($"login user={Alice.Name} ", StringComparison.Ordinal)) == 3, "all are hers");
        Assert.That(Connect(server).Command($"LOGIN {Alice.Name}@example.com {Alice.Password}").Status, Does.StartWith(WrongPassword));
    }

    [Test]
    public void Sessions_of_all_names_of_a_user_count_as_his()
    {
        ImapdProcess server = StartForking("--strip-domain", "example.org", "--lowercase-login", "--max-per-user", "1");
        ImapClient first = Login(server, Alice);
        Assert.That(Connect(server).Command($"LOGIN {Alice.Name.ToUpperInvariant()}@example.org {Alice.Password}").IsOk, Is.True);
        Assert.That(first.ReadToEnd(), Does.Contain("* BYE"));
    }

    [Test]
    public void Without_the_options_a_name_is_taken_as_it_was_sent()
    {
        ImapdProcess server = StartForking();
        Assert.That(Connect(server).Command($"LOGIN {Alice.Name}@example.org {Alice.Password}").Status, Does.StartWith(WrongPassword));
        Assert.That(Connect(server).Command($"LOGIN {Alice.Name.ToUpperInvariant()} {Alice.Password}").Status, Does.StartWith(WrongPassword));
    }

    [Test]
    public void A_denied_user_with_the_right_password_is_answered_as_with_a_wrong_one()
    {
        ImapdProcess server = StartForking("--deny-user", "nobody-*", "--deny-user", Bob.Name);
        Login(server, Alice);
        string wrong = Connect(server).Command($"LOGIN {Alice.Name} wrong").ToString();
        Assert.That(wrong, Does.StartWith(WrongPassword));
        Assert.That(Connect(server).Login(Bob).ToString(), Is.EqualTo(wrong));
        server.WaitForLog("login failed reason=refused-by-policy", Bob.Name);
        server.WaitForLog($"{Bob.Name} is denied by deny-user {Bob.Name}");
    }

    [Test]
    public void Where_users_are_allowed_by_name_nobody_else_is()
    {
        ImapdProcess server = StartForking("--allow-user", Alice.Name[..^1] + "?");
        Login(server, Alice);
        Assert.That(Connect(server).Login(Bob).Status, Does.StartWith(WrongPassword));
    }

    [Test]
    public void Groups_count_whether_they_are_the_primary_one_or_not()
    {
        RequireRoot();
        using var member = SystemUser.Create("--groups", "mail,games");
        using var primary = SystemUser.Create("--gid", "mail");
        ImapdProcess server = StartForking("--allow-group", "mail", "--deny-group", "gam*");
        Login(server, primary);
        Assert.That(Connect(server).Login(member).Status, Does.StartWith(WrongPassword), "he is of a denied group, too");
        Assert.That(Connect(server).Login(Alice).Status, Does.StartWith(WrongPassword), "she is of no allowed group");
    }

    [Test]
    public void One_process_for_all_abides_by_them_too()
    {
        RequireRoot();
        using SystemUser keeper = SystemUser.Create();
        var directory = Keep(new TemporaryDirectory());
        keeper.Own(directory.Path);
        ImapdProcess server = StartTls(
            "-s", "maildir", "--maildir-path", directory.Path, "--pam-service", EndToEndSetup.Pam.Name,
            "--strip-domain", "example.org", "--deny-user", Bob.Name);
        Assert.That(Connect(server).Command($"LOGIN {Alice.Name}@example.org {Alice.Password}").IsOk, Is.True);
        Assert.That(Directory.Exists(directory.Combine(Alice.Name)), Is.True);
        Assert.That(Connect(server).Login(Bob).Status, Does.StartWith(WrongPassword));
        server.Stop();
    }
}
