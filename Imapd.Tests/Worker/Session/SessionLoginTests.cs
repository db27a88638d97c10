using Imapd.Protocol.Handoff;
using Imapd.Worker.Session;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

public sealed class SessionLoginTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.StartAlone();

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void Over_TLS_the_greeting_offers_a_login_and_no_STARTTLS() =>
        _server.ConnectSilently(isTls: true, canStartTls: true).Converse("""
            S: * OK [CAPABILITY IMAP4rev2 IMAP4rev1 SASL-IR LITERAL- ID ENABLE IDLE AUTH=PLAIN] imapd ready
            """);

    [Test]
    public void In_cleartext_the_greeting_offers_STARTTLS_and_no_login() =>
        _server.ConnectSilently(isTls: false, canStartTls: true).Converse("""
            S: * OK [CAPABILITY IMAP4rev2 IMAP4rev1 SASL-IR LITERAL- ID ENABLE IDLE STARTTLS LOGINDISABLED] imapd ready
            """);

    [Test]
    public void Insecure_authentication_is_offered_where_it_was_asked_for() =>
        _server.ConnectSilently(isTls: false, insecureAuth: true).Converse("""
            S: * OK [CAPABILITY IMAP4rev2 IMAP4rev1 SASL-IR LITERAL- ID ENABLE IDLE AUTH=PLAIN] imapd ready
            C: a LOGIN test test
            S: a OK [CAPABILITY …] Logged in
            """);

    [Test]
    public void A_password_in_cleartext_is_refused_and_the_session_goes_on() => _server.Connect(isTls: false).Converse("""
        C: a LOGIN test test
        S: a NO [PRIVACYREQUIRED] …
        C: b AUTHENTICATE PLAIN
        S: b NO [PRIVACYREQUIRED] …
        C: c AUTHENTICATE PLAIN AHRlc3QAdGVzdA==
        S: c NO [PRIVACYREQUIRED] …
        C: d STARTTLS
        S: d NO [UNAVAILABLE] …
        C: e NOOP
        S: e OK …
        """);

    [Test]
    public void While_nobody_may_log_in_the_reason_is_told_and_no_login_is_offered()
    {
        _server.Options = _server.Options with { LoginDisabled = "Maintenance until 18:00" };
        _server.ConnectSilently().Converse("""
            S: * OK [CAPABILITY IMAP4rev2 IMAP4rev1 SASL-IR LITERAL- ID ENABLE IDLE LOGINDISABLED] imapd ready
            C: a LOGIN test test
            S: a NO [UNAVAILABLE] Maintenance until 18:00
            C: b AUTHENTICATE PLAIN
            S: b NO [UNAVAILABLE] Maintenance until 18:00
            C: c AUTHENTICATE PLAIN AHRlc3QAdGVzdA==
            S: c NO [UNAVAILABLE] Maintenance until 18:00
            C: d NOOP
            S: d OK …
            """);
    }

    [Test]
    public void Who_is_logged_in_before_the_greeting_is_served_all_the_same()
    {
        _server.Options = _server.Options with { LoginDisabled = "Maintenance", Greeting = "mail.example at your service" };
        _server.ConnectPreauthenticated().Converse("""
            S: * PREAUTH [CAPABILITY …] mail.example at your service, logged in as test
            C: a SELECT INBOX
            S: …
            S: a OK …
            """);
    }

    [Test]
    public void The_greeting_says_what_the_administrator_wants()
    {
        _server.Options = _server.Options with { Greeting = "mail.example {12}" };
        _server.ConnectSilently().Converse("S: * OK [CAPABILITY …] mail.example {12)");
    }

    [Test]
    public void ID_says_what_the_administrator_wants()
    {
        _server.Options = _server.Options with { IdFields = [IdFields.Parse("name"), IdFields.Parse("support-url=https://mail.example/\"help\"")] };
        _server.Connect().Converse("""
            C: a ID NIL
            S: * ID ("name" "imapd" "support-url" "https://mail.example/\"help\"")
            S: a OK …
            """);
        _server.Options = _server.Options with { IdFields = [] };
        _server.Connect().Converse("""
            C: a ID ("name" "x")
            S: * ID NIL
            S: a OK …
            """);
    }

    [TestCase("LOGIN test test")]
    [TestCase("AUTHENTICATE PLAIN AHRlc3QAdGVzdA==")]
    public void An_alert_is_told_before_the_answer_to_the_login_and_cannot_break_the_line(string login)
    {
        TestClient client = _server.Connect();
        client.Host.LoginHandler = () => LoginOutcome.Success("test", _server.MailRoot) with { Alert = "Disk is full\n[forged]\r* BAD \u0007é {3}\n\n" };
        client.Converse($"""
            C: a {login}
            S: * OK [ALERT] Disk is full
            S: * OK [ALERT] (forged] * BAD  ? {"{"}3)
            S: a OK [CAPABILITY …] Logged in
            """);
    }

    [Test]
    public void LOGIN_answers_with_the_capabilities_after_it() => _server.Connect().Converse("""
        C: a LOGIN test test
        S: a OK [CAPABILITY IMAP4rev2 IMAP4rev1 LITERAL+ … MOVE BINARY UTF8=ACCEPT APPENDLIMIT=67108864] Logged in
        C: b CAPABILITY
        S: * CAPABILITY IMAP4rev2 IMAP4rev1 LITERAL+ … APPENDLIMIT=67108864
        S: b OK …
        """);

    [Test]
    public void LOGIN_takes_quoted_strings_and_literals_of_both_kinds()
    {
        _server.Connect().Converse("""
            C: a LOGIN "test" "test"
            S: a OK …
            """);
        _server.Connect().Converse("""
            C: a LOGIN {4}
            S: + …
            C: test {4}
            S: + …
            C: test
            S: a OK …
            """);
        _server.Connect().Converse("""
            C: a LOGIN {4+}
            C: test {4+}
            C: test
            S: a OK …
            """);
    }

    [Test]
    public void AUTHENTICATE_takes_an_initial_response_or_asks_for_one()
    {
        _server.Connect().Converse("""
            C: a AUTHENTICATE PLAIN AHRlc3QAdGVzdA==
            S: a OK [CAPABILITY …] Logged in
            """);
        _server.Connect().Converse("""
            C: a authenticate plain
            S: +…
            C: AHRlc3QAdGVzdA==
            S: a OK [CAPABILITY …] Logged in
            """);
    }

    [Test]
    public void AUTHENTICATE_can_be_cancelled_and_tried_again() => _server.Connect().Converse("""
        C: a AUTHENTICATE PLAIN
        S: +…
        C: *
        S: a BAD …cancelled
        C: b AUTHENTICATE PLAIN
        S: +…
        C: !!!
        S: b BAD …not base64
        C: c AUTHENTICATE PLAIN dGVzdA==
        S: c BAD …
        C: d AUTHENTICATE GSSAPI
        S: d NO [CANNOT] …
        C: e AUTHENTICATE PLAIN AHRlc3QAdGVzdA==
        S: e OK …
        """);

    [Test]
    public void An_answer_to_AUTHENTICATE_that_is_too_long_is_read_away() => _server.Connect()
        .Send("a AUTHENTICATE PLAIN\r\n" + new string('A', 100_000) + "\r\n")
        .Converse("""
            S: +…
            S: a BAD …
            C: b LOGIN test test
            S: b OK …
            """);

    [Test]
    public void The_identity_to_act_for_must_be_ones_own()
    {
        // With the right password or a wrong one, and more often than a password may be guessed.
        TestClient client = _server.Connect();
        for (int i = 0; i < 3; i++)
        {
            client.Converse("""
                C: a AUTHENTICATE PLAIN cm9vdAB0ZXN0AHRlc3Q=
                S: a NO [AUTHORIZATIONFAILED] Nobody may act for another user
                C: a AUTHENTICATE PLAIN cm9vdAB0ZXN0AHdyb25n
                S: a NO [AUTHORIZATIONFAILED] Nobody may act for another user
                """);
        }

        client.Converse("""
            C: b AUTHENTICATE PLAIN dGVzdAB0ZXN0AHRlc3Q=
            S: b OK …
            """);
    }

    [TestCase("LOGIN test wrong")]
    [TestCase("LOGIN nobody test")]
    [TestCase("LOGIN \"\" \"\"")]
    [TestCase("LOGIN test \"\"")]
    [TestCase("AUTHENTICATE PLAIN AHRlc3QAd3Jvbmc=")]
    [TestCase("LOGIN {1+}\r\n\u00ff test")]
    public void A_wrong_name_or_password_gets_the_same_answer(string command) => _server.Connect()
        .Send($"a {command}\r\n")
        .Converse("""
            S: a NO [AUTHENTICATIONFAILED] Wrong user name or password
            C: b LOGIN test test
            S: b OK …
            """);

    [Test]
    public void The_third_failed_login_ends_the_session()
    {
        TestClient client = _server.Connect().Converse("""
            C: a LOGIN test 1
            S: a NO [AUTHENTICATIONFAILED] …
            C: b LOGIN test 2
            S: b NO [AUTHENTICATIONFAILED] …
            C: c LOGIN test 3
            S: c NO [AUTHENTICATIONFAILED] …
            S: * BYE Too many failed logins
            """);
        Assert.That(client.ReadLine(), Is.Null);
        Assert.That(client.End(), Is.EqualTo(SessionEnd.TooManyLoginFailures));
    }

    [Test]
    public void Ten_bad_commands_before_login_end_the_session()
    {
        TestClient client = _server.Connect();
        for (int i = 0; i < 9; i++)
        {
            client.Converse("""
                C: GET / HTTP/1.1
                S: GET BAD …
                """);
        }

        client.Converse("""
            C: GET / HTTP/1.1
            S: GET BAD …
            S: * BYE Too many bad commands
            """);
        Assert.That(client.End(), Is.EqualTo(SessionEnd.TooManyBadCommands));
    }

    [Test]
    public void A_good_command_among_the_bad_ones_shows_a_client()
    {
        TestClient client = _server.Connect();
        for (int i = 0; i < 25; i++)
        {
            client.Converse(i % 5 == 0 ? "C: a NOOP\nS: a OK …" : "C: a NONSENSE\nS: a BAD …");
        }
    }

    [Test]
    public void Who_does_not_log_in_in_time_is_told_to_go()
    {
        _server.Options = _server.Options with { LoginMilliseconds = 1 };
        TestClient client = _server.Connect().Converse("S: * BYE Nobody logged in in time");
        Assert.That(client.End(), Is.EqualTo(SessionEnd.LoginTimeout));
    }

    [Test]
    public void A_client_that_asks_nothing_for_long_is_logged_out()
    {
        _server.Options = _server.Options with { AutologoutMilliseconds = 1 };
        TestClient client = _server.LogIn().Converse("S: * BYE …");
        Assert.That(client.End(), Is.EqualTo(SessionEnd.Autologout));
    }

    [Test]
    public void A_client_that_is_logged_in_already_is_greeted_with_PREAUTH() => _server.ConnectPreauthenticated().Converse("""
        S: * PREAUTH [CAPABILITY IMAP4rev2 IMAP4rev1 LITERAL+ …] imapd ready, logged in as test
        C: a NAMESPACE
        S: * NAMESPACE (("" "/")) NIL NIL
        S: a OK …
        C: b LOGIN test test
        S: b BAD [CLIENTBUG] …
        """);

    [Test]
    public void STARTTLS_changes_the_stream_and_then_offers_a_login() =>
        _server.Connect(isTls: false, canStartTls: true).Converse("""
            C: a STARTTLS
            S: a OK Begin TLS negotiation now
            """).AwaitTls().Converse("""
            C: b CAPABILITY
            S: * CAPABILITY IMAP4rev2 IMAP4rev1 SASL-IR LITERAL- ID ENABLE IDLE AUTH=PLAIN
            S: b OK …
            C: c STARTTLS
            S: c BAD [CLIENTBUG] …
            C: d LOGIN test test
            S: d OK …
            """);

    [Test]
    public void Commands_injected_behind_STARTTLS_are_thrown_away() =>
        _server.Connect(isTls: false, canStartTls: true).Send("a STARTTLS\r\nb NOOP\r\nc LOGIN test test\r\nd NO").Converse("""
            S: a OK …
            """).AwaitTls().Converse("""
            C: e CAPABILITY
            S: * CAPABILITY …AUTH=PLAIN
            S: e OK …
            """);

    [Test]
    public void A_failed_TLS_handshake_ends_the_session_without_a_word()
    {
        TestClient client = _server.Connect(isTls: false, canStartTls: true);
        client.Host.TlsHandshake = null;
        client.Converse("""
            C: a STARTTLS
            S: a OK …
            """);
        Assert.That(client.ReadLine(), Is.Null);
        Assert.That(client.End(), Is.EqualTo(SessionEnd.StartTlsFailed));
    }

    [Test]
    public void LOGOUT_says_BYE_in_every_state()
    {
        foreach (TestClient client in new[] { _server.Connect(), _server.LogIn(), TestServerWithSelected() })
        {
            client.Converse("""
                C: a LOGOUT
                S: * BYE …
                S: a OK …
                """);
            Assert.That(client.ReadLine(), Is.Null);
            Assert.That(client.End(), Is.EqualTo(SessionEnd.Logout));
        }
    }

    [Test]
    public void ID_says_who_the_server_is_and_takes_anything() => _server.Connect().Converse("""
        C: a ID NIL
        S: * ID ("name" "imapd" "version" "…")
        S: a OK …
        C: b ID ("name" "x" "version" NIL)
        S: * ID (…)
        S: b OK …
        """);

    [Test]
    public void The_master_can_end_a_session_in_every_state()
    {
        foreach (TestClient client in new[] { _server.Connect(), _server.LogIn(), TestServerWithSelected() })
        {
            client.Host.ShutDown(ShutdownReason.ServerStopping);
            client.Converse("S: * BYE [UNAVAILABLE] …");
            Assert.That(client.End(), Is.EqualTo(SessionEnd.Shutdown));
        }
    }

    private TestClient TestServerWithSelected()
    {
        TestClient client = _server.LogIn();
        client.Command("s SELECT INBOX");
        return client;
    }
}
