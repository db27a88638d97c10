using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>What is told of a mailbox that others change, and when (RFC 9051 §5.2, §7.4.1, §7.5.1).</summary>
public sealed class UpdateConformanceTests
{
    private TestServer _server = null!;
    private TestClient _other = null!;

    [SetUp]
    public void SetUp()
    {
        _server = TestServer.Start(Mail.Three);
        _other = _server.LogIn();
        _other.Command("s SELECT INBOX");
    }

    [TearDown]
    public void TearDown()
    {
        _other.Dispose();
        _server.Dispose();
    }

    [TestCase("FETCH 3 UID", "* 3 FETCH (UID 3)")]
    [TestCase("STORE 3 +FLAGS (\\Draft)", "* 3 FETCH (FLAGS (\\Seen \\Draft))")]
    [TestCase("SEARCH UID 3", "* SEARCH 3")]
    [TestCase("SEARCH RETURN (ALL) UID 3", "* ESEARCH (TAG \"a\") ALL 3")]
    public void EXPUNGE_is_not_told_during_commands_that_name_messages_by_number(string command, string answer)
    {
        ExpungeElsewhere(1);
        _server.Converse($"""
            C: a {command}
            S: {answer}
            S: a OK …
            C: b NOOP
            S: * 1 EXPUNGE
            S: b OK …
            """);
    }

    [TestCase("UID FETCH 3 UID", "* 3 FETCH (UID 3)")]
    [TestCase("UID STORE 3 +FLAGS (\\Draft)", "* 3 FETCH (UID 3 FLAGS (\\Seen \\Draft))")]
    [TestCase("UID SEARCH UID 3", "* SEARCH 3")]
    [TestCase("STATUS INBOX (UIDNEXT)", "* STATUS INBOX (UIDNEXT 4)")]
    [TestCase("NAMESPACE", "* NAMESPACE …")]
    [TestCase("LIST \"\" INBOX", "* LIST …")]
    public void EXPUNGE_is_told_during_any_other_command(string command, string answer)
    {
        ExpungeElsewhere(1);
        _server.Converse($"""
            C: a {command}
            S: {answer}
            S: * 1 EXPUNGE
            S: a OK …
            """);
    }

    [Test]
    public void Nothing_is_told_while_the_rest_of_a_command_is_awaited()
    {
        _server.Client.Send("a STATUS {5}\r\n").Converse("S: + …");
        ExpungeElsewhere(1);
        _server.Deliver(Mail.Of("fourth"));
        _server.Client.Send("INBOX {0}").Send("\r\n").Converse("S: + …");
        _server.Client.Send("(MESSAGES)\r\n").Converse("""
            S: a BAD …
            C: b NOOP
            S: * 1 EXPUNGE
            S: * 3 EXISTS
            S: …
            S: b OK …
            """);
    }

    [Test]
    public void Each_EXPUNGE_counts_for_the_numbers_in_the_next()
    {
        ExpungeElsewhere(1, 2);
        _server.Deliver(Mail.Of("fourth"));
        _server.Converse("""
            C: a NOOP
            S: * 2 EXPUNGE
            S: * 1 EXPUNGE
            S: * 2 EXISTS
            S: …
            S: a OK …
            C: b FETCH 1:2 UID
            S: * 1 FETCH (UID 3)
            S: * 2 FETCH (UID 4)
            S: b OK …
            """);
    }

    [TestCase("FETCH 1 UID")]
    [TestCase("SEARCH ALL")]
    [TestCase("STORE 1 +FLAGS.SILENT (\\Draft)")]
    [TestCase("CAPABILITY")]
    [TestCase("SUBSCRIBE INBOX")]
    [TestCase("CREATE Work")]
    [TestCase("ENABLE X")]
    public void New_messages_are_told_with_every_command(string command)
    {
        _server.Deliver(Mail.Of("fourth"));
        _server.Converse($"""
            C: a {command}
            S: …
            S: * 4 EXISTS
            S: …
            S: a OK …
            """);
    }

    [Test]
    public void Flags_that_others_changed_are_told_with_the_UID()
    {
        _server.Client.Command("e ENABLE IMAP4rev2");
        _other.Command("a STORE 2 +FLAGS (\\Flagged)");
        _server.Converse("""
            C: a STATUS INBOX (UIDNEXT)
            S: * STATUS INBOX (UIDNEXT 4)
            S: * 2 FETCH (UID 2 FLAGS (\Flagged \Seen))
            S: a OK …
            """);
    }

    [Test]
    public void A_search_by_UID_reads_numbers_as_they_were_before_its_own_EXPUNGE()
    {
        ExpungeElsewhere(1);
        _server.Converse("""
            C: a UID SEARCH 2:3
            S: * SEARCH 2 3
            S: * 1 EXPUNGE
            S: a OK …
            C: b UID SEARCH 2
            S: * SEARCH 3
            S: b OK …
            """);
    }

    private void ExpungeElsewhere(params int[] uids)
    {
        string set = string.Join(',', uids);
        _other.Command($"x UID STORE {set} +FLAGS.SILENT (\\Deleted)");
        _other.Command($"y UID EXPUNGE {set}");
    }
}
