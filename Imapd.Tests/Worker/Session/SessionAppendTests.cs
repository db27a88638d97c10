using Imapd.Protocol.Handoff;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

public sealed class SessionAppendTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.Start(Mail.Three);

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void An_appended_message_is_there_with_its_flags_and_UID() => _server.Converse("""
        C: a APPEND INBOX (\Flagged $Work) "17-Jul-1996 02:44:25 -0700" {24}
        S: + …
        C: Subject: fourth
        C:
        C: Text.
        S: * 4 EXISTS
        S: * … RECENT
        S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $Work)
        S: * OK [PERMANENTFLAGS (… $Work \*)] …
        S: a OK [APPENDUID … 4] …
        C: b FETCH 4 (FLAGS INTERNALDATE RFC822.SIZE)
        S: * 4 FETCH (FLAGS (\Flagged …$Work) INTERNALDATE "17-Jul-1996 09:44:25 +0000" RFC822.SIZE 24)
        S: b OK …
        """);

    [Test]
    public void A_literal_of_any_kind_carries_the_message() => _server.Converse("""
        C: a APPEND INBOX {13+}
        C: Subject: x
        C: y
        S: * 4 EXISTS
        S: …
        S: a OK [APPENDUID … 4] …
        C: b APPEND INBOX ~{13+}
        C: Subject: x
        C: y
        S: * 5 EXISTS
        S: …
        S: b OK [APPENDUID … 5] …
        C: c APPEND {5+}
        C: INBOX () {13}
        S: + …
        C: Subject: x
        C: y
        S: * 6 EXISTS
        S: …
        S: c OK [APPENDUID … 6] …
        """);

    [Test]
    public void A_mailbox_that_is_not_there_can_be_created_before_the_message_is_sent() => _server.Converse("""
        C: a APPEND nowhere {13}
        S: a NO [TRYCREATE] …
        C: b APPEND nowhere {13+}
        C: Subject: x
        C: y
        S: b NO [TRYCREATE] …
        C: c NOOP
        S: c OK …
        """);

    [Test]
    public void A_message_beyond_the_limit_is_never_asked_for() => _server.Converse("""
        C: a APPEND INBOX {67108865}
        S: a NO [TOOBIG] …
        C: b APPEND INBOX {18446744073709551615}
        S: b NO [TOOBIG] …
        C: c NOOP
        S: c OK …
        """);

    [TestCase("a APPEND INBOX (\\Nonsense {15}")]
    [TestCase("a APPEND INBOX \"99-Jul-1996 02:44:25 -0700\" {15}")]
    [TestCase("a APPEND {15}")]
    [TestCase("a APPEND INBOX INBOX {15}")]
    [TestCase("a APPEND INBOX text")]
    public void What_is_no_APPEND_is_refused(string command)
    {
        _server.Client.Send(command + "\r\n");
        string answer = _server.Client.ReadLine()!;
        if (answer.StartsWith('+'))
        {
            answer = _server.Client.Send("Subject: x\r\ny\r\n\r\n").ReadLine()!;
        }

        Assert.That(answer, Does.StartWith("a BAD ").Or.StartWith("a NO [CANNOT] "));
        NothingWasStored();
    }

    [Test]
    public void What_follows_the_message_must_be_the_end_of_the_command()
    {
        _server.Converse("""
            C: a APPEND INBOX {13+}
            C: Subject: x
            C: y more
            S: a BAD …
            C: b NOOP
            S: b OK …
            """);
        NothingWasStored();
    }

    [Test]
    public void Several_messages_in_one_APPEND_are_refused_together()
    {
        _server.Converse("""
            C: a APPEND INBOX {13+}
            C: Subject: x
            C: y {13+}
            C: Subject: x
            C: y
            S: a BAD …
            C: b NOOP
            S: b OK …
            """);
        NothingWasStored();
    }

    [Test]
    public void A_truncated_message_is_not_stored()
    {
        TestClient other = _server.LogIn().Converse("""
            C: a APPEND INBOX {1000}
            S: + …
            C: Subject: half of it
            """);
        other.FinishSending();
        Assert.That(other.End(), Is.EqualTo(SessionEnd.Disconnected));
        NothingWasStored();
    }

    [Test]
    public void A_client_that_leaves_before_the_end_of_the_command_has_stored_nothing()
    {
        TestClient other = _server.LogIn().Converse("""
            C: a APPEND INBOX {15}
            S: + …
            """);
        other.Send("Subject: x\r\ny\r\n").FinishSending();
        Assert.That(other.End(), Is.EqualTo(SessionEnd.Disconnected));
        NothingWasStored();
    }

    [Test]
    public void A_client_that_stalls_within_a_message_is_given_up()
    {
        _server.Options = _server.Options with { LiteralStalledMilliseconds = 1 };
        TestClient other = _server.LogIn().Converse("""
            C: a APPEND INBOX {1000}
            S: + …
            S: * BYE …
            """);
        Assert.That(other.End(), Is.EqualTo(SessionEnd.Autologout));
        NothingWasStored();
    }

    [Test]
    public void A_message_of_many_reads_is_stored_whole()
    {
        string message = Mail.Of("large") + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\r\n"));
        _server.Client.Send($"a APPEND INBOX {{{message.Length}}}\r\n").Converse("S: + …");
        _server.Client.Send(message + "\r\n").Converse($$"""
            S: * 4 EXISTS
            S: …
            S: a OK [APPENDUID … 4] …
            C: b FETCH 4 RFC822.SIZE
            S: * 4 FETCH (RFC822.SIZE {{message.Length}})
            S: b OK …
            """);
    }

    [Test]
    public void Mail_that_is_being_sent_is_taken_before_the_server_stops()
    {
        TestClient other = _server.LogIn().Converse("""
            C: a APPEND INBOX {15}
            S: + …
            """);
        other.Host.ShutDown(ShutdownReason.ServerStopping);
        other.Send("Subject: x\r\ny\r\n\r\n").Converse("""
            S: …
            S: * BYE [UNAVAILABLE] …
            """);
    }

    private void NothingWasStored()
    {
        _server.Client.Converse("""
            C: n STATUS INBOX (MESSAGES)
            S: * STATUS INBOX (MESSAGES 3)
            S: n OK …
            """);
        Assert.That(Directory.GetFiles(Path.Combine(_server.MailRoot, "tmp")), Is.Empty);
    }
}
