using NUnit.Framework;
using static Imapd.Tests.Worker.SampleMail;

namespace Imapd.Tests.Worker;

/// <summary>FETCH of files with either kind of line end: clients cannot tell which it was.</summary>
[TestFixture("\r\n")]
[TestFixture("\n")]
public sealed class FetchTests(string lineEnd)
{
    private MailboxUnderTest _mailbox = null!;

    [SetUp]
    public void SetUp()
    {
        _mailbox = new MailboxUnderTest(lineEnd);
        _mailbox.Add(Plain, received: new DateTimeOffset(2022, 3, 1, 12, 30, 5, TimeSpan.Zero));
        _mailbox.Add(Nested, flags: "FS");
        _mailbox.Select();
    }

    [TearDown]
    public void TearDown() => _mailbox.Dispose();

    [Test]
    public void Every_section_of_a_message_is_sent_octet_by_octet()
    {
        Section(1, "", Plain);
        Section(1, "HEADER", PlainHeader);
        Section(1, "TEXT", PlainBody);
        Section(1, "1", PlainBody);
        Section(1, "1.MIME", PlainHeader);
        Section(2, "", Nested);
        Section(2, "HEADER", NestedHeader);
        Section(2, "TEXT", NestedText);
        Section(2, "1", Part1Body);
        Section(2, "1.MIME", Part1Header);
        Section(2, "2", Part2Body);
        Section(2, "2.MIME", Part2Header);
        Section(2, "3", InnerHeader + InnerText);
        Section(2, "3.MIME", Part3Header);
        Section(2, "3.HEADER", InnerHeader);
        Section(2, "3.TEXT", InnerText);
        Section(2, "3.1", Inner1Body);
        Section(2, "3.1.MIME", Inner1Header);
        Section(2, "3.2", Inner2Body);
        Section(2, "3.2.MIME", Inner2Header);
    }

    [TestCase("9")]
    [TestCase("2.1")]
    [TestCase("1.HEADER")]
    [TestCase("1.TEXT")]
    [TestCase("3.9")]
    [TestCase("3.1.1")]
    [TestCase("4.MIME")]
    [TestCase("1.1.1.1.1.1.1.1.1.1.1.1")]
    public void A_part_that_is_not_there_is_NIL(string section) =>
        Assert.That(
            _mailbox.Send($"FETCH 2 BODY.PEEK[{section}]"), Is.EqualTo($"* 2 FETCH (BODY[{section}] NIL)\r\na OK FETCH completed\r\n"));

    [Test]
    public void Header_fields_are_chosen_by_name_in_any_case_and_echoed_as_asked() => Assert.That(
        _mailbox.Send("FETCH 1 BODY.PEEK[HEADER.FIELDS (sUBJECT to x-none)]"),
        Is.EqualTo(Literal(
            1,
            "BODY[HEADER.FIELDS (sUBJECT to x-none)]",
            "Subject: afternoon meeting\r\nTo: mooch@owatagu.siam.edu.example\r\n\r\n")));

    [Test]
    public void Header_fields_can_be_chosen_by_what_they_are_not() => Assert.That(
        _mailbox.Send("FETCH 2 BODY.PEEK[3.HEADER.FIELDS.NOT (Subject Content-Type)]"),
        Is.EqualTo(Literal(
            2, "BODY[3.HEADER.FIELDS.NOT (Subject Content-Type)]", "From: Inner <inner@example.com>\r\n\r\n")));

    [Test]
    public void Fields_that_are_not_there_leave_the_empty_line() => Assert.That(
        _mailbox.Send("FETCH 1 BODY.PEEK[HEADER.FIELDS (X-None)]"),
        Is.EqualTo(Literal(1, "BODY[HEADER.FIELDS (X-None)]", "\r\n")));

