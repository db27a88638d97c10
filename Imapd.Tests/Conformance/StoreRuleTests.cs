using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>STORE, EXPUNGE, COPY and MOVE (RFC 9051 §6.4.3, §6.4.6 to §6.4.9, RFC 2180 §4, RFC 6851).</summary>
public sealed class StoreRuleTests
{
    private TestServer _server = null!;
    private TestClient _other = null!;

    [SetUp]
    public void SetUp()
    {
        _server = TestServer.Start(Mail.Three);
        _other = _server.LogIn();
        _other.Command("c CREATE Work");
        _other.Command("s SELECT INBOX");
    }

    [TearDown]
    public void TearDown()
    {
        _other.Dispose();
        _server.Dispose();
    }

    [Test]
    public void A_flag_that_is_not_kept_is_passed_over() => _server.Converse("""
        C: a STORE 1 +FLAGS (\Nonsense)
        S: * 1 FETCH (FLAGS (\Seen))
        S: a OK …
        C: b STORE 1 FLAGS (\Flagged \XNone \Recent)
        S: * 1 FETCH (FLAGS (\Flagged))
        S: b OK …
        C: c STORE 1 -FLAGS (\Nonsense)
        S: * 1 FETCH (FLAGS (\Flagged))
        S: c OK …
        C: d APPEND INBOX (\Draft \XNone) {3+}
        C: abc
        S: * 4 EXISTS
        S: …
        S: d OK [APPENDUID … 4] …
        C: e UID FETCH 4 FLAGS
        S: * 4 FETCH (UID 4 FLAGS (\Draft…))
        S: e OK …
        """);

    [Test]
    public void A_silent_change_tells_nothing_but_what_others_have_changed()
    {
        _other.Command("a STORE 2 +FLAGS (\\Flagged)");
        _server.Converse("""
            C: a STORE 1:3 +FLAGS.SILENT (\Answered)
            S: * 2 FETCH (UID 2 FLAGS (\Answered \Flagged \Seen))
            S: a OK …
            C: b NOOP
            S: b OK …
            """);
    }

    [Test]
    public void A_copy_has_the_flags_the_keywords_and_the_internal_date() => AssertKept("COPY");

    [Test]
    public void What_is_moved_keeps_its_flags_its_keywords_and_its_internal_date_and_is_never_marked_deleted() => AssertKept("MOVE");

    [Test]
    public void A_COPY_that_names_a_lost_message_by_its_number_copies_none()
    {
        ExpungeElsewhere(2);
        _server.Converse("""
            C: a COPY 1:3 Work
            S: * 2 EXPUNGE
            S: a NO [EXPUNGEISSUED] …
            C: b STATUS Work (MESSAGES)
            S: * STATUS Work (MESSAGES 0)
            S: b OK …
            C: c COPY 1:2 Work
            S: c OK [COPYUID … 1,3 1:2] …
            """);
    }

    [Test]
    public void A_COPY_by_UIDs_passes_over_those_that_are_gone_and_tells_which_were_copied()
    {
        ExpungeElsewhere(2);
        _server.Converse("""
            C: a UID COPY 1:100 Work
            S: * 2 EXPUNGE
            S: a OK [COPYUID … 1,3 1:2] …
            C: b STATUS Work (MESSAGES)
            S: * STATUS Work (MESSAGES 2)
            S: b OK …
            """);
    }

    [Test]
    public void A_MOVE_that_names_a_lost_message_moves_the_others_and_tells_which()
    {
        ExpungeElsewhere(2);
        _server.Converse("""
            C: a MOVE 1:3 Work
            S: * OK [COPYUID … 1,3 1:2] …
            S: * 3 EXPUNGE
            S: * 2 EXPUNGE
            S: * 1 EXPUNGE
            S: a OK …
            C: b STATUS Work (MESSAGES DELETED)
            S: * STATUS Work (MESSAGES 2 DELETED 0)
            S: b OK …
            """);
    }

    [Test]
    public void A_message_may_be_moved_to_the_mailbox_it_is_in() => _server.Converse("""
        C: a MOVE 1 INBOX
        S: * OK [COPYUID … 1 4] …
        S: * 1 EXPUNGE
        S: * 3 EXISTS
        S: …
        S: a OK …
        C: b UID FETCH 1:* UID
        S: * 1 FETCH (UID 2)
        S: * 2 FETCH (UID 3)
        S: * 3 FETCH (UID 4)
        S: b OK …
        """);

    [TestCase("COPY 1 nowhere", "TRYCREATE")]
    [TestCase("UID COPY 1 nowhere", "TRYCREATE")]
    [TestCase("MOVE 1 nowhere", "TRYCREATE")]
    [TestCase("UID MOVE 1 nowhere", "TRYCREATE")]
    [TestCase("COPY 1 a//b", "CANNOT")]
    [TestCase("MOVE 1 ..", "CANNOT")]
    public void COPY_and_MOVE_make_no_mailbox_and_say_whether_one_can_be_made(string command, string code) => _server.Converse($"""
        C: a {command}
        S: a NO [{code}] …
        C: b LIST "" *
        S: * LIST (\HasNoChildren) "/" INBOX
        S: * LIST (\HasNoChildren) "/" Work
        S: b OK …
        C: c FETCH 1 UID
        S: * 1 FETCH (UID 1)
        S: c OK …
        """);

    [Test]
    public void UID_EXPUNGE_removes_what_is_both_named_and_marked_deleted()
    {
        _other.Command("a STORE 1,3 +FLAGS.SILENT (\\Deleted)");
        _server.Converse("""
            C: a UID EXPUNGE 2:100
            S: * 3 EXPUNGE
            S: …
            S: a OK …
            C: b UID SEARCH DELETED
            S: * SEARCH 1
            S: b OK …
            C: c UID EXPUNGE 2
            S: c OK …
            """);
    }

    [Test]
    public void EXPUNGE_removes_what_others_have_marked_deleted_too()
    {
        _other.Command("a STORE 1,3 +FLAGS.SILENT (\\Deleted)");
        _server.Converse("""
            C: a EXPUNGE
            S: * 3 EXPUNGE
            S: * 1 EXPUNGE
            S: a OK …
            C: b EXPUNGE
            S: b OK …
            """);
    }

    private void AssertKept(string command)
    {
        _server.Client.Command("a APPEND INBOX (\\Flagged \\Answered $Work) \"17-Jul-1996 02:44:25 -0700\" {3+}\r\nabc");
        string kept = _server.Client.Command("b FETCH 4 (INTERNALDATE RFC822.SIZE)")[0];
        _server.Client.Command($"c {command} 4 Work");
        _server.Client.Command("d EXAMINE Work");
        Assert.That(_server.Client.Command("e FETCH 1 (INTERNALDATE RFC822.SIZE)")[0], Is.EqualTo(kept.Replace("* 4 ", "* 1 ", StringComparison.Ordinal)));
        Assert.That(_server.Client.Command("f FETCH 1 FLAGS")[0], Does.Match(@"^\* 1 FETCH \(FLAGS \(\\Answered \\Flagged( \\Recent)? \$Work\)\)$"));
    }

    private void ExpungeElsewhere(int number)
    {
        _other.Command($"a STORE {number} +FLAGS.SILENT (\\Deleted)");
        _other.Command("b EXPUNGE");
    }
}
