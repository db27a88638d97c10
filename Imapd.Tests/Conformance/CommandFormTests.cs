using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>How commands and their arguments are written (RFC 9051 §2.2, §4, §9).</summary>
public sealed class CommandFormTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.Start(Mail.Three);

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void A_tag_may_be_used_again() => _server.Converse("""
        C: a NOOP
        S: a OK …
        C: a NOOP
        S: a OK …
        C: a STATUS INBOX (MESSAGES)
        S: * STATUS INBOX (MESSAGES 3)
        S: a OK …
        """);

    [Test]
    public void Commands_sent_together_are_done_in_their_order_and_answered_with_their_tags() => _server.Client
        .Send("a FETCH 1:3 BODY[]<0.1>\r\nb STORE 1 -FLAGS.SILENT (\\Seen)\r\nc SEARCH UNSEEN\r\nd FETCH 1 BODY[]<0.1>\r\ne SEARCH UNSEEN\r\nf XYZZY\r\n")
        .Converse("""
            S: * 1 FETCH (BODY[]<0> {1}
            S: F)
            S: * 2 FETCH (BODY[]<0> {1}
            S: F)
            S: * 3 FETCH (BODY[]<0> {1}
            S: F)
            S: a OK …
            S: b OK …
            S: * SEARCH 1
            S: c OK …
            S: * 1 FETCH (BODY[]<0> {1}
            S: F FLAGS (\Seen))
            S: d OK …
            S: * SEARCH
            S: e OK …
            S: f BAD …
            """);

    [TestCase("{5}")]
    [TestCase("{0}")]
    public void A_synchronising_literal_is_asked_for_whatever_its_length(string literal) => _server.Converse($"""
        C: a SEARCH SUBJECT {literal}
        S: + …
        """);

    [Test]
    public void The_empty_string_is_written_in_three_ways() => _server.Converse("""
        C: a SEARCH SUBJECT ""
        S: * SEARCH 1 2 3
        S: a OK …
        C: b SEARCH SUBJECT {0}
        S: + …
        C:
        S: * SEARCH 1 2 3
        S: b OK …
        C: c SEARCH SUBJECT {0+}
        C:
        S: * SEARCH 1 2 3
        S: c OK …
        """);

    [Test]
    public void A_literal_may_hold_line_ends_and_stand_before_other_arguments() => _server.Converse("""
        C: a SEARCH SUBJECT {7+}
        C: fir
        C: st SUBJECT {5+}
        C: first
        S: * SEARCH
        S: a OK …
        C: b SEARCH SUBJECT {5+}
        C: first UID 1:2
        S: * SEARCH 1
        S: b OK …
        """);

    [Test]
    public void After_login_a_literal_of_any_size_need_not_be_asked_for()
    {
        _server.Client.Send($"a SEARCH SUBJECT {{5000+}}\r\n{new string('x', 5000)}\r\n").Converse("""
            S: * SEARCH
            S: a OK …
            """);
    }

    [Test]
    public void Before_login_a_literal_that_is_not_asked_for_has_at_most_4096_octets()
    {
        TestClient client = _server.Connect();
        client.Send($"a LOGIN {{4096+}}\r\n{new string('x', 4096)} test\r\n").Converse("S: a NO [AUTHENTICATIONFAILED] …");
        client.Send($"b LOGIN {{4097+}}\r\n{new string('x', 4097)} test\r\n").Converse("S: b BAD [TOOBIG] …");
    }

    [Test]
    public void Whatever_the_server_sends_as_a_literal_is_synchronising()
    {
        _server.Deliver("Subject: \u00e4\r\nFrom: x@y\r\n\r\n\u00e4\r\n");
        _server.Client.Command("n NOOP");
        IReadOnlyList<string> lines = _server.Client.Command("a FETCH 4 (ENVELOPE BODYSTRUCTURE BODY[] BINARY[1])");
        Assert.That(lines, Has.Some.Match(@"\{[0-9]+\}$").And.None.Match(@"\{[0-9]+\+\}$"));
    }

    // A command whose words are in the other case, and what it says when it was understood.
    [TestCase("nOOp", "a OK …")]
    [TestCase("sTATUS iNBOX (mESSAGES)", "* STATUS INBOX (MESSAGES 3)")]
    [TestCase("fETCH 1 (uID fLAGS)", "* 1 FETCH (UID 1 FLAGS (\\Seen))")]
    [TestCase("fETCH 1 bODY.pEEK[hEADER.fIELDS (sUBJECT)]<0.8>", "* 1 FETCH (BODY[HEADER.FIELDS (sUBJECT)]<0> {8}")]
    [TestCase("uID fETCH 1 bINARY.sIZE[1]", "* 1 FETCH (UID 1 BINARY.SIZE[1] 15)")]
    [TestCase("sEARCH cHARSET uTF-8 nOT oR uID 2 sUBJECT fIRST", "* SEARCH 3")]
    [TestCase("SEARCH CHARSET \"us-ascii\" SUBJECT third", "* SEARCH 3")]
    [TestCase("sEARCH rETURN (mIN cOUNT) sENTSINCE 1-jAN-1990 aLL", "* ESEARCH (TAG \"a\") COUNT 0")]
    [TestCase("sTORE 1 +fLAGS (\\dRAFT)", "* 1 FETCH (FLAGS (\\Seen \\Draft))")]
    [TestCase("lIST (sUBSCRIBED) \"\" * rETURN (cHILDREN)", "a OK …")]
    [TestCase("eNABLE iMAP4REV2", "* ENABLED IMAP4rev2")]
    [TestCase("nAMESPACE", "* NAMESPACE …")]
    public void Words_are_taken_in_any_case(string command, string answer) => _server.Converse($"""
        C: a {command}
        S: {answer}
        """);

    [TestCase("a  NOOP")]
    [TestCase("a SELECT  INBOX")]
    [TestCase("a SELECT INBOX ")]
    [TestCase("a SELECT\tINBOX")]
    [TestCase("a FETCH  1 FLAGS")]
    [TestCase("a FETCH 1  FLAGS")]
    [TestCase("a FETCH 1 ( FLAGS)")]
    [TestCase("a FETCH 1 (FLAGS )")]
    [TestCase("a FETCH 1 (FLAGS  UID)")]
    [TestCase("a FETCH 1 FLAGS\t")]
    [TestCase("a STORE 1 +FLAGS  (\\Seen)")]
    [TestCase("a STORE 1 +FLAGS (\\Seen  \\Draft)")]
    [TestCase("a STATUS INBOX  (MESSAGES)")]
    [TestCase("a STATUS INBOX ( MESSAGES)")]
    [TestCase("a SEARCH  ALL")]
    [TestCase("a SEARCH ALL  SEEN")]
    [TestCase("a LIST \"\"  *")]
    [TestCase("a COPY 1  INBOX")]
    [TestCase("a UID  FETCH 1 FLAGS")]
    [TestCase("a NOOP now")]
    [TestCase("a FETCH 1")]
    [TestCase("a FETCH 1FLAGS")]
    [TestCase("a STORE 1 FLAGS")]
    [TestCase("a COPY 1")]
    public void Missing_and_superfluous_spaces_and_arguments_are_BAD(string line) => _server.Converse($"""
        C: {line}
        S: a BAD …
        C: b NOOP
        S: b OK …
        """);

    [TestCase("a SELECT \"IN\0BOX\"\r\n")]
    [TestCase("a SELECT IN\0BOX\r\n")]
    [TestCase("a SELECT {6+}\r\nIN\0BOX\r\n")]
    [TestCase("a SEARCH SUBJECT {1+}\r\n\0\r\n")]
    [TestCase("a FETCH 1 BODY[HEADER.FIELDS (\"\0\")]\r\n")]
    [TestCase("a NO\0OP\r\n")]
    public void A_NUL_is_BAD_wherever_it_stands(string input) => _server.Client.Send(input).Converse("""
        S: a BAD …
        C: b NOOP
        S: b OK …
        """);

    [Test]
    public void UTF_8_is_taken_in_a_quoted_string_and_what_is_not_UTF_8_is_BAD()
    {
        _server.Client.Command("e ENABLE IMAP4rev2");
        _server.Client.Send("a CREATE \"\u00c3\u00a4\"\r\n").Converse("S: a OK …");
        _server.Client.Send("b STATUS \"\u00c3\u00a4\" (MESSAGES)\r\n").Converse("""
            S: * STATUS …(MESSAGES 0)
            S: b OK …
            """);
        _server.Client.Send("c STATUS \"\u00e4\" (MESSAGES)\r\n").Converse("S: c BAD …");
        _server.Client.Send("d SEARCH SUBJECT \"\u00c3\u00a4\"\r\n").Converse("""
            S: * ESEARCH (TAG "d")
            S: d OK …
            """);
    }

    [Test]
    public void A_mailbox_may_be_called_NIL() => _server.Converse("""
        C: a CREATE NIL
        S: a OK …
        C: b LIST "" NIL
        S: * LIST (\HasNoChildren) "/" "NIL"
        S: b OK …
        C: c STATUS NIL (MESSAGES)
        S: * STATUS "NIL" (MESSAGES 0)
        S: c OK …
        """);

    [TestCase("INBOX")]
    [TestCase("iNbOx")]
    [TestCase("\"inbox\"")]
    [TestCase("{5+}\r\nInBoX")]
    public void INBOX_is_INBOX_in_any_case_and_form(string name) =>
        _server.Client.Send($"a STATUS {name} (MESSAGES)\r\n").Converse("""
            S: * STATUS INBOX (MESSAGES 3)
            S: a OK …
            """);

    [Test]
    public void The_message_numbers_of_a_set_may_overlap_and_stand_in_any_order() => _server.Converse("""
        C: a FETCH 3:2,*:3,1,2:3 UID
        S: * 1 FETCH (UID 1)
        S: * 2 FETCH (UID 2)
        S: * 3 FETCH (UID 3)
        S: a OK …
        C: b UID FETCH 700:* UID
        S: * 3 FETCH (UID 3)
        S: b OK …
        """);

    [TestCase("FETCH 4 UID")]
    [TestCase("STORE 4 +FLAGS (\\Seen)")]
    [TestCase("COPY 2:4 INBOX")]
    [TestCase("MOVE 1,4 INBOX")]
    public void A_number_beyond_the_last_message_is_BAD(string command) => _server.Converse($"""
        C: a {command}
        S: a BAD …
        C: b STATUS INBOX (MESSAGES)
        S: * STATUS INBOX (MESSAGES 3)
        S: b OK …
        """);

    [Test]
    public void In_an_empty_mailbox_the_asterisk_is_no_number_and_a_UID_without_a_message() => _server.Converse("""
        C: a CREATE Empty
        S: a OK …
        C: b SELECT Empty
        S: …
        S: b OK …
        C: c FETCH * UID
        S: c BAD …
        C: d FETCH 1:* UID
        S: d BAD …
        C: e UID FETCH * UID
        S: e OK …
        C: f UID FETCH 1:* UID
        S: f OK …
        """);

    [TestCase("XYZZY {5}", "a BAD There is no command XYZZY")]
    [TestCase("UID XYZZY {5}", "a BAD There is no command UID XYZZY")]
    [TestCase("LOGIN {5}", "a BAD [CLIENTBUG] …")]
    public void No_literal_is_asked_for_by_a_command_that_cannot_be(string command, string answer) => _server.Converse($"""
        C: a {command}
        S: {answer}
        C: b NOOP
        S: b OK …
        """);
}
