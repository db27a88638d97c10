using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>When EXPUNGE may be told (RFC 9051 §7.5.1, §5.5), and what is said of messages that are gone (RFC 2180 §4).</summary>
public sealed class NumberingRuleTests
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

    [TestCase("FETCH 1 FLAGS")]
    [TestCase("FETCH 2 UID")]
    [TestCase("STORE 1 +FLAGS (\\Flagged)")]
    [TestCase("STORE 1 +FLAGS.SILENT (\\Flagged)")]
    [TestCase("SEARCH ALL")]
    [TestCase("SEARCH RETURN (COUNT) ALL")]
    public void A_command_that_goes_by_numbers_tells_of_no_lost_message_and_the_next_other_one_does(string command)
    {
        ExpungeElsewhere(2);
        Assert.That(_server.Client.Command("a " + command), Has.None.EndsWith(" EXPUNGE"));
        Assert.That(_server.Client.Command("b " + command), Has.None.EndsWith(" EXPUNGE"));
        Assert.That(_server.Client.Command("c NOOP")[0], Is.EqualTo("* 2 EXPUNGE"));
    }

    [TestCase("NOOP")]
    [TestCase("CHECK")]
    [TestCase("CAPABILITY")]
    [TestCase("EXPUNGE")]
    [TestCase("STATUS Work (MESSAGES)")]
    [TestCase("LIST \"\" Work")]
    [TestCase("COPY 1 Work")]
    [TestCase("UID COPY 1 Work")]
    [TestCase("UID FETCH 1 FLAGS")]
    [TestCase("UID STORE 1 +FLAGS (\\Flagged)")]
    [TestCase("UID SEARCH ALL")]
    [TestCase("UID EXPUNGE 1")]
    [TestCase("APPEND Work {3+}\r\nabc")]
    public void Every_other_command_tells_of_lost_messages_before_its_answer(string command)
    {
        ExpungeElsewhere(2);
        Assert.That(_server.Client.Command("a " + command), Has.One.EqualTo("* 2 EXPUNGE"));
        Assert.That(_server.Client.Command("b FETCH 2 UID")[0], Is.EqualTo("* 2 FETCH (UID 3)"));
    }

    [Test]
    public void Nothing_is_told_while_no_command_is_in_progress()
    {
        ExpungeElsewhere(2);
        _server.Client.Send("a NAMESPACE\r\n").Converse("""
            S: * NAMESPACE …
            S: * 2 EXPUNGE
            S: a OK …
            """);
    }

    [Test]
    public void A_lost_message_is_answered_for_where_nothing_of_it_is_needed_and_else_left_out()
    {
        ExpungeElsewhere(2);
        _server.Converse("""
            C: a FETCH 1:3 UID
            S: * 1 FETCH (UID 1)
            S: * 2 FETCH (UID 2)
            S: * 3 FETCH (UID 3)
            S: a OK …
            C: b FETCH 2 BODY.PEEK[]
            S: b NO [EXPUNGEISSUED] …
            C: c STORE 2:3 +FLAGS (\Flagged)
            S: * 3 FETCH (FLAGS (\Flagged \Seen))
            S: c NO [EXPUNGEISSUED] …
            C: d STORE 2:3 +FLAGS.SILENT (\Draft)
            S: d OK [EXPUNGEISSUED] …
            C: e SEARCH ALL
            S: * SEARCH 1 3
            S: e OK …
            C: f FETCH 4 UID
            S: f BAD …
            """);
    }

    [Test]
    public void Commands_sent_together_are_done_in_their_order()
    {
        _server.Client.Send("""
            a STORE 1 +FLAGS.SILENT (\Deleted)
            b EXPUNGE
            c FETCH 1 UID
            d COPY 1 Work
            e UID MOVE 2 Work
            f SEARCH ALL
            g FETCH 1 UID

            """.ReplaceLineEndings("\r\n")).Converse("""
            S: a OK …
            S: * 1 EXPUNGE
            S: b OK …
            S: * 1 FETCH (UID 2)
            S: c OK …
            S: d OK [COPYUID … 2 1] …
            S: * OK [COPYUID … 2 2] …
            S: * 1 EXPUNGE
            S: e OK …
            S: * SEARCH 1
            S: f OK …
            S: * 1 FETCH (UID 3)
            S: g OK …
            """);
    }

    [Test]
    public void Every_FETCH_response_while_a_UID_command_is_done_has_the_UID()
    {
        _other.Command("a STORE 2 +FLAGS (\\Flagged)");
        foreach (string command in new[] { "UID SEARCH ALL", "UID COPY 1 Work", "UID EXPUNGE 1", "UID FETCH 1 FLAGS", "UID STORE 1 +FLAGS (\\Draft)" })
        {
            string[] fetches = [.. _server.Client.Command("b " + command).Where(line => line.Contains(" FETCH (", StringComparison.Ordinal))];
            Assert.That(fetches, Is.All.Contains("FETCH (UID "), command);
            _other.Command("c STORE 2 -FLAGS (\\Flagged)");
            _other.Command("d STORE 2 +FLAGS (\\Flagged)");
        }
    }

    private void ExpungeElsewhere(int number)
    {
        _other.Command($"a STORE {number} +FLAGS.SILENT (\\Deleted)");
        _other.Command("b EXPUNGE");
    }
}
