using NUnit.Framework;
using static Imapd.Tests.Worker.SampleMail;

namespace Imapd.Tests.Worker;

/// <summary>Every search key, on files with either kind of line end.</summary>
[TestFixture("\r\n")]
[TestFixture("\n")]
public sealed class SearchTests(string lineEnd)
{
    private const string Encoded =
        "Subject: =?utf-8?B?0J7RgtC/0YPRgdC6?= =?iso-8859-1?Q?_caf=E9?=\r\nFrom: =?utf-8?Q?J=C3=B6rg?= <joerg@example.net>\r\n"
        + "Cc: second@example.org\r\nBcc: hidden@example.org\r\nDate: Wed, 2 Mar 2022 23:30:00 -0500\r\n"
        + "X-Folded: one\r\n two\r\nX-Empty:\r\nContent-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + "\u00CF\u00D4\u00D0\u00D5\u00D3\u00CB\r\n";

    private MailboxUnderTest _mailbox = null!;

    [SetUp]
    public void SetUp()
    {
        _mailbox = new MailboxUnderTest(lineEnd);
        _mailbox.Add(Plain, flags: "S", received: LocalNoon(2022, 3, 1));
        _mailbox.Add(Nested, flags: "FR", received: LocalNoon(2022, 3, 2));
        _mailbox.Add(Encoded, flags: "DT", received: LocalNoon(2022, 3, 3));
        _mailbox.Select();
        _mailbox.Send("STORE 2 +FLAGS.SILENT (Work)");
    }

    [TearDown]
    public void TearDown() => _mailbox.Dispose();

    [TestCase("ALL", "1 2 3")]
    [TestCase("SEEN", "1")]
    [TestCase("UNSEEN", "2 3")]
    [TestCase("FLAGGED", "2")]
    [TestCase("UNFLAGGED", "1 3")]
    [TestCase("ANSWERED", "2")]
    [TestCase("UNANSWERED", "1 3")]
    [TestCase("DELETED", "3")]
    [TestCase("UNDELETED", "1 2")]
    [TestCase("DRAFT", "3")]
    [TestCase("UNDRAFT", "1 2")]
    [TestCase("KEYWORD work", "2")]
    [TestCase("UNKEYWORD WORK", "1 3")]
    [TestCase("KEYWORD nobody-has-it", "")]
    [TestCase("UNKEYWORD nobody-has-it", "1 2 3")]
    [TestCase("RECENT", "")]
    [TestCase("OLD", "1 2 3")]
    [TestCase("NEW", "")]
    [TestCase("2:3", "2 3")]
    [TestCase("*", "3")]
    [TestCase("3:*,1", "1 3")]
    [TestCase("7", "")]
    [TestCase("7:*", "3")]
    [TestCase("UID 2:3", "2 3")]
    [TestCase("UID 900", "")]
    [TestCase("BEFORE 2-Mar-2022", "1")]
    [TestCase("ON 2-Mar-2022", "2")]
    [TestCase("SINCE 2-Mar-2022", "2 3")]
    [TestCase("ON \"2-Mar-2022\"", "2")]
    [TestCase("SENTBEFORE 2-Mar-2022", "1 2")]
    [TestCase("SENTON 2-Mar-2022", "3")]
    [TestCase("SENTON 7-Feb-1994", "1")]
    [TestCase("SENTSINCE 1-Mar-2022", "2 3")]
    [TestCase("OLDER 3600", "1 2 3")]
    [TestCase("YOUNGER 3600", "")]
    [TestCase("FROM fred", "1")]
    [TestCase("FROM EXAMPLE", "1 2 3")]
    [TestCase("TO owatagu", "1")]
    [TestCase("CC second", "3")]
    [TestCase("BCC hidden", "3")]
    [TestCase("SUBJECT AFTERNOON", "1")]
    [TestCase("SUBJECT inner", "")]
    [TestCase("HEADER Message-ID b27397", "1")]
    [TestCase("HEADER X-Folded \"one two\"", "3")]
    [TestCase("HEADER X-Empty \"\"", "3")]
    [TestCase("HEADER X-Nowhere \"\"", "")]
    [TestCase("HEADER Date \"\"", "1 2 3")]
    [TestCase("BODY \"hello joe\"", "1")]
    [TestCase("BODY \"\"", "1 2 3")]
    [TestCase("TEXT \"\"", "1 2 3")]
    [TestCase("BODY \"afternoon\"", "")]
    [TestCase("TEXT \"afternoon\"", "1")]
    [TestCase("TEXT \"Subject: afternoon\"", "1")]
    [TestCase("BODY \"first part\"", "2")]
    [TestCase("BODY \"soft line break\"", "2")]
    [TestCase("BODY \"soft= line\"", "")]
    [TestCase("BODY \"markup\"", "2")]
    [TestCase("BODY \"the inner one\"", "")]
    [TestCase("TEXT \"the inner one\"", "2")]
    [TestCase("BODY \"forwarded\"", "")]
    [TestCase("TEXT \"forwarded\"", "2")]
    [TestCase("BODY \"SGVsbG8\"", "")]
    [TestCase("BODY \"preamble\"", "")]
    [TestCase("NOT SEEN", "2 3")]
    [TestCase("OR SEEN DELETED", "1 3")]
    [TestCase("NOT (OR SEEN DELETED)", "2")]
    [TestCase("FLAGGED SEEN", "")]
    [TestCase("(FLAGGED ANSWERED) UNSEEN", "2")]
    [TestCase("NOT NOT NOT SEEN", "2 3")]
    [TestCase("OR BODY \"hello joe\" FROM inner", "1")]
    public void Keys_find_what_they_mean(string keys, string numbers) =>
        Assert.That(_mailbox.Search(keys), Is.EqualTo(numbers));

