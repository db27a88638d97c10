using Imapd.Protocol.Handoff;
using Imapd.Tests.Worker;
using Imapd.Worker.Session;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>States, what is offered in each, and how sessions end (RFC 9051 §3, §5.4, §6.1, §6.2, §7.2.2).</summary>
public sealed class StateConformanceTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.StartAlone(Mail.Three);

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void CAPABILITY_NOOP_LOGOUT_and_ID_are_allowed_in_every_state()
    {
        TestClient selected = _server.LogIn();
        selected.Command("s SELECT INBOX");
        foreach (TestClient client in new[] { _server.Connect(), _server.LogIn(), selected })
        {
            client.Converse("""
                C: a CAPABILITY
                S: * CAPABILITY IMAP4rev2 …
                S: a OK …
                C: b NOOP
                S: b OK …
                C: c ID NIL
                S: * ID …
                S: c OK …
                C: d LOGOUT
                S: * BYE …
                S: d OK …
                """);
            Assert.That(client.ReadLine(), Is.Null);
        }
    }

    [Test]
    public void After_login_and_with_a_mailbox_the_capabilities_are_the_same()
    {
        const string Capabilities =
            "IMAP4rev2 IMAP4rev1 LITERAL+ ID ENABLE IDLE NAMESPACE UNSELECT UIDPLUS ESEARCH SEARCHRES WITHIN LIST-EXTENDED LIST-STATUS "
            + "STATUS=SIZE CHILDREN SPECIAL-USE CREATE-SPECIAL-USE MOVE BINARY UTF8=ACCEPT APPENDLIMIT=67108864";
        _server.Connect().Converse($"""
            C: a LOGIN test test
            S: a OK [CAPABILITY {Capabilities}] Logged in
            C: b CAPABILITY
            S: * CAPABILITY {Capabilities}
            S: b OK …
            C: c SELECT INBOX
            S: …
            S: c OK …
            C: d CAPABILITY
            S: * CAPABILITY {Capabilities}
            S: d OK …
            C: e ENABLE IMAP4rev2
            S: * ENABLED IMAP4rev2
            S: e OK …
            C: f CAPABILITY
            S: * CAPABILITY {Capabilities}
            S: f OK …
            """);
    }

    [Test]
    public void CAPABILITY_before_login_says_what_the_greeting_said()
    {
        foreach ((TestClient client, string extra) in new[]
        {
            (_server.Connect(), "AUTH=PLAIN"),
            (_server.Connect(isTls: false, canStartTls: true), "STARTTLS LOGINDISABLED"),
            (_server.Connect(isTls: false, canStartTls: true, insecureAuth: true), "STARTTLS AUTH=PLAIN"),
        })
        {
            client.Converse($"""
                C: a CAPABILITY
                S: * CAPABILITY IMAP4rev2 IMAP4rev1 SASL-IR LITERAL- ID ENABLE IDLE {extra}
                S: a OK …
                """);
        }
    }

    [Test]
    public void CLOSE_UNSELECT_and_a_failed_SELECT_lead_back_to_the_authenticated_state()
    {
        TestClient client = _server.LogIn();
        foreach (string leave in new[] { "CLOSE", "UNSELECT", "SELECT nowhere", "EXAMINE nowhere" })
        {
            client.Command("a SELECT INBOX");
            client.Command("b " + leave);
            client.Converse("""
                C: c FETCH 1 FLAGS
                S: c BAD [CLIENTBUG] …
                C: d STATUS INBOX (MESSAGES)
                S: * STATUS INBOX (MESSAGES 3)
                S: d OK …
                """);
        }
    }

    [TestCase("SELECT")]
    [TestCase("SELECT \"a\0\"")]
    [TestCase("EXAMINE INBOX INBOX")]
    [TestCase("UNSELECT now")]
    [TestCase("CLOSE now")]
    [TestCase("LOGOUT now")]
    [TestCase("XYZZY")]
    [TestCase("DELETE nowhere")]
    [TestCase("COPY 1 nowhere")]
    [TestCase("STORE 1 FLAGS (\\Nonsense)")]
    [TestCase("LOGIN test test")]
    public void A_rejected_or_failed_command_leaves_the_mailbox_selected(string command)
    {
        TestClient client = _server.LogIn();
        client.Command("s SELECT INBOX");
        client.Command("a " + command);
        client.Converse("""
            C: b FETCH 1 UID
            S: * 1 FETCH (UID 1)
            S: b OK …
            """);
    }

    [Test]
    public void A_failed_login_leaves_the_client_where_it_was() => _server.Connect().Converse("""
        C: a LOGIN test wrong
        S: a NO …
        C: b SELECT INBOX
        S: b BAD [CLIENTBUG] …
        C: c LOGIN test
        S: c BAD …
        C: d SELECT INBOX
        S: d BAD [CLIENTBUG] …
        C: e LOGIN test test
        S: e OK …
        """);

    [TestCase(true)]
    [TestCase(false)]
    public void STARTTLS_is_BAD_where_there_is_TLS_already(bool canStartTls) =>
        _server.Connect(isTls: true, canStartTls: canStartTls).Converse("""
            C: a STARTTLS
            S: a BAD …
            C: b NOOP
            S: b OK …
            """);

    [Test]
    public void After_STARTTLS_the_client_still_has_to_log_in() =>
        _server.Connect(isTls: false, canStartTls: true).Converse("""
            C: a STARTTLS
            S: a OK …
            """).AwaitTls().Converse("""
            C: b SELECT INBOX
            S: b BAD [CLIENTBUG] …
            C: c AUTHENTICATE PLAIN AHRlc3QAdGVzdA==
            S: c OK …
            C: d STARTTLS
            S: d BAD …
            """);

    [Test]
    public void A_challenge_without_content_is_a_plus_and_a_space() => _server.Connect().Converse("""
        C: a AUTHENTICATE PLAIN
        S: +
        C: AHRlc3QAdGVzdA==
        S: a OK …
        """.Replace("S: +\n", "S: + \n", StringComparison.Ordinal));

    [TestCase("AUTHENTICATE PLAIN =AAA")]
    [TestCase("AUTHENTICATE PLAIN AAA=BBB")]
    [TestCase("AUTHENTICATE PLAIN AHRlc3QAdGVzdA")]
    [TestCase("AUTHENTICATE PLAIN AHRlc3QA*GVzdA==")]
    [TestCase("AUTHENTICATE PLAIN \"AHRlc3QAdGVzdA==\"")]
    [TestCase("AUTHENTICATE PLAIN =")]
    public void An_initial_response_that_is_not_base64_or_no_PLAIN_message_is_BAD(string command) => _server.Connect().Converse($"""
        C: a {command}
        S: a BAD …
        C: b AUTHENTICATE PLAIN AHRlc3QAdGVzdA==
        S: b OK …
        """);

    [Test]
    public void The_timer_that_logs_out_runs_for_30_minutes_and_begins_anew_with_every_command()
    {
        Assert.That(SessionLimits.AutologoutMilliseconds, Is.GreaterThanOrEqualTo(30 * 60 * 1000));
        _server.Options = _server.Options with { AutologoutMilliseconds = 4_000 };
        TestClient client = _server.LogIn();
        var sinceLogin = System.Diagnostics.Stopwatch.StartNew();
        while (sinceLogin.ElapsedMilliseconds < 5_000)
        {
            client.Command("a NOOP");
            Thread.Sleep(100);
        }

        client.Converse("S: * BYE …");
        Assert.That(client.End(), Is.EqualTo(SessionEnd.Autologout));
    }
}
