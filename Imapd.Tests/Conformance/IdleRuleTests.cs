using Imapd.Protocol.Handoff;
using Imapd.Tests.Worker;
using Imapd.Worker.Commands;
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

    [TestCase("SELECT INBOX")]
    [TestCase("NOOP")]
    public void A_client_in_IDLE_is_told_now_and_then_that_the_connection_lives(string before)
    {
        using TestServer server = TestServer.StartAlone();
        server.Options = server.Options with { StillHereMilliseconds = 50 };
        TestClient client = server.LogIn();
        client.Command($"a {before}");
        client.Converse("""
            C: b IDLE
            S: + idling
            S: * OK Still here
            S: * OK Still here
            S: * OK Still here
            """);
        client.Send("DONE\r\n").Converse("""
            S: …
            S: b OK IDLE completed
            """);
    }

    [Test]
    public void Lines_to_one_address_come_at_the_same_moment_and_to_others_at_others()
    {
        const int Week = 7 * 24 * 3600 * 1000;
        int[] milliseconds = [.. new[] { "192.0.2.1", "192.0.2.1", "192.0.2.2" }.Select(address => new StillHere(Week, address).Milliseconds)];

        const int Minute = 60_000;
        Assert.That(milliseconds[1], Is.EqualTo(milliseconds[0]).Within(Minute));
        Assert.That(milliseconds[2], Is.Not.EqualTo(milliseconds[0]).Within(Minute));
        Assert.That(new StillHere(0, "192.0.2.1").Milliseconds, Is.EqualTo(int.MaxValue));
    }
}