    [Test]
    public void Every_partial_fetch_is_that_part_of_the_whole()
    {
        foreach (int first in new[] { 0, 1, 57, Plain.Length - 1, Plain.Length, Plain.Length + 1, int.MaxValue })
        {
            foreach (int octets in new[] { 1, 2, 100, Plain.Length, int.MaxValue })
            {
                string expected = first >= Plain.Length ? "" : Plain[first..(int)Math.Min(Plain.Length, (long)first + octets)];
                Assert.That(
                    _mailbox.Send($"FETCH 1 BODY.PEEK[]<{first}.{octets}>"),
                    Is.EqualTo(Literal(1, $"BODY[]<{first}>", expected)),
                    $"<{first}.{octets}>");
            }
        }
    }

    [Test]
    public void Partial_fetches_work_in_parts_and_chosen_fields()
    {
        Assert.That(_mailbox.Send("FETCH 2 BODY.PEEK[3.TEXT]<5.20>"), Is.EqualTo(Literal(2, "BODY[3.TEXT]<5>", InnerText[5..25])));
        Assert.That(
            _mailbox.Send("FETCH 1 BODY.PEEK[HEADER.FIELDS (Subject)]<9.9>"),
            Is.EqualTo(Literal(1, "BODY[HEADER.FIELDS (Subject)]<9>", "afternoon")));
        Assert.That(_mailbox.Send("FETCH 2 BODY.PEEK[99]<0.5>"), Does.Contain("BODY[99]<0> NIL"));
    }

    [Test]
    public void The_names_of_RFC_3501_are_answered_by_these_names()
    {
        Assert.That(_mailbox.Send("FETCH 1 RFC822.HEADER"), Is.EqualTo(Literal(1, "RFC822.HEADER", PlainHeader)));
        Assert.That(_mailbox.Send("FETCH 2 RFC822.TEXT"), Is.EqualTo(Literal(2, "RFC822.TEXT", NestedText)));
        Assert.That(_mailbox.Send("FETCH 2 RFC822"), Is.EqualTo(Literal(2, "RFC822", Nested)));
    }

    [Test]
    public void Sizes_are_those_of_the_wire() => Assert.That(
        _mailbox.Send("FETCH 1:2 RFC822.SIZE"),
        Is.EqualTo(
            $"* 1 FETCH (RFC822.SIZE {Plain.Length})\r\n* 2 FETCH (RFC822.SIZE {Nested.Length})\r\na OK FETCH completed\r\n"));

    [Test]
    public void The_envelope_holds_the_fields_of_the_header() => Assert.That(
        _mailbox.Send("FETCH 1 ENVELOPE"),
        Is.EqualTo(
            "* 1 FETCH (ENVELOPE (\"Mon, 7 Feb 1994 21:52:25 -0800\" \"afternoon meeting\" "
            + "((\"Fred Foobar\" NIL \"foobar\" \"blurdybloop.example\")) ((\"Fred Foobar\" NIL \"foobar\" \"blurdybloop.example\")) "
            + "((\"Fred Foobar\" NIL \"foobar\" \"blurdybloop.example\")) ((NIL NIL \"mooch\" \"owatagu.siam.edu.example\")) "
            + "NIL NIL NIL \"<B27397@blurdybloop.example>\"))\r\na OK FETCH completed\r\n"));

    [Test]
    public void The_structure_counts_the_octets_that_the_parts_have_on_the_wire()
    {
        string structure = _mailbox.Send("FETCH 2 BODYSTRUCTURE").ToUpperInvariant();
        Assert.That(structure, Does.Contain($"\"TEXT\" \"PLAIN\" (\"CHARSET\" \"UTF-8\") NIL NIL \"8BIT\" {Part1Body.Length} "));
        Assert.That(structure, Does.Contain($"\"APPLICATION\" \"OCTET-STREAM\" NIL NIL NIL \"BASE64\" {Part2Body.Length} "));
        Assert.That(structure, Does.Contain($"\"MESSAGE\" \"RFC822\" NIL NIL \"FORWARDED\" \"7BIT\" {(InnerHeader + InnerText).Length} "));
        Assert.That(_mailbox.Send("FETCH 1 BODY"), Does.StartWith("* 1 FETCH (BODY (\"text\" \"plain\" ").IgnoreCase);
    }

