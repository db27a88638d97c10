using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>Sections of FETCH (RFC 9051 §6.4.5.1).</summary>
public sealed class FetchRuleTests
{
    // The message of the section's example, with parts 1 to 4.2.2.2.
    private const string Example =
        "Subject: whole\r\nContent-Type: multipart/mixed; boundary=A\r\n\r\n"
        + "--A\r\n\r\npart 1\r\n"
        + "--A\r\nContent-Type: application/octet-stream\r\n\r\npart 2\r\n"
        + "--A\r\nContent-Type: message/rfc822\r\n\r\n"
        + "Subject: header 3\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
        + "--B\r\n\r\npart 3.1\r\n--B\r\nContent-Type: application/octet-stream\r\n\r\npart 3.2\r\n--B--\r\n"
        + "--A\r\nContent-Type: multipart/mixed; boundary=C\r\n\r\n"
        + "--C\r\nContent-Type: image/gif\r\n\r\npart 4.1\r\n"
        + "--C\r\nContent-Type: message/global\r\n\r\n"
        + "Subject: header 4.2\r\nContent-Type: multipart/mixed; boundary=D\r\n\r\n"
        + "--D\r\n\r\npart 4.2.1\r\n"
        + "--D\r\nContent-Type: multipart/alternative; boundary=E\r\n\r\n"
        + "--E\r\n\r\npart 4.2.2.1\r\n--E\r\nContent-Type: text/richtext\r\n\r\npart 4.2.2.2\r\n--E--\r\n"
        + "--D--\r\n--C--\r\n--A--\r\n";

    private MailboxUnderTest _mailbox = null!;

    [SetUp]
    public void SetUp()
    {
        _mailbox = new MailboxUnderTest();
        _mailbox.Add(Example);
        _mailbox.Add("Subject: plain\r\nX-One: 1\r\n\r\nbody\r\n");
        _mailbox.Add("Subject: no body\r\n");
        _mailbox.Select();
    }

    [TearDown]
    public void TearDown() => _mailbox.Dispose();

    [TestCase("1", "part 1")]
    [TestCase("2", "part 2")]
    [TestCase("3.HEADER", "Subject: header 3\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n")]
    [TestCase("3.1", "part 3.1")]
    [TestCase("3.2", "part 3.2")]
    [TestCase("3.TEXT", "--B\r\n\r\npart 3.1\r\n--B\r\nContent-Type: application/octet-stream\r\n\r\npart 3.2\r\n--B--")]
    [TestCase("3.HEADER.FIELDS (SUBJECT)", "Subject: header 3\r\n\r\n")]
    [TestCase("4.1", "part 4.1")]
    [TestCase("4.1.MIME", "Content-Type: image/gif\r\n\r\n")]
    [TestCase("4.2.HEADER", "Subject: header 4.2\r\nContent-Type: multipart/mixed; boundary=D\r\n\r\n")]
    [TestCase("4.2.HEADER.FIELDS.NOT (Content-Type)", "Subject: header 4.2\r\n\r\n")]
    [TestCase("4.2.1", "part 4.2.1")]
    [TestCase("4.2.2.1", "part 4.2.2.1")]
    [TestCase("4.2.2.2", "part 4.2.2.2")]
    [TestCase("4.2.2.2.MIME", "Content-Type: text/richtext\r\n\r\n")]
    [TestCase("TEXT", null)]
    [TestCase("", null)]
    public void Parts_have_the_numbers_of_the_RFCs_example(string section, string? content)
    {
        content ??= section.Length == 0 ? Example : Example[(Example.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        Assert.That(
            _mailbox.Send($"FETCH 1 BODY.PEEK[{section}]"),
            Is.EqualTo($"* 1 FETCH (BODY[{section}] {{{content.Length}}}\r\n{content})\r\na OK FETCH completed\r\n"));
    }

    [TestCase("1.HEADER")]
    [TestCase("4.HEADER")]
    [TestCase("4.TEXT")]
    [TestCase("4.2.2.TEXT")]
    [TestCase("5")]
    [TestCase("3.3")]
    [TestCase("4.1.1")]
    public void What_a_part_does_not_have_is_NIL(string section) => Assert.That(
        _mailbox.Send($"FETCH 1 BODY.PEEK[{section}]"), Is.EqualTo($"* 1 FETCH (BODY[{section}] NIL)\r\na OK FETCH completed\r\n"));

    [Test]
    public void A_message_without_parts_has_part_1()
    {
        Assert.That(_mailbox.Send("FETCH 2 BODY.PEEK[1]"), Does.Contain("{6}\r\nbody\r\n)"));
        Assert.That(_mailbox.Send("FETCH 2 BODY.PEEK[2]"), Does.Contain("BODY[2] NIL"));
        Assert.That(_mailbox.Send("FETCH 2 BODY.PEEK[1.1]"), Does.Contain("BODY[1.1] NIL"));
    }

    [Test]
    public void A_header_has_its_blank_line_whatever_is_chosen_of_it()
    {
        Assert.That(_mailbox.Send("FETCH 2 BODY.PEEK[HEADER]"), Does.Contain("\r\nSubject: plain\r\nX-One: 1\r\n\r\n)"));
        Assert.That(_mailbox.Send("FETCH 2 BODY.PEEK[HEADER.FIELDS (x-oNe)]"), Does.Contain("{12}\r\nX-One: 1\r\n\r\n)"));
        Assert.That(_mailbox.Send("FETCH 2 BODY.PEEK[HEADER.FIELDS (X-On)]"), Does.Contain("{2}\r\n\r\n)"));
        Assert.That(_mailbox.Send("FETCH 2 BODY.PEEK[HEADER.FIELDS.NOT (X-ONE)]"), Does.Contain("{18}\r\nSubject: plain\r\n\r\n)"));
        Assert.That(_mailbox.Send("FETCH 2 BODY.PEEK[HEADER.FIELDS (X-One)]<0.5>"), Does.Contain("<0> {5}\r\nX-One)"));
        Assert.That(_mailbox.Send("FETCH 3 BODY.PEEK[HEADER]"), Does.Contain("{18}\r\nSubject: no body\r\n)"));
    }

    [Test]
    public void What_is_static_stays_the_same_when_flags_change()
    {
        const string Items = "(INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY BODY.PEEK[] UID)";
        string before = _mailbox.Send("FETCH 1 " + Items);
        _mailbox.Send("STORE 1 FLAGS (\\Flagged \\Seen $Work)");
        Assert.That(_mailbox.Send("FETCH 1 " + Items), Is.EqualTo(before));
    }

    [TestCase("BINARY.PEEK[3]")]
    [TestCase("BINARY.PEEK[4]")]
    [TestCase("BINARY.PEEK[4.2]")]
    [TestCase("BINARY.SIZE[4]")]
    public void BINARY_is_of_leaves_only(string item) => Assert.That(_mailbox.Send($"FETCH 1 {item}"), Does.StartWith("a NO [CANNOT] "));
}
