using System.Globalization;
using System.Text;
using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>STATUS and APPEND (RFC 9051 §6.3.11, §6.3.12, RFC 3516 §4.4, RFC 6855 §4).</summary>
public sealed class AppendRuleTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.Start(Mail.Three);

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void Without_flags_and_a_date_a_message_has_none_and_comes_in_now()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow.AddSeconds(-1);
        _server.Client.Command("a APPEND INBOX {3+}\r\nabc");
        DateTimeOffset after = DateTimeOffset.UtcNow;
        string line = _server.Client.Command("b FETCH 4 (FLAGS INTERNALDATE)")[0];
        Assert.That(line, Does.Match(@"^\* 4 FETCH \(FLAGS \((\\Recent)?\) INTERNALDATE "));
        Assert.That(Date(line), Is.InRange(before, after));
    }

    [TestCase("17-Jul-1996 02:44:25 -0700", "17-Jul-1996 09:44:25 +0000")]
    [TestCase(" 1-Jan-2000 00:00:00 +1400", "31-Dec-1999 10:00:00 +0000")]
    [TestCase("31-Dec-2016 23:59:60 +0000", "31-Dec-2016 23:59:59 +0000")]
    [TestCase("29-Feb-2024 12:00:00 -0330", "29-Feb-2024 15:30:00 +0000")]
    [TestCase("31-Dec-1969 23:59:58 +0000", "31-Dec-1969 23:59:58 +0000")]
    [TestCase("19-Jan-2038 03:14:08 +0000", "19-Jan-2038 03:14:08 +0000")]
    public void The_internal_date_is_the_moment_that_was_given_and_stays_so_in_copies(string given, string utc)
    {
        var expected = DateTimeOffset.ParseExact(
            utc.Insert(utc.Length - 2, ":"), "d-MMM-yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.AllowLeadingWhite);
        _server.Client.Command("a CREATE Work");
        _server.Client.Command($"b APPEND INBOX \"{given}\" {{3+}}\r\nabc");
        Assert.That(Date(_server.Client.Command("c FETCH 4 INTERNALDATE")[0]), Is.EqualTo(expected));
        _server.Client.Command("d COPY 4 Work");
        _server.Client.Command("e MOVE 4 Work");
        _server.Client.Command("f EXAMINE Work");
        IReadOnlyList<string> copies = _server.Client.Command("g FETCH 1:2 INTERNALDATE");
        Assert.That(copies.Take(2).Select(Date), Is.EqualTo(new[] { expected, expected }));
    }

    [TestCase("32-Jul-1996 02:44:25 -0700")]
    [TestCase("29-Feb-2023 02:44:25 -0700")]
    [TestCase("17-Jul-96 02:44:25 -0700")]
    [TestCase("17-Jul-1996 25:44:25 -0700")]
    [TestCase("17-Jul-1996 02:44:25 -9900")]
    [TestCase("17-Jul-1996 02:44:25 PDT")]
    public void A_date_that_does_not_exist_is_BAD_and_nothing_is_stored(string date) => _server.Converse($$"""
        C: a APPEND INBOX "{{date}}" {3+}
        C: abc
        S: a BAD …
        C: b STATUS INBOX (MESSAGES)
        S: * STATUS INBOX (MESSAGES 3)
        S: b OK …
        """);

    [Test]
    public void Octets_above_127_are_stored_as_they_are()
    {
        const string Message = "Subject: 8bit\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u0080\u00E9\u00FF\r\n";
        _server.Client.Command($"a APPEND INBOX {{{Message.Length}+}}\r\n{Message}");
        _server.Client.Send("b FETCH 4 BODY.PEEK[TEXT]\r\n").Converse("""
            S: * 4 FETCH (BODY[TEXT] {5}
            """);
        Assert.That(_server.Client.ReadLine(), Is.EqualTo("\u0080\u00E9\u00FF"));
        _server.Converse("""
            S: )
            S: b OK …
            """);
    }

    [Test]
    public void A_message_with_a_header_in_UTF_8_comes_in_by_the_UTF8_extension()
    {
        string message = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("Subject: gr\u00FC\u00DFe\r\n\r\ntext\r\n"));
        _server.Client.Command("e ENABLE UTF8=ACCEPT");
        _server.Client.Send($"a APPEND INBOX (\\Flagged) UTF8 (~{{{message.Length}+}}\r\n{message})\r\n").Converse("""
            S: * 4 EXISTS
            S: …
            S: a OK [APPENDUID … 4] …
            """);
        _server.Client.Send($"b APPEND INBOX UTF8 (~{{{message.Length}}}\r\n").Converse("S: + …");
        _server.Client.Send(message + ")\r\n").Converse("""
            S: * 5 EXISTS
            S: …
            S: b OK [APPENDUID … 5] …
            C: c FETCH 4:5 RFC822.SIZE
            """);
        _server.Converse($"""
            S: * 4 FETCH (RFC822.SIZE {message.Length})
            S: * 5 FETCH (RFC822.SIZE {message.Length})
            S: c OK …
            """);
        _server.Client.Send($"d APPEND INBOX UTF8 (~{{{message.Length}+}}\r\n{message}\r\n").Converse("""
            S: d BAD …
            C: e STATUS INBOX (MESSAGES)
            S: * STATUS INBOX (MESSAGES 5)
            S: e OK …
            """);
    }

    [Test]
    public void A_message_with_NUL_in_a_literal8_is_given_back_by_BINARY()
    {
        const string Message = "Content-Transfer-Encoding: binary\r\n\r\na\0b\r\n";
        _server.Client.Send($"a APPEND INBOX ~{{{Message.Length}+}}\r\n{Message}\r\n").Converse("""
            S: * 4 EXISTS
            S: …
            S: a OK …
            C: b FETCH 4 BINARY.PEEK[1]
            S: * 4 FETCH (BINARY[1] ~{5}
            """);
        Assert.That(_server.Client.ReadLine(), Is.EqualTo("a\0b"));
    }

    [Test]
    public void APPEND_makes_no_mailbox() => _server.Converse("""
        C: a APPEND nowhere {3+}
        C: abc
        S: a NO [TRYCREATE] …
        C: b APPEND .. {3+}
        C: abc
        S: b NO [CANNOT] …
        C: c LIST "" *
        S: * LIST (\HasNoChildren) "/" INBOX
        S: c OK …
        """);

    [Test]
    public void A_keyword_for_which_there_is_no_room_keeps_the_message_out()
    {
        _server.Client.Command($"a STORE 1 +FLAGS.SILENT ({string.Join(' ', Enumerable.Range(0, 26).Select(i => $"k{i}"))})");
        _server.Converse("""
            C: b APPEND INBOX (one-more) {3+}
            C: abc
            S: b NO [LIMIT] …
            C: c STATUS INBOX (MESSAGES)
            S: * STATUS INBOX (MESSAGES 3)
            S: c OK …
            C: d FETCH 1 FLAGS
            S: * 1 FETCH (FLAGS (\Seen k0 …
            S: d OK …
            """);
    }

    [Test]
    public void STATUS_changes_neither_what_is_selected_nor_any_message()
    {
        _server.Client.Command("a CREATE Work");
        _server.Client.Command("b APPEND Work {3+}\r\nabc");
        _server.Converse("""
            C: c STATUS Work (MESSAGES RECENT UNSEEN)
            S: * STATUS Work (MESSAGES 1 RECENT 1 UNSEEN 1)
            S: c OK …
            C: d STATUS Work (MESSAGES RECENT UNSEEN)
            S: * STATUS Work (MESSAGES 1 RECENT 1 UNSEEN 1)
            S: d OK …
            C: e FETCH 3 UID
            S: * 3 FETCH (UID 3)
            S: e OK …
            C: f SELECT Work
            S: * OK [CLOSED] …
            S: * 1 EXISTS
            S: * 1 RECENT
            S: …
            S: f OK …
            """);
    }

    [Test]
    public void STATUS_takes_no_wildcards() => _server.Converse("""
        C: a STATUS "INBO%" (MESSAGES)
        S: a NO [NONEXISTENT] …
        C: b STATUS INBO* (MESSAGES)
        S: b BAD …
        """);

    [Test]
    public void The_size_of_a_mailbox_is_the_sum_of_the_sizes_of_its_messages()
    {
        _server.Deliver("Subject: bare line ends\n\ntext\n");
        long sum = _server.Client.Command("a FETCH 1:3 RFC822.SIZE").Take(3).Sum(Size);
        _server.Client.Command("b NOOP");
        sum += Size(_server.Client.Command("c FETCH 4 RFC822.SIZE")[0]);
        Assert.That(_server.Client.Command("d STATUS INBOX (SIZE)")[0], Is.EqualTo($"* STATUS INBOX (SIZE {sum})"));

        static long Size(string line) => long.Parse(line.Split(' ')[^1].TrimEnd(')'), CultureInfo.InvariantCulture);
    }

    private static DateTimeOffset Date(string line)
    {
        string date = line.Split('"')[1];
        return DateTimeOffset.ParseExact(
            date.Insert(date.Length - 2, ":"), "d-MMM-yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.AllowLeadingWhite);
    }
}
