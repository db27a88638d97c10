using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>The port that starts in clear (RFC 9051 §6.2.1, §11.1).</summary>
internal sealed class StartTlsTests : EndToEndTest
{
    [Test]
    public void STARTTLS_then_login_works_under_fork()
    {
        ImapdProcess server = StartForking();
        ImapClient client = ConnectClear(server);
        Assert.That(client.StartTls().IsOk, Is.True);
        Assert.That(client.Login(Alice).IsOk, Is.True);
        Assert.That(client.Command("SELECT INBOX").IsOk, Is.True);
    }

    [Test]
    public void STARTTLS_then_login_works_when_one_worker_serves_all()
    {
        ImapClient client = ConnectClear(StartMemory());
        Assert.That(client.StartTls().IsOk, Is.True);
        Assert.That(client.Command("LOGIN test test").IsOk, Is.True);
        Assert.That(client.Command("SELECT INBOX").IsOk, Is.True);
    }

    [Test]
    public void Login_in_clear_is_not_offered_and_refused()
    {
        ImapClient client = ConnectClear(StartForking());
        Assert.That(Capabilities(client), Does.Contain("LOGINDISABLED").And.Contain("STARTTLS").And.Not.Contain("AUTH=PLAIN"));
        Assert.That(client.Login(Alice).Status, Does.StartWith("NO [PRIVACYREQUIRED]"));
        Assert.That(client.Command("AUTHENTICATE PLAIN AHgAeA==").Status, Does.StartWith("NO [PRIVACYREQUIRED]"));
    }

    [Test]
    public void Login_in_clear_is_possible_when_the_administrator_says_so()
    {
        ImapClient client = ConnectClear(StartForking("--insecure-auth"));
        Assert.That(Capabilities(client), Does.Not.Contain("LOGINDISABLED").And.Contain("AUTH=PLAIN"));
        Assert.That(client.Login(Alice).IsOk, Is.True);
    }

    [Test]
    public void Capabilities_change_with_the_handshake()
    {
        ImapClient client = ConnectClear(StartForking());
        client.StartTls();
        Assert.That(Capabilities(client), Does.Not.Contain("LOGINDISABLED").And.Not.Contain("STARTTLS").And.Contain("AUTH=PLAIN"));
        Assert.That(client.Command("STARTTLS").Status, Does.StartWith("BAD").Or.StartWith("NO"));
    }

    [Test]
    public void A_command_sent_with_STARTTLS_in_one_packet_is_never_carried_out()
    {
        ImapClient client = ConnectClear(StartForking());
        client.Send($"a STARTTLS\r\nb LOGIN {Alice.Name} {Alice.Password}\r\nc NOOP\r\n");
        Assert.That(client.ReadUntil("a "), Does.StartWith("a OK"));
        client.StartHandshake(System.Security.Authentication.SslProtocols.None);
        ImapReply reply = client.Command("CAPABILITY");
        Assert.That(reply.ToString(), Does.Not.Contain("b OK").And.Not.Contain("b NO").And.Not.Contain("c OK"));
        Assert.That(reply.ToString(), Does.Contain("AUTH=PLAIN"), "the client is not logged in");
    }

    [Test]
    public void Garbage_instead_of_a_handshake_ends_the_connection_and_nothing_else()
    {
        ImapdProcess server = StartForking();
        ImapClient client = ConnectClear(server);
        Assert.That(client.Command("STARTTLS").IsOk, Is.True);
        client.Send("this is not a handshake\r\n\r\n\r\n");
        client.ReadToEnd();
        Assert.That(Login(server, Alice).Command("NOOP").IsOk, Is.True);
    }

    private ImapClient ConnectClear(ImapdProcess server) => Keep(ImapClient.ConnectClear(server.ClearPort));

    private static string Capabilities(ImapClient client) =>
        client.Command("CAPABILITY").Untagged.Single(line => line.StartsWith("* CAPABILITY", StringComparison.Ordinal));
}
