using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>Every command in the states it is not for (RFC 9051 §3).</summary>
public sealed class SessionStateTests
{
    private static readonly string[] ForSelected =
    [
        "CHECK", "CLOSE", "UNSELECT", "EXPUNGE", "UID EXPUNGE 1", "SEARCH ALL", "UID SEARCH ALL", "FETCH 1 FLAGS",
        "UID FETCH 1 FLAGS", "STORE 1 FLAGS ()", "UID STORE 1 FLAGS ()", "COPY 1 INBOX", "UID COPY 1 INBOX", "MOVE 1 INBOX",
        "UID MOVE 1 INBOX",
    ];

    private static readonly string[] ForLoggedIn =
    [
        "ENABLE X", "SELECT INBOX", "EXAMINE INBOX", "CREATE x", "DELETE x", "RENAME x y", "SUBSCRIBE x", "UNSUBSCRIBE x",
        "LIST \"\" *", "LSUB \"\" *", "NAMESPACE", "STATUS INBOX (MESSAGES)", "IDLE",
    ];

    private static readonly string[] ForStrangers = ["LOGIN test test", "AUTHENTICATE PLAIN", "STARTTLS"];

    private TestServer _server = null!;

    [OneTimeSetUp]
    public void SetUp() => _server = TestServer.StartAlone();

    [OneTimeTearDown]
    public void TearDown() => _server.Dispose();

    [TestCaseSource(nameof(ForSelected))]
    [TestCaseSource(nameof(ForLoggedIn))]
    public void Before_login_mail_is_out_of_reach(string command) => _server.Connect().Converse($"""
        C: a {command}
        S: a BAD [CLIENTBUG] … is not allowed before login
        C: b NOOP
        S: b OK …
        """);

    [Test]
    public void Before_login_no_message_is_taken() => _server.Connect().Converse("""
        C: a APPEND INBOX {5}
        S: a BAD [CLIENTBUG] APPEND is not allowed before login
        C: b APPEND INBOX {5+}
        C: 12345
        S: b BAD [CLIENTBUG] APPEND is not allowed before login
        C: c NOOP
        S: c OK …
        """);

    [TestCaseSource(nameof(ForSelected))]
    public void Without_a_selected_mailbox_no_message_is_named(string command) => _server.LogIn().Converse($"""
        C: a {command}
        S: a BAD [CLIENTBUG] …
        C: b NOOP
        S: b OK …
        """);

    [TestCaseSource(nameof(ForStrangers))]
    public void Nobody_logs_in_twice(string command) => _server.LogIn().Converse($"""
        C: a {command}
        S: a BAD [CLIENTBUG] …
        C: b NOOP
        S: b OK …
        """);
}
