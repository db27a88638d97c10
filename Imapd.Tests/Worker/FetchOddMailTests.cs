using System.Text;
using NUnit.Framework;
using static Imapd.Tests.Worker.SampleMail;

namespace Imapd.Tests.Worker;

/// <summary>FETCH of messages that are broken, empty, large, or no longer there.</summary>
public sealed class FetchOddMailTests
{
    private MailboxUnderTest _mailbox = null!;

    [SetUp]
    public void SetUp() => _mailbox = new MailboxUnderTest();

    [TearDown]
    public void TearDown() => _mailbox.Dispose();

    [Test]
    public void The_text_of_a_message_without_a_body_is_empty_and_not_NIL()
    {
        _mailbox.Add("Subject: nothing follows\r\n\r\n");
        _mailbox.Select();
        Assert.That(_mailbox.Send("FETCH 1 BODY[TEXT]"), Does.Contain("BODY[TEXT] \"\""));
        Assert.That(_mailbox.Send("FETCH 1 BODY[1]"), Does.Contain("BODY[1] \"\""));
    }

    [Test]
    public void Fields_of_a_header_end_in_a_blank_line_only_if_the_header_does()
    {
        _mailbox.Add("To: a@b\r\nX-A: 1\r\n");
        _mailbox.Add("To: a@b\r\nX-A: 1\r\n\r\n");
        _mailbox.Add("Content-Type: message/rfc822\r\n\r\nTo: a@b\r\n");
        _mailbox.Select();
        for (int time = 0; time < 2; time++)
        {
            string answer = _mailbox.Send("FETCH 1:2 (BODY.PEEK[HEADER.FIELDS (To)] BODY.PEEK[HEADER.FIELDS (Cc)] BODY.PEEK[HEADER.FIELDS.NOT (To)])");
            Assert.That(answer, Does.StartWith(
                "* 1 FETCH (BODY[HEADER.FIELDS (To)] {9}\r\nTo: a@b\r\n BODY[HEADER.FIELDS (Cc)] \"\" BODY[HEADER.FIELDS.NOT (To)] {8}\r\nX-A: 1\r\n)\r\n"
                + "* 2 FETCH (BODY[HEADER.FIELDS (To)] {11}\r\nTo: a@b\r\n\r\n BODY[HEADER.FIELDS (Cc)] {2}\r\n\r\n "
                + "BODY[HEADER.FIELDS.NOT (To)] {10}\r\nX-A: 1\r\n\r\n)\r\n"));
            Assert.That(_mailbox.Send("FETCH 3 BODY.PEEK[1.HEADER.FIELDS (To)]"), Does.Contain("{9}\r\nTo: a@b\r\n)\r\n"));
        }
    }

    [Test]
    public void The_one_part_that_a_multipart_without_parts_is_told_to_have_is_empty_and_not_NIL()
    {
        _mailbox.Add("Content-Type: multipart/mixed; boundary=b\r\n\r\nnothing\r\n");
        _mailbox.Select();
        Assert.That(
            _mailbox.Send("FETCH 1 (BODY BODY.PEEK[1] BODY.PEEK[1.MIME] BINARY.PEEK[1] BODY.PEEK[2])"),
            Does.StartWith(
                "* 1 FETCH (BODY ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 0 0) \"mixed\") "
                + "BODY[1] \"\" BODY[1.MIME] \"\" BINARY[1] \"\" BODY[2] NIL)\r\n"));
    }

    [Test]
    public void A_structure_with_a_message_global_is_remembered_for_each_revision()
    {
        _mailbox.Add("Content-Type: message/global\r\n\r\nSubject: in\r\n\r\nx\r\n");
        _mailbox.Select();
        for (int time = 0; time < 2; time++)
        {
            Assert.That(_mailbox.Send("FETCH 1 BODY"), Does.Contain("(\"message\" \"global\" NIL NIL NIL \"7BIT\" 18))\r\n"));
        }

        _mailbox.Send("ENABLE IMAP4rev2");
        for (int time = 0; time < 2; time++)
        {
            Assert.That(_mailbox.Send("FETCH 1 BODY"), Does.Contain("(\"message\" \"global\" NIL NIL NIL \"7BIT\" 18 (NIL \"in\" "));
        }
    }