    [Test]
    public void The_internal_date_is_when_the_message_was_received()
    {
        string answer = _mailbox.Send("FETCH 1 INTERNALDATE");
        string date = answer.Split('"')[1];
        Assert.That(
            DateTimeOffset.ParseExact(
                date.Insert(date.Length - 2, ":"), "d-MMM-yyyy HH:mm:ss zzz", System.Globalization.CultureInfo.InvariantCulture,
                System.Globalization.DateTimeStyles.AllowLeadingWhite),
            Is.EqualTo(new DateTimeOffset(2022, 3, 1, 12, 30, 5, TimeSpan.Zero)));
    }

    [Test]
    public void Base64_is_decoded_for_BINARY()
    {
        const string Decoded = "\0\u0001\u0002\u0003\u0004\u00FFHello";
        Assert.That(
            _mailbox.Send("FETCH 2 (BINARY.SIZE[2] BINARY.PEEK[2])"),
            Is.EqualTo($"* 2 FETCH (BINARY.SIZE[2] 11 BINARY[2] ~{{11}}\r\n{Decoded})\r\na OK FETCH completed\r\n"));
        Assert.That(
            _mailbox.Send("FETCH 2 BINARY.PEEK[2]<4.3>"),
            Is.EqualTo($"* 2 FETCH (BINARY[2]<4> ~{{3}}\r\n{Decoded[4..7]})\r\na OK FETCH completed\r\n"));
        Assert.That(_mailbox.Send("FETCH 2 BINARY.PEEK[2]<11.3>"), Does.Contain("BINARY[2]<11> \"\""));
    }

    [Test]
    public void Quoted_printable_is_decoded_for_BINARY_and_lines_end_in_CRLF() => Assert.That(
        _mailbox.Send("FETCH 2 BINARY.PEEK[3.1]"), Is.EqualTo(Literal(2, "BINARY[3.1]", "soft line break, caf\u00C3\u00A9\r\n")));

    [Test]
    public void BINARY_of_what_is_not_encoded_is_as_it_is()
    {
        Assert.That(_mailbox.Send("FETCH 2 BINARY.PEEK[1]"), Is.EqualTo(Literal(2, "BINARY[1]", Part1Body)));
        Assert.That(_mailbox.Send("FETCH 1 BINARY.PEEK[]"), Is.EqualTo(Literal(1, "BINARY[]", Plain)));
        Assert.That(_mailbox.Send("FETCH 1 BINARY.SIZE[]"), Does.Contain($"BINARY.SIZE[] {Plain.Length}"));
    }

    [Test]
    public void BINARY_of_a_part_that_is_not_there_is_NIL_and_has_no_size() => Assert.That(
        _mailbox.Send("FETCH 2 (BINARY.PEEK[8] BINARY.SIZE[8])"),
        Is.EqualTo("* 2 FETCH (BINARY[8] NIL BINARY.SIZE[8] 0)\r\na OK FETCH completed\r\n"));

    [Test]
    public void BINARY_of_a_part_with_parts_is_refused_and_the_rest_answered() => Assert.That(
        _mailbox.Send("FETCH 2 (UID BINARY.PEEK[3] RFC822.SIZE)"),
        Does.StartWith($"* 2 FETCH (UID 2 RFC822.SIZE {Nested.Length})\r\na NO [CANNOT] "));

    private static string Literal(int number, string item, string content) => content.Length == 0
        ? $"* {number} FETCH ({item} \"\")\r\na OK FETCH completed\r\n"
        : $"* {number} FETCH ({item} {{{content.Length}}}\r\n{content})\r\na OK FETCH completed\r\n";

    private void Section(int number, string section, string expected) => Assert.That(
        _mailbox.Send($"FETCH {number} BODY.PEEK[{section}]"), Is.EqualTo(Literal(number, $"BODY[{section}]", expected)), section);
}
