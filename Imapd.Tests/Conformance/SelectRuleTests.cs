using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>SELECT, EXAMINE, CLOSE and UNSELECT (RFC 9051 §6.3.2, §6.3.3, §6.4.1, §6.4.2).</summary>
public sealed class SelectRuleTests
{
    [TestCase("SELECT a//b")]
    [TestCase("SELECT a&b")]
    [TestCase("EXAMINE ..")]
    [TestCase("EXAMINE nowhere")]
    public void After_a_SELECT_that_was_answered_NO_no_mailbox_is_selected(string command)
    {
        using TestServer server = TestServer.Start(Mail.Three);
        server.Converse($"""
            C: a {command}
            S: * OK [CLOSED] …
            S: a NO [… …
            C: b FETCH 1 UID
            S: b BAD [CLIENTBUG] …
            C: c {command}
            S: c NO [… …
            """);
    }

    [TestCase("SELECT INBOX (X-UNKNOWN)")]
    [TestCase("SELECT")]
    [TestCase("EXAMINE INBOX INBOX")]
    public void A_SELECT_that_was_answered_BAD_was_none_and_leaves_the_mailbox_selected(string command)
    {
        using TestServer server = TestServer.Start(Mail.Three);
        server.Converse($"""
            C: a {command}
            S: a BAD …
            C: b FETCH 1 UID
            S: * 1 FETCH (UID 1)
            S: b OK …
            """);
    }

    [Test]
    public void A_SELECT_of_the_selected_mailbox_opens_it_again()
    {
        using TestServer server = TestServer.Start(Mail.Three);
        server.Converse("""
            C: a STORE 1 +FLAGS.SILENT (\Deleted)
            S: a OK …
            C: b SELECT INBOX
            S: * OK [CLOSED] …
            S: * 3 EXISTS
            S: * 0 RECENT
            S: …
            S: b OK [READ-WRITE] …
            C: c EXAMINE INBOX
            S: * OK [CLOSED] …
            S: * 3 EXISTS
            S: …
            S: c OK [READ-ONLY] …
            C: d FETCH 1 FLAGS
            S: * 1 FETCH (FLAGS (\Deleted \Seen))
            S: d OK …
            """);
    }

    [Test]
    public void LOGOUT_with_a_mailbox_selected_expunges_nothing()
    {
        using TestServer server = TestServer.Start(Mail.Three);
        server.Converse("""
            C: a STORE 1:3 +FLAGS.SILENT (\Deleted)
            S: a OK …
            C: b LOGOUT
            S: * BYE …
            S: b OK …
            """);
        server.LogIn().Converse("""
            C: a STATUS INBOX (MESSAGES)
            S: * STATUS INBOX (MESSAGES 3)
            S: a OK …
            """);
    }

    [Test]
    public void EXAMINE_tells_what_SELECT_tells()
    {
        using TestServer server = Rev2.Start(Mail.Three);
        IReadOnlyList<string> select = server.Client.Command("a SELECT INBOX");
        IReadOnlyList<string> examine = server.Client.Command("a EXAMINE INBOX");
        Assert.That(examine.Count(Differs), Is.EqualTo(2));
        Assert.That(examine.Where(line => !Differs(line)), Is.EqualTo(select.Where(line => !Differs(line))));

        static bool Differs(string line) =>
            line.StartsWith("* OK [PERMANENTFLAGS ", StringComparison.Ordinal) || line.StartsWith("a OK ", StringComparison.Ordinal);
    }

    [Test]
    public void The_LIST_response_to_SELECT_has_the_attributes_the_mailbox_has()
    {
        using TestServer server = Rev2.Start();
        server.Converse("""
            C: a CREATE Sent
            S: a OK …
            C: b CREATE Sent/2026
            S: b OK …
            C: c SELECT Sent
            S: …
            S: * LIST (\HasChildren \Sent) "/" Sent
            S: c OK [READ-WRITE] …
            C: d EXAMINE Sent/2026
            S: …
            S: * LIST (\HasNoChildren) "/" Sent/2026
            S: d OK [READ-ONLY] …
            """);
    }

    [Test]
    public void Keywords_are_among_the_flags_that_SELECT_tells()
    {
        using TestServer server = TestServer.Start(Mail.Three);
        server.Converse("""
            C: a STORE 1 +FLAGS.SILENT ($Forwarded)
            S: …
            S: a OK …
            C: b SELECT INBOX
            S: …
            S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $Forwarded)
            S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft $Forwarded \*)] …
            S: …
            S: b OK …
            """);
    }

    [Test]
    public void CLOSE_tells_of_no_message_that_it_removes()
    {
        using TestServer server = Rev2.Start(Mail.Three);
        server.Converse("""
            C: a STORE 1:2 +FLAGS.SILENT (\Deleted)
            S: a OK …
            C: b CLOSE
            S: b OK …
            C: c FETCH 1 UID
            S: c BAD [CLIENTBUG] …
            C: d STATUS INBOX (MESSAGES)
            S: * STATUS INBOX (MESSAGES 1)
            S: d OK …
            C: e UNSELECT
            S: e BAD [CLIENTBUG] …
            """);
    }
}
