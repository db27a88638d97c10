using System.Security.Authentication;
using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Master.Proxy;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>Behind a proxy: HAProxy itself, and headers made by hand.</summary>
internal sealed class ProxyTests : EndToEndTest
{
    private const string Client = "127.0.0.2";

    [TestCase("send-proxy")]
    [TestCase("send-proxy-v2")]
    [TestCase("send-proxy-v2 proxy-v2-options crc32c")]
    public void HAProxy_passes_TLS_through_and_says_who_the_client_is(string option)
    {
        RequireProgram("haproxy", "haproxy");
        ImapdProcess server = StartForking("--proxy-from", "127.0.0.1");
        using var proxy = new HaProxy($"server imapd 127.0.0.1:{server.TlsPort} {option}");

        ImapClient client = Keep(ImapClient.Open(proxy.Port, from: Client));
        client.StartHandshake(SslProtocols.None);
        Assert.That(client.ReadLine(), Does.StartWith("* OK"));
        Assert.That(client.Login(Alice).Status, Does.StartWith("OK"));

        Assert.That(client.CertificateHash, Is.EqualTo(Certificate.Hash), "it is imapd that ends TLS");
        server.WaitForLog($"login user={Alice.Name} ", $"rip={Client} ", "tls=TLSv1.3");
    }

    [Test]
    public void HAProxy_ends_TLS_where_passwords_may_come_in_clear()
    {
        RequireProgram("haproxy", "haproxy");
        ImapdProcess server = StartForking("--proxy-from", "127.0.0.1", "--insecure-auth");
        using var directory = new TemporaryDirectory();
        string pair = directory.Write("pair.pem", Certificate.CertificatePem + "\n" + Certificate.KeyPem + "\n");
        using var proxy = new HaProxy($"server imapd 127.0.0.1:{server.ClearPort} send-proxy-v2", $"ssl crt {pair}");

        ImapClient client = Keep(ImapClient.Open(proxy.Port, from: Client));
        client.StartHandshake(SslProtocols.None);
        Assert.That(client.ReadLine(), Does.StartWith("* OK"));
        Assert.That(client.Login(Alice).Status, Does.StartWith("OK"));

        server.WaitForLog($"login user={Alice.Name} ", $"rip={Client} ", "tls=no");
    }

    [Test]
    public void HAProxys_health_check_is_served_as_the_proxys_own()
    {
        RequireProgram("haproxy", "haproxy");
        ImapdProcess server = StartForking("--proxy-from", "127.0.0.1", "--log-level", "debug");
        using var proxy = new HaProxy($"server imapd 127.0.0.1:{server.ClearPort} send-proxy-v2 check inter 200 rise 1", "", "option tcp-check", "tcp-check expect rstring ^\\*\\ OK");

        server.WaitForLog("closed before login", "rip=127.0.0.1 ");
        ImapClient client = Keep(ImapClient.Open(proxy.Port, from: Client));
        Assert.That(client.ReadLine(), Does.StartWith("* OK"));
    }

    [Test]
    public void PAM_and_who_know_the_client_and_not_the_proxy()
    {
        RequireRoot();
        using var directory = new TemporaryDirectory();
        string told = directory.Combine("rhost");
        using PamService service = PamService.ThatTellsTheClientTo(told);
        string control = directory.Combine("run", "control");
        ImapdProcess server = StartForking("--pam-service", service.Name, "--proxy-from", "127.0.0.0/8", "--control-socket", control);

        ImapClient client = ConnectAs(server.TlsPort, "192.0.2.77");
        Assert.That(client.Login(Alice).Status, Does.StartWith("OK"), () => server.Log);

        Assert.That(File.ReadAllText(told).Trim(), Is.EqualTo("192.0.2.77"));
        Assert.That(ImapdProcess.Run("who", "--control-socket", control).Output, Does.Contain("192.0.2.77:4711"));
    }

