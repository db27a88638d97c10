using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>What only IMAP4rev1 has: RECENT, \Recent, UNSEEN, CHECK, RFC822 (RFC 3501 §2.3.2, §6.3.1, §6.4.1, §7.3.2).</summary>
public sealed class RecentRuleTests
{
    [Test]
    public void One_session_has_a_message_as_recent_and_the_next_does_not()
    {
        using TestServer server = TestServer.StartAlone(Mail.Three);
        server.Deliver(Mail.Of("new"));
        using TestClient first = server.LogIn();
        first.Converse("""
            C: a SELECT INBOX
            S: * 4 EXISTS
            S: * 1 RECENT
            S: …
            S: a OK …
            C: b FETCH 3:4 FLAGS
            S: * 3 FETCH (FLAGS (\Seen))
            S: * 4 FETCH (FLAGS (\Recent))
            S: b OK …
            """);
        using TestClient second = server.LogIn();
        second.Converse("""
            C: a SELECT INBOX
            S: * 4 EXISTS
            S: * 0 RECENT
            S: …
            S: a OK …
            C: b FETCH 4 FLAGS
            S: * 4 FETCH (FLAGS ())
            S: b OK …
            C: c SEARCH OR RECENT NEW
            S: * SEARCH
            S: c OK …
            """);
        first.Converse("""
            C: c STORE 4 -FLAGS (\Recent)
            S: * 4 FETCH (FLAGS (\Recent))
            S: c OK …
            C: d SEARCH RECENT
            S: * SEARCH 4
            S: d OK …
            C: e STORE 4 FLAGS (\Seen)
            S: * 4 FETCH (FLAGS (\Seen \Recent))
            S: e OK …
            C: f SEARCH NEW
            S: * SEARCH
            S: f OK …
            C: g SEARCH OLD
            S: * SEARCH 1 2 3
            S: g OK …
            """);
    }

    [Test]
    public void EXAMINE_and_STATUS_leave_messages_recent()
    {
        using TestServer server = TestServer.StartAlone(Mail.Three);
        server.Deliver(Mail.Of("new"));
        using TestClient client = server.LogIn();
        client.Converse("""
            C: a STATUS INBOX (RECENT)
            S: * STATUS INBOX (RECENT 1)
            S: a OK …
            C: b EXAMINE INBOX
            S: * 4 EXISTS
            S: * 1 RECENT
            S: …
            S: b OK …
            C: c FETCH 4 FLAGS
            S: * 4 FETCH (FLAGS (\Recent))
            S: c OK …
            C: d SELECT INBOX
            S: * OK [CLOSED] …
            S: * 4 EXISTS
            S: * 1 RECENT
            S: …
            S: d OK …
            """);
    }

    [Test]
    public void Where_every_message_is_seen_there_is_no_first_unseen_one()
    {
        using TestServer server = TestServer.StartAlone(Mail.Three);
        Assert.That(server.LogIn().Command("a SELECT INBOX"), Has.None.Contains("UNSEEN"));
    }

    [Test]
    public void A_copy_without_flags_is_recent_in_the_mailbox_it_comes_to()
    {
        using TestServer server = TestServer.Start(Mail.Three);
        server.Converse("""
            C: a STORE 1 FLAGS.SILENT ()
            S: a OK …
            C: b COPY 1 INBOX
            S: * 4 EXISTS
            S: * 1 RECENT
            S: b OK …
            C: c FETCH 4 FLAGS
            S: * 4 FETCH (FLAGS (\Recent))
            S: c OK …
            """);
    }

    [Test]
    public void CHECK_tells_what_is_new_as_NOOP_does()
    {
        using TestServer server = TestServer.Start(Mail.Three);
        server.Deliver(Mail.Of("new"));
        server.Converse("""
            C: a CHECK
            S: * 4 EXISTS
            S: * 1 RECENT
            S: a OK CHECK …
            """);
    }

    [Test]
    public void The_older_names_of_sections_work_in_rev2_too()
    {
        using TestServer server = Rev2.Start("Subject: x\r\n\r\nbody\r\n");
        server.Converse("""
            C: a FETCH 1 (RFC822.HEADER RFC822.TEXT)
            S: * 1 FETCH (RFC822.HEADER {14}
            S: Subject: x
            S:
            S:  RFC822.TEXT {6}
            S: body
            S: )
            S: a OK …
            """);
    }
}
