using NUnit.Framework;

namespace Imapd.Tests.Worker;

public sealed class SessionSelectTests
{
    [Test]
    public void In_rev1_SELECT_tells_all_that_RFC_3501_asks_for()
    {
        using TestServer server = TestServer.StartAlone(Mail.Three);
        server.Deliver(Mail.Of("fourth"));
        server.LogIn().Converse("""
            C: a SELECT INBOX
            S: * 4 EXISTS
            S: * 1 RECENT
            S: * OK [UNSEEN 4] …
            S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
            S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)] …
            S: * OK [UIDVALIDITY …] …
            S: * OK [UIDNEXT 5] …
            S: a OK [READ-WRITE] …
            """);
    }

    [Test]
    public void In_rev2_SELECT_tells_the_name_and_nothing_of_recent_or_unseen_messages()
    {
        using TestServer server = TestServer.StartAlone(Mail.Three);
        server.Deliver(Mail.Of("fourth"));
        server.LogIn().Converse("""
            C: a ENABLE IMAP4rev2
            S: * ENABLED IMAP4rev2
            S: a OK …
            C: b SELECT inbox
            S: * 4 EXISTS
            S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
            S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)] …
            S: * OK [UIDVALIDITY …] …
            S: * OK [UIDNEXT 5] …
            S: * LIST (\HasNoChildren) "/" INBOX ("OLDNAME" (inbox))
            S: b OK [READ-WRITE] …
            """);
    }

    [Test]
    public void EXAMINE_lets_nothing_be_changed()
    {
        using TestServer server = TestServer.StartAlone(Mail.Three);
        server.LogIn().Converse("""
            C: a EXAMINE INBOX
            S: …
            S: * OK [PERMANENTFLAGS ()] …
            S: …
            S: a OK [READ-ONLY] …
            C: b STORE 1 +FLAGS (\Deleted)
            S: b NO [READ-ONLY] …
            C: c EXPUNGE
            S: c NO [READ-ONLY] …
            C: d MOVE 1 INBOX
            S: d NO [READ-ONLY] …
            C: e CLOSE
            S: e OK …
            C: f STATUS INBOX (MESSAGES)
            S: * STATUS INBOX (MESSAGES 3)
            S: f OK …
            """);
    }

    [Test]
    public void EXAMINE_leaves_messages_recent_for_others()
    {
        using TestServer server = TestServer.StartAlone();
        server.Deliver(Mail.Of("new"));
        server.LogIn().Converse("""
            C: a EXAMINE INBOX
            S: * 1 EXISTS
            S: * 1 RECENT
            S: …
            S: a OK …
            C: b SELECT INBOX
            S: * OK [CLOSED] …
            S: * 1 EXISTS
            S: * 1 RECENT
            S: …
            S: b OK …
            C: c SELECT INBOX
            S: * OK [CLOSED] …
            S: * 1 EXISTS
            S: * 0 RECENT
            S: …
            S: c OK …
            """);
    }

    [Test]
    public void A_failed_SELECT_leaves_no_mailbox_selected()
    {
        using TestServer server = TestServer.Start(Mail.Three);
        server.Converse("""
            C: a SELECT nowhere
            S: * OK [CLOSED] …
            S: a NO [NONEXISTENT] …
            C: b EXPUNGE
            S: b BAD [CLIENTBUG] …
            C: c SELECT INBOX
            S: * 3 EXISTS
            S: …
            S: c OK …
            """);
    }

    [Test]
    public void An_empty_mailbox_has_no_first_unseen_message()
    {
        using TestServer server = TestServer.StartAlone();
        server.LogIn().Converse("""
            C: a SELECT INBOX
            S: * 0 EXISTS
            S: * 0 RECENT
            S: * FLAGS …
            S: * OK [PERMANENTFLAGS …
            S: * OK [UIDVALIDITY …
            S: * OK [UIDNEXT 1] …
            S: a OK …
            """);
    }

    [Test]
    public void CLOSE_removes_deleted_messages_silently_and_UNSELECT_does_not()
    {
        using TestServer server = TestServer.Start(Mail.Three);
        server.Converse("""
            C: a STORE 2 +FLAGS.SILENT (\Deleted)
            S: a OK …
            C: b UNSELECT
            S: b OK …
            C: c STATUS INBOX (MESSAGES DELETED)
            S: * STATUS INBOX (MESSAGES 3 DELETED 1)
            S: c OK …
            C: d SELECT INBOX
            S: …
            S: d OK …
            C: e CLOSE
            S: e OK …
            C: f STATUS INBOX (MESSAGES DELETED)
            S: * STATUS INBOX (MESSAGES 2 DELETED 0)
            S: f OK …
            C: g CHECK
            S: g BAD …
            """);
    }

    [Test]
    public void CHECK_and_NOOP_change_nothing()
    {
        using TestServer server = TestServer.Start(Mail.Three);
        server.Converse("""
            C: a CHECK
            S: a OK …
            C: b NOOP
            S: b OK …
            """);
    }

    [Test]
    public void ENABLE_tells_what_it_has_turned_on_and_passes_over_the_rest()
    {
        using TestServer server = TestServer.StartAlone();
        server.LogIn().Converse("""
            C: a ENABLE X-NONSENSE CONDSTORE IDLE
            S: * ENABLED
            S: a OK …
            C: b ENABLE utf8=accept x
            S: * ENABLED UTF8=ACCEPT
            S: b OK …
            C: c ENABLE IMAP4REV2 UTF8=ACCEPT
            S: * ENABLED IMAP4rev2
            S: c OK …
            """);
    }
}
