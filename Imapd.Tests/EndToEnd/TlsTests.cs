using System.Security.Authentication;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>The port with TLS from the first octet.</summary>
internal sealed class TlsTests : EndToEndTest
{
    [TestCase(SslProtocols.Tls12)]
    [TestCase(SslProtocols.Tls13)]
    public void TLS_1_2_and_1_3_are_spoken(SslProtocols protocol)
    {
        ImapdProcess server = StartMemory();
        ImapClient client = Keep(ImapClient.ConnectTls(server.TlsPort, protocol));
        Assert.That(client.Protocol, Is.EqualTo(protocol));
        Assert.That(client.Greeting, Does.StartWith("* OK"));
    }

    [Test]
    public void TLS_1_1_is_refused()
    {
        RequireProgram("openssl", "openssl");
        ImapdProcess server = StartMemory();
        string address = $"127.0.0.1:{server.TlsPort}";
        Assert.That(Shell.Run("openssl", ["s_client", "-tls1_2", "-connect", address]).Status, Is.Zero);
        Assert.That(Shell.Run("openssl", ["s_client", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-connect", address]).Status, Is.Not.Zero);
    }

    [TestCase("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [TestCase("a LOGIN test test\r\n")]
    [TestCase("\x16\x03\x01\xff\xff\x01\xff\xff\xff")]
    public void What_is_not_TLS_ends_the_connection_and_nothing_else(string octets)
    {
        ImapdProcess server = StartMemory();
        ImapClient good = LoginAsTest(server);
        ImapClient client = Keep(ImapClient.Open(server.TlsPort));
        client.Send(octets);
        if (octets[0] != '\x16')
        {
            Assert.That(client.ReadToEnd(), Does.Not.Contain("* OK"));
        }
        Assert.That(good.Command("NOOP").IsOk, Is.True);
        Assert.That(LoginAsTest(server).Command("NOOP").IsOk, Is.True);
    }

    [Test]
    public void Clients_that_never_finish_their_handshake_do_not_keep_others_out()
    {
        ImapdProcess server = StartMemory();
        for (int i = 0; i < 150; i++)
        {
            Keep(ImapClient.Open(server.TlsPort));
        }
        Assert.That(LoginAsTest(server).Command("NOOP").IsOk, Is.True);
    }

    [Test]
    public void The_port_with_TLS_and_the_port_with_STARTTLS_are_open_at_once()
    {
        ImapdProcess server = StartMemory();
        Assert.That(Connect(server).Greeting, Does.StartWith("* OK"));
        Assert.That(Keep(ImapClient.ConnectClear(server.ClearPort)).Greeting, Does.StartWith("* OK"));
    }

    [Test]
    public void A_large_message_passes_through_whole()
    {
        ImapClient client = LoginAsTest(StartMemory());
        string message = Mail.With("large", string.Concat(Enumerable.Range(0, 100_000).Select(number => $"line {number}\r\n")));
        Assert.That(client.Command("CREATE large").IsOk, Is.True);
        Assert.That(client.Append("large", message).IsOk, Is.True);
        client.Command("SELECT large");
        ImapReply reply = client.Command("FETCH 1 BODY.PEEK[]");
        Assert.That(reply.Untagged.Single(line => line.StartsWith("* 1 FETCH", StringComparison.Ordinal)).Contains(message, StringComparison.Ordinal), Is.True);
    }
}