    [TestCase("SUBJECT", "отпуск", "3")]
    [TestCase("SUBJECT", "Отпуск CAFÉ", "3")]
    [TestCase("FROM", "jÖRG", "3")]
    [TestCase("BODY", "ОТПУСК", "3")]
    [TestCase("BODY", "Café", "2")]
    [TestCase("TEXT", "cafe\u0301", "2 3")]
    public void Text_is_found_in_whatever_charset_and_encoding_it_was_sent(string key, string text, string numbers)
    {
        Assert.That(_mailbox.Search($"CHARSET UTF-8 {key} ", text), Is.EqualTo(numbers));
        Assert.That(_mailbox.Search($"{key} ", text), Is.EqualTo(numbers));
    }

    [Test]
    public void Sizes_are_compared_with_the_size_on_the_wire()
    {
        Assert.That(_mailbox.Search($"LARGER {Plain.Length}"), Does.Not.Contain("1"));
        Assert.That(_mailbox.Search($"LARGER {Plain.Length - 1} 1"), Is.EqualTo("1"));
        Assert.That(_mailbox.Search($"SMALLER {Plain.Length} 1"), Is.Empty);
        Assert.That(_mailbox.Search($"SMALLER {Plain.Length + 1} 1"), Is.EqualTo("1"));
    }

    [Test]
    public void UID_SEARCH_answers_in_UIDs()
    {
        _mailbox.Send("STORE 1 +FLAGS.SILENT (\\Deleted)");
        _mailbox.Send("UID EXPUNGE 1");
        Assert.That(_mailbox.Send("UID SEARCH ALL"), Is.EqualTo("* SEARCH 2 3\r\na OK SEARCH completed\r\n"));
        Assert.That(_mailbox.Send("SEARCH UID 3"), Is.EqualTo("* SEARCH 2\r\na OK SEARCH completed\r\n"));
    }

    [Test]
    public void New_messages_are_recent_until_the_next_session()
    {
        _mailbox.AddNew(Plain);
        _mailbox.Send("NOOP");
        Assert.That((_mailbox.Search("RECENT"), _mailbox.Search("NEW"), _mailbox.Search("OLD")), Is.EqualTo(("4", "4", "1 2 3")));
        _mailbox.Send("STORE 4 +FLAGS.SILENT (\\Seen)");
        Assert.That((_mailbox.Search("RECENT"), _mailbox.Search("NEW")), Is.EqualTo(("4", "")));
    }

    [Test]
    public void A_match_is_found_across_every_soft_line_break()
    {
        for (int cut = 1; cut < "needle in hay".Length; cut++)
        {
            using var mailbox = new MailboxUnderTest(lineEnd);
            mailbox.Add(
                "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + new string('x', 70) + "\r\n"
                + "needle in hay".Insert(cut, "=\r\n") + "\r\n");
            mailbox.Select();
            Assert.That(mailbox.Search("BODY \"needle in hay\""), Is.EqualTo("1"), $"cut at {cut}");
        }
    }

    [TestCase(8180)]
    [TestCase(16370)]
    public void A_match_is_found_across_the_pieces_that_a_file_is_read_in(int start)
    {
        for (int place = start; place < start + 24; place++)
        {
            string text = new string('x', place) + "the needle" + new string('y', 9000);
            using var mailbox = new MailboxUnderTest(lineEnd);
            mailbox.Add("Subject: plain\r\n\r\n" + text + "\r\n");
            mailbox.Add(
                "Content-Transfer-Encoding: base64\r\n\r\n"
                + Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(text), Base64FormattingOptions.InsertLineBreaks));
            mailbox.Select();
            Assert.That(mailbox.Search("BODY \"The Needle\""), Is.EqualTo("1 2"), $"at {place}");
        }
    }

    [Test]
    public void A_vanished_message_is_not_found()
    {
        _mailbox.DeleteFile(2);
        Assert.That(
            _mailbox.Send("SEARCH TEXT \"\""), Does.StartWith("* SEARCH 1").And.Contains("\r\na OK "));
        Assert.That(_mailbox.Send("SEARCH BODY markup"), Does.StartWith("* SEARCH\r\na OK "));
    }

    [TestCase(20, "1 3")]
    [TestCase(10_000, null)]
    public void Nesting_is_searched_through_or_refused_and_never_the_end(int levels, string? numbers)
    {
        string open = string.Concat(Enumerable.Repeat("NOT (", levels));
        string answer = _mailbox.Send($"SEARCH {open}NOT FLAGGED{new string(')', levels)}");
        Assert.That(answer, numbers is null ? Does.StartWith("a BAD ") : Does.StartWith($"* SEARCH {numbers}\r\na OK "));
        Assert.That(_mailbox.Search("FLAGGED"), Is.EqualTo("2"));
    }

    [Test]
    public void A_long_list_of_strings_is_looked_for_in_one_go()
    {
        string keys = string.Concat(Enumerable.Range(0, 1000).Select(i => $"NOT BODY none{i} "));
        Assert.That(_mailbox.Search(keys + "BODY joe"), Is.EqualTo("1"));
    }

    [Test]
    public void A_charset_that_is_not_known_is_refused_with_those_that_are() => Assert.That(
        _mailbox.Send("SEARCH CHARSET X-KLINGON ALL"), Does.StartWith("a NO [BADCHARSET (").And.Contains("UTF-8"));

    private static DateTimeOffset LocalNoon(int year, int month, int day) =>
        new(new DateTime(year, month, day, 12, 0, 0, DateTimeKind.Local));
}