    [Test]
    public void A_message_without_an_empty_line_is_all_header()
    {
        _mailbox.Add("Subject: no end\r\n");
        _mailbox.Select();
        Assert.That(_mailbox.Send("FETCH 1 BODY.PEEK[HEADER]"), Does.Contain("{17}\r\nSubject: no end\r\n)"));
        Assert.That(_mailbox.Send("FETCH 1 BODY.PEEK[TEXT]"), Does.Contain("BODY[TEXT] \"\""));
    }

    [Test]
    public void A_file_of_no_octets_is_an_empty_message()
    {
        _mailbox.Add("");
        _mailbox.Select();
        string answer = _mailbox.Send("FETCH 1 (RFC822.SIZE BODY.PEEK[] ENVELOPE BODYSTRUCTURE)");
        Assert.That(answer, Does.StartWith("* 1 FETCH (RFC822.SIZE 0 BODY[] \"\" ENVELOPE (NIL NIL "));
        Assert.That(answer, Does.EndWith("a OK FETCH completed\r\n"));
    }

    [Test]
    public void A_NUL_is_not_sent_in_a_literal_that_may_not_hold_it()
    {
        _mailbox.Add("Subject: nul\r\n\r\na\0b\r\n");
        _mailbox.Select();
        Assert.That(_mailbox.Send("FETCH 1 BODY.PEEK[TEXT]"), Does.Contain("{5}\r\na\u0080b\r\n)"));
        Assert.That(_mailbox.Send("FETCH 1 BINARY.PEEK[1]"), Does.Contain("~{5}\r\na\0b\r\n)"));
    }

    [Test]
    public void An_unknown_transfer_encoding_fails_BINARY_only()
    {
        _mailbox.Add("Content-Transfer-Encoding: x-rot13\r\n\r\nuryyb\r\n");
        _mailbox.Add(Plain);
        _mailbox.Select();
        string answer = _mailbox.Send("FETCH 1:2 (UID BINARY.PEEK[1] BODY.PEEK[TEXT])");
        Assert.That(answer, Does.Contain("* 1 FETCH (UID 1 BODY[TEXT] {7}\r\nuryyb\r\n)\r\n"));
        Assert.That(answer, Does.Contain($"* 2 FETCH (UID 2 BINARY[1] {{{PlainBody.Length}}}\r\n"));
        Assert.That(answer, Does.Contain("\r\na NO [UNKNOWN-CTE] "));
        Assert.That(_mailbox.Send("FETCH 1 BINARY.SIZE[1]"), Does.StartWith("a NO [UNKNOWN-CTE] "));
    }

    [TestCase("SGVsbG8")]
    [TestCase("SGVs*bG8=\r\n")]
    [TestCase("SGVsbG8=garbage")]
    [TestCase("=")]
    [TestCase("\r\n\r\n")]
    public void Broken_base64_has_the_size_that_is_sent(string body)
    {
        _mailbox.Add("Content-Transfer-Encoding: base64\r\n\r\n" + body);
        _mailbox.Select();
        AssertSizeIsSent();
    }

    [TestCase("text/plain", "one\ntwo\r\nthree\n", "one\r\ntwo\r\nthree\r\n")]
    [TestCase("TEXT/html; charset=utf-8", "\n\n\r\r\n\n", "\r\n\r\n\r\r\n\r\n")]
    [TestCase("text/x-patch; charset=x-nobody-knows", "a\n", "a\r\n")]
    [TestCase("application/octet-stream", "one\ntwo\n", "one\ntwo\n")]
    [TestCase("text/plain; charset=utf-16be", "\u4E0A", "\u4E0A")]
    [TestCase("text/plain; charset=utf-16le", "\u0A4E\n", "\u0A4E\n")]
    public void Encoded_text_has_its_lines_end_in_CRLF_for_BINARY_and_nothing_else_is_changed(string type, string encoded, string sent)
    {
        Encoding charset = type.Contains("16be", StringComparison.Ordinal) ? Encoding.BigEndianUnicode
            : type.Contains("16le", StringComparison.Ordinal) ? Encoding.Unicode : Encoding.Latin1;
        _mailbox.Add(
            $"Content-Type: {type}\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(charset.GetBytes(encoded))}\r\n");
        _mailbox.Select();
        string octets = Encoding.Latin1.GetString(charset.GetBytes(sent));
        Assert.That(_mailbox.Send("FETCH 1 BINARY.PEEK[1]"), Does.EndWith($"{{{octets.Length}}}\r\n{octets})\r\na OK FETCH completed\r\n"));
        Assert.That(_mailbox.Send("FETCH 1 BINARY.SIZE[1]"), Does.Contain($"BINARY.SIZE[1] {octets.Length})"));
    }

