using Imapd.Protocol.Handoff;
using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>IDLE (RFC 9051 §6.3.13, RFC 2177).</summary>
public sealed class IdleRuleTests
{
    [Test]
    public void A_client_that_stays_in_IDLE_for_long_is_logged_out()
    {
        using TestServer server = TestServer.StartAlone();
        server.Options = server.Options with { AutologoutMilliseconds = 500 };
        TestClient client = server.Connect().Send("a LOGIN test test\r\nb SELECT INBOX\r\nc IDLE\r\n").Converse("""
            S: a OK …
            S: …
            S: b OK …
            S: + idling
            S: * BYE …
            """);
        Assert.That(client.End(), Is.EqualTo(SessionEnd.Autologout));
    }
}
