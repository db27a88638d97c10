using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>What an administrator has the server say.</summary>
internal sealed class GreetingTests : EndToEndTest
{
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void Greeting_and_ID_are_those_of_the_configuration()
    {
        RequireRoot();
        string file = _directory.Write(
            "imapd.conf", "greeting = \"mail.example, the mail of \\\"example\\\"\"\nid = name \"support-url=https://mail.example/help me\"\n");
        ImapClient client = Connect(StartForking("--config", file));

        Assert.That(client.Greeting, Does.EndWith("] mail.example, the mail of \"example\""));
        Assert.That(client.Command("ID NIL").Untagged, Is.EqualTo(new[] { "* ID (\"name\" \"imapd\" \"support-url\" \"https://mail.example/help me\")" }));
    }

    [Test]
    public void While_login_is_disabled_nobody_gets_in_and_no_password_is_checked()
    {
        ImapdProcess server = StartForking("--login-disabled", "Maintenance until 18:00");
        ImapClient client = Connect(server);

        Assert.That(client.Greeting, Does.Contain(" LOGINDISABLED]").And.Not.Contain("AUTH="));
        Assert.That(client.Login(Alice).Status, Is.EqualTo("NO [UNAVAILABLE] Maintenance until 18:00"));
        Assert.That(client.Command("NOOP").IsOk, Is.True);
        server.WaitForLog("nobody can log in", "Maintenance until 18:00");
        Assert.That(server.Log, Does.Not.Contain(Alice.Name));
    }

    [Test]
    public void What_is_in_the_alert_file_is_told_once_to_each_user_until_it_changes()
    {
        string file = _directory.Combine("alert");
        ImapdProcess server = StartForking("--alert-file", file);
        Assert.That(AlertsFor(server, Alice), Is.Empty);
        File.WriteAllText(file, "The disk is full\nDelete something\n");

        string[] alerts = ["* OK [ALERT] The disk is full", "* OK [ALERT] Delete something"];
        Assert.That(AlertsFor(server, Alice), Is.EqualTo(alerts));
        Assert.That(AlertsFor(server, Alice), Is.Empty);
        Assert.That(AlertsFor(server, Bob), Is.EqualTo(alerts));
        File.WriteAllText(file, "It is empty again\n");
        Assert.That(AlertsFor(server, Alice), Is.EqualTo(new[] { "* OK [ALERT] It is empty again" }));
    }

    [Test]
    public void One_worker_for_all_alerts_as_well()
    {
        string file = _directory.Write("alert", "Only a test");
        Assert.That(
            Connect(StartMemory("--alert-file", file)).Command("LOGIN test test").Untagged, Is.EqualTo(new[] { "* OK [ALERT] Only a test" }));
    }

    private IReadOnlyList<string> AlertsFor(ImapdProcess server, SystemUser user)
    {
        ImapReply reply = Connect(server).Login(user);
        Assert.That(reply.IsOk, Is.True, reply.ToString);
        return reply.Untagged;
    }
}