    [TestCase(10)]
    [TestCase(100_000)]
    public void Text_with_a_NUL_in_it_is_sent_as_it_was_encoded(int lines)
    {
        string octets = string.Concat(Enumerable.Repeat("x\n", lines)) + "\0";
        string header = "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n";
        _mailbox.Add(header + Convert.ToBase64String(Encoding.Latin1.GetBytes(octets), Base64FormattingOptions.InsertLineBreaks));
        _mailbox.Add(header + Convert.ToBase64String(Encoding.Latin1.GetBytes(octets[..^1]), Base64FormattingOptions.InsertLineBreaks));
        _mailbox.Select();
        Assert.That(_mailbox.Send("FETCH 1 BINARY.PEEK[1]"), Does.Contain($" ~{{{octets.Length}}}\r\n{octets})"));
        string withCr = octets[..^1].ReplaceLineEndings("\r\n");
        Assert.That(_mailbox.Send("FETCH 2 BINARY.PEEK[1]"), Does.Contain($" {{{withCr.Length}}}\r\n{withCr})"));
        Assert.That(_mailbox.Send("FETCH 2 BINARY.PEEK[1]<4.5>"), Does.Contain($" {{5}}\r\n{withCr[4..9]})"));
        Assert.That(_mailbox.Send("FETCH 1:2 BINARY.SIZE[1]"), Does.Contain($" {octets.Length})").And.Contains($" {withCr.Length})"));
    }

    [TestCase("=")]
    [TestCase("=Z")]
    [TestCase("=ZZ=\r\n=3D=3")]
    [TestCase("trailing  \r\nspace =  \r\nsoft")]
    public void Broken_quoted_printable_has_the_size_that_is_sent(string body)
    {
        _mailbox.Add("Content-Transfer-Encoding: quoted-printable\r\n\r\n" + body);
        _mailbox.Select();
        AssertSizeIsSent();
    }

