using Imapd.Protocol.Handoff;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>Whatever a client sends, it is told what was wrong, and the session goes on.</summary>
public sealed class SessionBadInputTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.StartAlone();

    [TearDown]
    public void TearDown() => _server.Dispose();

    [TestCase("a FROBNICATE\r\n", "a BAD There is no command FROBNICATE")]
    [TestCase("a\r\n", "… BAD …")]
    [TestCase("\r\n", "* BAD …")]
    [TestCase(" \r\n", "* BAD …")]
    [TestCase("+ NOOP\r\n", "* BAD …")]
    [TestCase("* NOOP\r\n", "* BAD …")]
    [TestCase("a  NOOP\r\n", "a BAD …")]
    [TestCase("a NOOP \r\n", "a BAD …")]
    [TestCase("a NOOP\r\r\n", "a BAD …")]
    [TestCase("a\tNOOP\r\n", "* BAD …")]
    [TestCase("a NO\0OP\r\n", "a BAD …")]
    [TestCase("a UID NOOP\r\n", "a BAD …")]
    [TestCase("a SELECT\r\n", "a BAD …")]
    [TestCase("a SELECT INBOX INBOX\r\n", "a BAD …")]
    [TestCase("a SELECT \"a\0b\"\r\n", "a BAD …")]
    [TestCase("a SELECT \"unfinished\r\n", "a BAD …")]
    [TestCase("a SELECT {3+}\r\na\0b\r\n", "a … …")]
    [TestCase("a SELECT {4294967296}\r\n", "a BAD [TOOBIG] …")]
    [TestCase("a SELECT {18446744073709551615}\r\n", "a BAD [TOOBIG] …")]
    [TestCase("a SELECT {18446744073709551616}\r\n", "a BAD …")]
    [TestCase("a SELECT {-1}\r\n", "a BAD …")]
    [TestCase("a SELECT { 1}\r\n", "a BAD …")]
    [TestCase("a SELECT {1 }\r\n", "a BAD …")]
    [TestCase("a SELECT {}\r\n", "a BAD …")]
    [TestCase("a SELECT \u00ff\u00fe\r\n", "a … …")]
    [TestCase("a SELECT \"\u00c3\u0028\"\r\n", "a … …")]
    [TestCase("a SELECT &&\r\n", "a … …")]
    [TestCase("a SELECT ..\r\n", "a NO [CANNOT] …")]
    [TestCase("a SELECT a/../b\r\n", "a NO [CANNOT] …")]
    [TestCase("a STATUS INBOX ()\r\n", "a BAD …")]
    [TestCase("a STATUS INBOX (HIGHESTMODSEQ)\r\n", "a BAD …")]
    [TestCase("a STATUS INBOX (NONSENSE)\r\n", "a BAD …")]
    [TestCase("a LIST\r\n", "a BAD …")]
    [TestCase("a LIST (RECURSIVEMATCH) \"\" *\r\n", "a BAD …")]
    [TestCase("a ENABLE\r\n", "a BAD …")]
    [TestCase("a SELECT INBOX (CONDSTORE)\r\n", "a BAD …")]
    public void Bad_input_gets_an_answer_and_the_session_goes_on(string input, string answer) =>
        _server.LogIn().Send(input).Converse($"""
            S: {answer}
            C: z NAMESPACE
            S: * NAMESPACE …
            S: z OK …
            """);

    [Test]
    public void A_line_beyond_the_limit_is_read_away()
    {
        _server.Connect().Send("a " + new string('x', 9_000) + "\r\n").Converse("""
            S: a BAD A command has at most 8192 octets outside its literals
            C: b NOOP
            S: b OK …
            """);
        _server.LogIn().Send("a SELECT " + new string('x', 1_000_000) + "\r\n").Converse("""
            S: a BAD A command has at most 65536 octets outside its literals
            C: b NOOP
            S: b OK …
            """);
    }

    [Test]
    public void Ten_thousand_parentheses_are_refused()
    {
        string nest = new('(', 10_000);
        TestClient client = _server.LogIn();
        client.Command("s SELECT INBOX");
        foreach (string command in new[] { $"SEARCH {nest}", $"FETCH 1 {nest}", $"LIST {nest} \"\" *", $"ID {nest}", $"STORE 1 FLAGS {nest}" })
        {
            client.Send($"a {command}\r\n").Converse("S: a BAD …");
        }

        client.Send("b SEARCH " + string.Concat(Enumerable.Repeat("NOT ", 10_000)) + "ALL\r\n").Converse("S: b BAD …");
    }

    [Test]
    public void A_synchronising_literal_that_is_too_long_is_never_asked_for()
    {
        _server.Connect().Converse("""
            C: a LOGIN {4097}
            S: a BAD [TOOBIG] …
            C: b LOGIN test {4096}
            S: +…
            """);
        _server.LogIn().Converse("""
            C: a SELECT {131073}
            S: a BAD [TOOBIG] …
            C: b NOOP
            S: b OK …
            """);
    }

    [Test]
    public void A_non_synchronising_literal_that_is_too_long_is_read_away() =>
        _server.LogIn().Send("a SELECT {200000+}\r\n" + new string('x', 200_000) + "\r\nb NOOP\r\n").Converse("""
            S: a BAD [TOOBIG] …
            S: b OK …
            """);

    [Test]
    public void A_non_synchronising_literal_of_gigabytes_ends_the_session()
    {
        TestClient client = _server.LogIn().Send("a SELECT {4294967296+}\r\n").Converse("S: * BYE [TOOBIG] …");
        Assert.That(client.End(), Is.EqualTo(SessionEnd.TooManyBadCommands));
    }

    [Test]
    public void A_literal_without_end_behind_what_is_read_away_ends_the_session([Values] bool isBehindLiteral, [Values] bool isStranger)
    {
        TestClient client = isStranger ? _server.Connect() : _server.LogIn();
        string readAway = isBehindLiteral ? "{200000+}\r\n" + new string('x', 200_000) : new string('x', 70_000);
        client.Send($"a SELECT {readAway} {{9223372036854775808+}}\r\n").Converse("S: * BYE [TOOBIG] …");
        Assert.That(client.End(), Is.EqualTo(SessionEnd.TooManyBadCommands));
    }

    [Test]
    public void Many_literals_in_a_command_are_bounded_together()
    {
        TestClient client = _server.LogIn();
        client.Command("s SELECT INBOX");
        string literal = "{131072+}\r\n" + new string('x', 131_072);
        client.Send("a SEARCH" + string.Concat(Enumerable.Repeat(" TEXT " + literal, 9)) + "\r\n").Converse("S: a BAD [TOOBIG] …");
        client.Send("b NOOP\r\n").Converse("S: b OK …");
    }

    [Test]
    public void A_client_that_leaves_within_a_literal_leaves_nothing_behind()
    {
        TestClient client = _server.LogIn().Converse("""
            C: a SELECT {100}
            S: +…
            C: INB
            """);
        client.FinishSending();
        Assert.That(client.End(), Is.EqualTo(SessionEnd.Disconnected));
    }

    [Test]
    public void A_bare_line_feed_ends_a_line_too() => _server.Connect().Send("a NOOP\nb NOOP\r\n").Converse("""
        S: a OK …
        S: b OK …
        """);

    [Test]
    public void Any_number_of_empty_lines_is_answered()
    {
        TestClient client = _server.LogIn().Send(string.Concat(Enumerable.Repeat("\r\n", 1_000)));
        for (int i = 0; i < 1_000; i++)
        {
            client.Converse("S: * BAD …");
        }
    }

    [Test]
    public void Commands_sent_octet_by_octet_are_the_same_commands()
    {
        TestClient client = _server.Connect();
        foreach (char octet in "a LOGIN {4}\r\ntest test\r\nb NAMESPACE\r\n")
        {
            client.Send(octet.ToString());
        }

        client.Converse("""
            S: +…
            S: a OK …
            S: * NAMESPACE …
            S: b OK …
            """);
    }
}
