using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>ENABLE (RFC 9051 §6.3.1, RFC 5161).</summary>
public sealed class EnableTests
{
    [Test]
    public void ENABLE_does_not_change_the_capabilities()
    {
        using TestServer server = TestServer.StartAlone();
        TestClient client = server.LogIn();
        string before = client.Command("a CAPABILITY")[0];
        client.Command("b ENABLE IMAP4rev2 UTF8=ACCEPT");
        Assert.That(client.Command("c CAPABILITY")[0], Is.EqualTo(before));
    }

    [Test]
    public void ENABLE_may_be_sent_together_with_LOGIN_and_SELECT()
    {
        using TestServer server = TestServer.StartAlone();
        server.Connect().Send("a LOGIN test test\r\nb ENABLE IMAP4rev2\r\nc SELECT INBOX\r\n").Converse("""
            S: a OK …
            S: * ENABLED IMAP4rev2
            S: b OK …
            S: * 0 EXISTS
            S: …
            S: * LIST (\HasNoChildren) "/" INBOX
            S: c OK [READ-WRITE] …
            """);
    }

    [Test]
    public void What_was_enabled_stays_so_until_the_connection_ends()
    {
        using TestServer server = Rev2.Start();
        server.Converse("""
            C: a CLOSE
            S: a OK …
            C: b ENABLE X-OTHER
            S: * ENABLED
            S: b OK …
            C: c EXAMINE INBOX
            S: * 0 EXISTS
            S: * FLAGS …
            S: …
            S: * LIST (\HasNoChildren) "/" INBOX
            S: c OK [READ-ONLY] …
            C: d SEARCH ALL
            S: * ESEARCH (TAG "d")
            S: d OK …
            """);
        server.LogIn().Converse("""
            C: a EXAMINE INBOX
            S: * 0 EXISTS
            S: * 0 RECENT
            S: …
            S: a OK [READ-ONLY] …
            """);
    }
}