    [Test]
    public void What_is_too_large_to_keep_is_decoded_twice_and_the_same()
    {
        byte[] content = new byte[300_000];
        new Random(7).NextBytes(content);
        _mailbox.Add(
            "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks) + "\r\n");
        _mailbox.Select();
        string decoded = Encoding.Latin1.GetString(content);
        Assert.That(
            _mailbox.Send("FETCH 1 BINARY.PEEK[1]"),
            Is.EqualTo($"* 1 FETCH (BINARY[1] ~{{300000}}\r\n{decoded})\r\na OK FETCH completed\r\n"));
        Assert.That(
            _mailbox.Send("FETCH 1 BINARY.PEEK[1]<100001.70000>"),
            Is.EqualTo($"* 1 FETCH (BINARY[1]<100001> ~{{70000}}\r\n{decoded[100_001..170_001]})\r\na OK FETCH completed\r\n"));
    }

    [Test]
    public void A_long_message_is_sent_whole_whatever_its_line_ends()
    {
        var random = new Random(11);
        var body = new StringBuilder();
        while (body.Length < 400_000)
        {
            body.Append('x', random.Next(200)).Append("\r\n");
        }

        using var lf = new MailboxUnderTest("\n");
        string message = "Subject: long\r\n\r\n" + body;
        foreach (MailboxUnderTest mailbox in new[] { lf, _mailbox })
        {
            mailbox.Add(message);
            mailbox.Select();
            string expected = $"* 1 FETCH (BODY[] {{{message.Length}}}\r\n{message})\r\na OK FETCH completed\r\n";
            Assert.That(mailbox.Send("FETCH 1 BODY.PEEK[]") == expected, Is.True);
            Assert.That(mailbox.Send("FETCH 1 BODY.PEEK[]<200001.1000>"), Does.Contain(message[200_001..201_001]));
        }
    }

    [Test]
    public void A_vanished_message_is_left_out_and_the_others_are_answered()
    {
        AddThree();
        _mailbox.DeleteFile(2);
        string answer = _mailbox.Send("FETCH 1:3 BODY.PEEK[TEXT]<0.5>");
        Assert.That(
            answer,
            Does.StartWith("* 1 FETCH (BODY[TEXT]<0> {5}\r\nHello)\r\n* 3 FETCH (BODY[TEXT]<0> {5}\r\nHello)\r\na NO [EXPUNGEISSUED] "));
        Assert.That(_mailbox.Send("NOOP"), Is.EqualTo("* 2 EXPUNGE\r\na OK NOOP completed\r\n"));
        Assert.That(_mailbox.Send("FETCH 2 UID"), Does.StartWith("* 2 FETCH (UID 3)"));
    }

    [Test]
    public void A_message_that_another_program_renamed_is_found_under_its_new_name()
    {
        AddThree();
        _mailbox.RenameFlags(2, "RS");
        Assert.That(_mailbox.Send("FETCH 2 BODY.PEEK[TEXT]<0.5>"), Does.Contain("Hello").And.Contains("a OK FETCH completed"));
    }

    [Test]
    public void The_UID_of_a_vanished_message_is_still_known()
    {
        AddThree();
        _mailbox.DeleteFile(2);
        Assert.That(
            _mailbox.Send("FETCH 1:3 UID"), Does.StartWith("* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\n* 3 FETCH (UID 3)\r\na OK "));
    }

    [Test]
    public void A_message_that_is_a_pipe_is_an_error_and_no_hang()
    {
        AddThree();
        _mailbox.ReplaceWithPipe(2);
        string answer = _mailbox.Send("FETCH 1:3 BODY.PEEK[TEXT]<0.5>");
        Assert.That(
            answer, Does.StartWith("* 1 FETCH (BODY[TEXT]<0> {5}\r\nHello)\r\n* 3 FETCH (BODY[TEXT]<0> {5}\r\nHello)\r\na NO ["));
        Assert.That(_mailbox.Send("SEARCH BODY hello"), Does.StartWith("* SEARCH 1 3\r\na OK "));
    }

    [Test]
    public void A_part_number_of_a_thousand_levels_names_no_part()
    {
        AddThree();
        string part = string.Join('.', Enumerable.Repeat("1", 1000));
        Assert.That(_mailbox.Send($"FETCH 1 BODY.PEEK[{part}]"), Is.EqualTo($"* 1 FETCH (BODY[{part}] NIL)\r\na OK FETCH completed\r\n"));
    }

    [Test]
    public void Thousands_of_field_names_are_looked_for()
    {
        AddThree();
        string names = string.Join(' ', Enumerable.Range(0, 5000).Select(i => $"X-{i}"));
        Assert.That(
            _mailbox.Send($"FETCH 1 BODY.PEEK[HEADER.FIELDS ({names} Subject)]"),
            Does.EndWith("{30}\r\nSubject: afternoon meeting\r\n\r\n)\r\na OK FETCH completed\r\n"));
    }

    [Test]
    public void Numbers_beyond_the_last_message_are_BAD()
    {
        AddThree();
        Assert.That(_mailbox.Send("FETCH 4 UID"), Does.StartWith("a BAD "));
        Assert.That(_mailbox.Send("FETCH 2:4 UID"), Does.StartWith("a BAD "));
        Assert.That(_mailbox.Send("FETCH *:2 UID"), Does.StartWith("* 2 FETCH (UID 2)\r\n* 3 FETCH (UID 3)\r\na OK "));
    }

    private void AddThree()
    {
        _mailbox.Add(Plain);
        _mailbox.Add(Plain);
        _mailbox.Add(Plain);
        _mailbox.Select();
    }

    private void AssertSizeIsSent()
    {
        string size = _mailbox.Send("FETCH 1 BINARY.SIZE[1]").Split("BINARY.SIZE[1] ")[1].Split(')')[0];
        string answer = _mailbox.Send("FETCH 1 BINARY.PEEK[1]");
        if (size == "0")
        {
            Assert.That(answer, Is.EqualTo("* 1 FETCH (BINARY[1] \"\")\r\na OK FETCH completed\r\n"));
            return;
        }

        int start = answer.IndexOf("}\r\n", StringComparison.Ordinal) + 3;
        int end = answer.LastIndexOf(")\r\na OK FETCH completed\r\n", StringComparison.Ordinal);
        Assert.That(answer, Does.Contain($"{{{size}}}\r\n"));
        Assert.That(end - start, Is.EqualTo(int.Parse(size, System.Globalization.CultureInfo.InvariantCulture)));
    }
}
