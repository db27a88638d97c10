using Imapd.Protocol.Handoff;
using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>Each response code where it fits (RFC 9051 §7.1, RFC 5530), as far as no other test has it in its own place.</summary>
public sealed class ResponseCodeTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.Start(Mail.Three);

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void ALREADYEXISTS_when_a_name_is_taken() => _server.Converse("""
        C: a CREATE this
        S: a OK …
        C: b CREATE this
        S: b NO [ALREADYEXISTS] …
        C: c CREATE that
        S: c OK …
        C: d RENAME this that
        S: d NO [ALREADYEXISTS] …
        C: e RENAME this inbox
        S: e NO [ALREADYEXISTS] …
        """);

    [Test]
    public void NONEXISTENT_when_there_is_no_such_mailbox() => _server.Converse("""
        C: a DELETE nowhere
        S: a NO [NONEXISTENT] …
        C: b RENAME nowhere there
        S: b NO [NONEXISTENT] …
        C: c STATUS nowhere (MESSAGES)
        S: c NO [NONEXISTENT] …
        C: d SELECT nowhere
        S: …
        S: d NO [NONEXISTENT] …
        """);

    [Test]
    public void HASCHILDREN_when_only_the_mailboxes_below_a_name_exist() => _server.Converse("""
        C: a CREATE Notes/2026
        S: a OK …
        C: b CREATE Notes
        S: …
        S: b …
        C: c DELETE Notes
        S: c OK …
        C: d DELETE Notes
        S: d NO [HASCHILDREN] …
        C: e LIST "" Notes/*
        S: * LIST (\HasNoChildren) "/" Notes/2026
        S: e OK …
        """);

    [Test]
    public void CANNOT_for_what_can_never_be() => _server.Converse("""
        C: a CREATE "///////"
        S: a NO [CANNOT] …
        C: b DELETE INBOX
        S: b NO [CANNOT] …
        C: c CREATE ..
        S: c NO [CANNOT] …
        """);

    [Test]
    public void INUSE_when_another_program_holds_the_lock_for_too_long()
    {
        File.WriteAllText(Path.Combine(_server.MailRoot, "dovecot-uidlist.lock"), "1:host.example");
        _server.Options = _server.Options with { LockWaitSeconds = 0 };
        _server.LogIn().Converse("""
            C: a APPEND INBOX {14+}
            C: Subject: x
            C:
            C:
            S: a NO [INUSE] …
            C: b NOOP
            S: b OK …
            """);
    }

    [Test]
    public void CORRUPTION_when_the_UID_list_is_none()
    {
        string list = Path.Combine(_server.MailRoot, "dovecot-uidlist");
        File.Delete(list);
        Directory.CreateDirectory(list);
        _server.LogIn().Converse("""
            C: a SELECT INBOX
            S: a NO [CORRUPTION] …
            C: b NOOP
            S: b OK …
            """);
    }

    [Test]
    public void SERVERBUG_when_the_server_is_wrong()
    {
        TestClient client = _server.Connect();
        client.Host.LoginHandler = static () => throw new InvalidOperationException("A mistake of ours");
        client.Converse("""
            C: a LOGIN test test
            S: * BYE [SERVERBUG] …
            """);
        Assert.That(client.End(), Is.EqualTo(SessionEnd.InternalError));
        Assert.That(client.Host.LogLines, Has.Some.Contain("A mistake of ours"));
    }

    [Test]
    public void UNAVAILABLE_when_there_is_no_memory_left()
    {
        TestClient client = _server.Connect();
        client.Host.LoginHandler = static () => throw new InsufficientMemoryException();
        client.Converse("""
            C: a LOGIN test test
            S: * BYE [UNAVAILABLE] The server is out of memory
            """);
        Assert.That(client.End(), Is.EqualTo(SessionEnd.InternalError));
        Assert.That(client.Host.LogLines, Is.EqualTo(new[] { "Error: Out of memory: the session ends" }));
    }

    [Test]
    public void CLIENTBUG_for_a_command_at_the_wrong_time() => _server.Converse("""
        C: a LOGIN test test
        S: a BAD [CLIENTBUG] …
        C: b UNSELECT
        S: b OK …
        C: c FETCH 1 FLAGS
        S: c BAD [CLIENTBUG] …
        """);

    [Test]
    public void CLOSED_separates_two_mailboxes_and_is_not_told_by_CLOSE() => _server.Converse("""
        C: a CREATE Work
        S: a OK …
        C: b SELECT Work
        S: * OK [CLOSED] …
        S: * 0 EXISTS
        S: …
        S: b OK …
        C: c SELECT Work
        S: * OK [CLOSED] …
        S: * 0 EXISTS
        S: …
        S: c OK …
        C: d CLOSE
        S: d OK …
        C: e SELECT Work
        S: * 0 EXISTS
        S: …
        S: e OK …
        C: f UNSELECT
        S: f OK …
        """);

    [Test]
    public void UIDNOTSTICKY_and_PARSE_are_never_needed_and_nothing_alerts_unless_the_administrator_wants_it() =>
        Assert.That(
            string.Join('\n', _server.Client.Command("a SELECT INBOX").Concat(_server.Client.Command("b FETCH 1:3 (FULL BODY[])"))),
            Does.Not.Contain("UIDNOTSTICKY").And.Not.Contain("[PARSE]").And.Not.Contain("[ALERT]"));

    [Test]
    public void EXPUNGEISSUED_when_a_search_has_met_a_message_that_is_gone()
    {
        _server.Elsewhere(other => other.Move([new(2)], Imapd.Protocol.Values.MailboxName.Inbox));
        _server.Converse("""
            C: a SEARCH SUBJECT second
            S: * SEARCH
            S: …
            S: a OK [EXPUNGEISSUED] …
            """);
    }
}
