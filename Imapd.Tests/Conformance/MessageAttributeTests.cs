using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>UIDs, numbers, dates and sizes of messages (RFC 9051 §2.3).</summary>
public sealed class MessageAttributeTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.Start(Mail.Three);

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void UIDNEXT_changes_with_every_new_message_and_with_nothing_else() => _server.Converse("""
        C: a STATUS INBOX (UIDNEXT)
        S: * STATUS INBOX (UIDNEXT 4)
        S: a OK …
        C: b STORE 1:3 +FLAGS.SILENT (\Deleted)
        S: b OK …
        C: c EXPUNGE
        S: …
        S: c OK …
        C: d STATUS INBOX (UIDNEXT)
        S: * STATUS INBOX (UIDNEXT 4)
        S: d OK …
        C: e APPEND INBOX (\Deleted) {14+}
        C: Subject: x
        C:
        C:
        S: …
        S: e OK [APPENDUID … 4] …
        C: f EXPUNGE
        S: …
        S: f OK …
        C: g STATUS INBOX (UIDNEXT MESSAGES)
        S: * STATUS INBOX (MESSAGES 0 UIDNEXT 5)
        S: g OK …
        C: h APPEND INBOX {14+}
        C: Subject: x
        C:
        C:
        S: …
        S: h OK [APPENDUID … 5] …
        """);

    [Test]
    public void Numbers_follow_UIDs_and_close_up_when_messages_go() => _server.Converse("""
        C: a STORE 2 +FLAGS.SILENT (\Deleted)
        S: a OK …
        C: b EXPUNGE
        S: * 2 EXPUNGE
        S: b OK …
        C: c APPEND INBOX {14+}
        C: Subject: x
        C:
        C:
        S: * 3 EXISTS
        S: …
        S: c OK …
        C: d FETCH 1:* UID
        S: * 1 FETCH (UID 1)
        S: * 2 FETCH (UID 3)
        S: * 3 FETCH (UID 4)
        S: d OK …
        """);

    [Test]
    public void Of_a_message_only_its_flags_change()
    {
        const string Fetch = "f UID FETCH 2 (INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[])";
        IReadOnlyList<string> before = _server.Client.Command(Fetch);
        _server.Client.Command("a STORE 2 FLAGS (\\Answered Work)");
        TestClient later = _server.LogIn();
        later.Command("s SELECT INBOX");
        later.Command("b STORE 1 +FLAGS (\\Deleted)");
        later.Command("c EXPUNGE");
        Assert.That(later.Command(Fetch).Skip(1), Is.EqualTo(before.Skip(1)));
        Assert.That(later.Command(Fetch)[0].Replace("* 1 ", "* 2 ", StringComparison.Ordinal), Is.EqualTo(before[0]));
    }

    [Test]
    public void APPEND_COPY_and_MOVE_keep_the_internal_date() => _server.Converse("""
        C: a CREATE Work
        S: a OK …
        C: b APPEND INBOX " 7-Feb-1994 23:52:25 +0200" {14+}
        C: Subject: x
        C:
        C:
        S: …
        S: b OK …
        C: c COPY 4 Work
        S: c OK …
        C: d MOVE 4 Work
        S: …
        S: d OK …
        C: e SELECT Work
        S: …
        S: e OK …
        C: f FETCH 1:2 INTERNALDATE
        S: * 1 FETCH (INTERNALDATE " 7-Feb-1994 21:52:25 +0000")
        S: * 2 FETCH (INTERNALDATE " 7-Feb-1994 21:52:25 +0000")
        S: f OK …
        """);
}