    [Test]
    public void The_limit_of_an_address_is_the_clients()
    {
        ImapdProcess server = StartMemory("--proxy-from", "127.0.0.1", "--max-per-address", "1");
        ImapClient first = ConnectAs(server.TlsPort, "192.0.2.1");
        ImapClient other = ConnectAs(server.TlsPort, "192.0.2.2");
        Assert.That(first.Greeting, Does.StartWith("* OK"));
        Assert.That(other.Greeting, Does.StartWith("* OK"));

        Assert.That(ConnectAs(server.TlsPort, "192.0.2.1").Greeting, Does.StartWith("* BYE [LIMIT]"));
        server.WaitForLog("connection refused", "TooManyFromAddress", "rip=192.0.2.1 ");
    }

    [Test]
    public void A_header_that_comes_octet_by_octet_is_a_header()
    {
        ImapdProcess server = StartMemory("--proxy-from", "127.0.0.1", "--insecure-auth");
        foreach (byte[] header in new[]
        {
            ProxyHeaders.Line("PROXY TCP6 2001:db8::7 2001:db8::1 4711 143"),
            ProxyHeaders.WithChecksum(ProxyHeaders.Proxy, ProxyHeaders.Tcp6, ProxyHeaders.Addresses("2001:db8::7", 4711, "2001:db8::1", 143)),
        })
        {
            ImapClient client = Keep(ImapClient.Open(server.ClearPort));
            foreach (byte octet in header)
            {
                client.Send([octet]);
            }
            Assert.That(client.ReadLine(), Does.StartWith("* OK"));
            Assert.That(client.Command("LOGIN test test").IsOk, Is.True);
            client.Command("LOGOUT");
        }
        Wait.Until(
            () => server.LogLines.Count(line => line.Contains("login user=test", StringComparison.Ordinal)
                && line.Contains("rip=2001:db8::7 rport=4711 lip=2001:db8::1 ", StringComparison.Ordinal)) == 2,
            "both logins have the client's address");
    }

    [Test]
    public void What_follows_the_header_at_once_is_the_clients()
    {
        ImapdProcess server = StartMemory("--proxy-from", "127.0.0.1");
        ImapClient client = Keep(ImapClient.Open(server.ClearPort));
        client.Send("PROXY TCP4 192.0.2.7 198.51.100.1 4711 143\r\na NOOP\r\n");
        Assert.That(client.ReadLine(), Does.StartWith("* OK"));
        Assert.That(client.ReadLine(), Does.StartWith("a OK"));
    }

    [TestCase("a NOOP\r\n", "it is no header")]
    [TestCase("PROXY TCP4 192.0.2.7 198.51.100.1 4711 99999\r\n", "it is no header")]
    [TestCase("PROXY TCP4 192.0.2.7", "no header in time")]
    public void A_proxy_that_does_not_say_who_the_client_is_is_closed_with_one_line(string sent, string said)
    {
        ImapdProcess server = StartMemory("--proxy-from", "127.0.0.1");
        ImapClient client = Keep(ImapClient.Open(server.ClearPort));
        client.Send(sent);

        Assert.That(client.ReadToEnd(), Is.Empty);
        server.WaitForLog($"proxy refused reason=\"{said}\" rip=127.0.0.1 ");
    }

    [Test]
    public void A_header_from_anybody_else_is_neither_TLS_nor_IMAP()
    {
        ImapdProcess server = StartMemory("--proxy-from", "192.0.2.0/24", "--insecure-auth");
        ImapClient clear = Keep(ImapClient.Open(server.ClearPort));
        Assert.That(clear.ReadLine(), Does.StartWith("* OK"));
        clear.Send("PROXY TCP4 192.0.2.7 198.51.100.1 4711 143\r\n");
        Assert.That(clear.ReadLine(), Does.StartWith("PROXY BAD"));
        clear.Command("LOGIN test test");
        server.WaitForLog("login user=test ", "rip=127.0.0.1 ");

        ImapClient tls = Keep(ImapClient.Open(server.TlsPort));
        tls.Send("PROXY TCP4 192.0.2.7 198.51.100.1 4711 143\r\n");
        Assert.That(tls.ReadToEnd(), Does.Not.Contain("* OK"));
        Assert.That(server.Log, Does.Not.Contain("192.0.2.7"));
    }

    private ImapClient ConnectAs(int port, string client) => Keep(ImapClient.ConnectForProxy(port, client));
}
