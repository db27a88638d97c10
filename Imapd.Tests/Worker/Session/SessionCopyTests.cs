using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>COPY, MOVE and EXPUNGE.</summary>
public sealed class SessionCopyTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp()
    {
        _server = TestServer.Start(Mail.Three);
        _server.Client.Command("c CREATE Work");
    }

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void COPY_tells_the_UIDs_of_the_copies() => _server.Converse("""
        C: a COPY 2:3 Work
        S: a OK [COPYUID … 2:3 1:2] …
        C: b UID COPY 1,3 Work
        S: b OK [COPYUID … 1,3 3:4] …
        C: c STATUS Work (MESSAGES UNSEEN)
        S: * STATUS Work (MESSAGES 4 UNSEEN 0)
        S: c OK …
        C: d COPY 1 INBOX
        S: * 4 EXISTS
        S: …
        S: d OK [COPYUID … 1 4] …
        """);

    [Test]
    public void MOVE_tells_the_UIDs_before_the_numbers_change() => _server.Converse("""
        C: a MOVE 1,3 Work
        S: * OK [COPYUID … 1,3 1:2] …
        S: * 3 EXPUNGE
        S: * 1 EXPUNGE
        S: a OK …
        C: b UID MOVE 2 Work
        S: * OK [COPYUID … 2 3] …
        S: * 1 EXPUNGE
        S: b OK …
        C: c STATUS Work (MESSAGES)
        S: * STATUS Work (MESSAGES 3)
        S: c OK …
        """);

    [Test]
    public void A_set_that_names_no_message_is_done_at_once() => _server.Converse("""
        C: a UID COPY 100:200 Work
        S: a OK …
        C: b UID MOVE 100:200 Work
        S: b OK …
        C: c COPY 4 Work
        S: c BAD …
        C: d MOVE 1:4 Work
        S: d BAD …
        C: e UID EXPUNGE 100:200
        S: e OK …
        """);

    [Test]
    public void A_destination_that_is_not_there_can_be_created() => _server.Converse("""
        C: a COPY 1 nowhere
        S: a NO [TRYCREATE] …
        C: b MOVE 1 nowhere
        S: b NO [TRYCREATE] …
        C: c NOOP
        S: c OK …
        """);

    [Test]
    public void EXPUNGE_removes_all_deleted_messages_and_UID_EXPUNGE_only_those_named() => _server.Converse("""
        C: a STORE 1:3 +FLAGS.SILENT (\Deleted)
        S: a OK …
        C: b UID EXPUNGE 2
        S: * 2 EXPUNGE
        S: b OK …
        C: c EXPUNGE
        S: * 2 EXPUNGE
        S: * 1 EXPUNGE
        S: c OK …
        C: d EXPUNGE
        S: d OK …
        """);

    [Test]
    public void Copying_only_messages_that_are_gone_says_so()
    {
        _server.Elsewhere(other => other.Move([new(2)], MailboxOf("Work")));
        _server.Converse("""
            C: a COPY 2 Work
            S: * 2 EXPUNGE
            S: a NO [EXPUNGEISSUED] …
            """);
    }

    private static Imapd.Protocol.Values.MailboxName MailboxOf(string text)
    {
        Imapd.Protocol.Values.MailboxName.TryCreate(text, out Imapd.Protocol.Values.MailboxName? name, out _);
        return name!;
    }
}
