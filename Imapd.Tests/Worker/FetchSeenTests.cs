using NUnit.Framework;
using static Imapd.Tests.Worker.SampleMail;

namespace Imapd.Tests.Worker;

/// <summary>What FETCH does to \Seen, and what it tells of flags.</summary>
public sealed class FetchSeenTests
{
    private MailboxUnderTest _mailbox = null!;

    [SetUp]
    public void SetUp()
    {
        _mailbox = new MailboxUnderTest();
        _mailbox.Add(Plain);
        _mailbox.Add(Nested, flags: "S");
        _mailbox.Add(Plain, flags: "F");
    }

    [TearDown]
    public void TearDown() => _mailbox.Dispose();

    [TestCase("BODY[]")]
    [TestCase("BODY[TEXT]")]
    [TestCase("BODY[1]<0.4>")]
    [TestCase("BODY[HEADER]")]
    [TestCase("RFC822")]
    [TestCase("RFC822.TEXT")]
    [TestCase("BINARY[1]")]
    public void Reading_makes_a_message_seen_and_says_so_once(string item)
    {
        _mailbox.Select();
        Assert.That(_mailbox.Send($"FETCH 3 {item}"), Does.Contain(" FLAGS (\\Flagged \\Seen)"));
        Assert.That(_mailbox.Send($"FETCH 3 {item}"), Does.Not.Contain("FLAGS"));
        Assert.That(_mailbox.Send("NOOP"), Is.EqualTo("a OK NOOP completed\r\n"));
        Assert.That(_mailbox.FlagsOnDisk(3), Is.EqualTo("FS"));
        Assert.That(_mailbox.FlagsOnDisk(1), Is.EqualTo(""));
    }

    [Test]
    public void A_message_that_cannot_be_seen_does_not_keep_the_others_from_it()
    {
        // Its name leaves no room for flags.
        File.WriteAllText(Path.Combine(_mailbox.Root, "cur", "1600000000." + new string('a', 242) + ":2"), Plain);
        _mailbox.Select();
        string answer = _mailbox.Send("FETCH 1:* BODY[TEXT]<0.1>");
        Assert.That(answer.Split("\\Seen").Length - 1, Is.EqualTo(2));
        Assert.That(answer, Does.EndWith("a OK FETCH completed\r\n"));
        Assert.That(_mailbox.FlagsOnDisk(3), Is.EqualTo("FS"));
    }

    [TestCase("BODY.PEEK[]")]
    [TestCase("BODY.PEEK[HEADER]")]
    [TestCase("RFC822.HEADER")]
    [TestCase("BINARY.PEEK[1]")]
    [TestCase("BINARY.SIZE[1]")]
    [TestCase("BODY")]
    [TestCase("BODYSTRUCTURE")]
    [TestCase("FULL")]
    public void Looking_leaves_a_message_unseen(string item)
    {
        _mailbox.Select();
        Assert.That(_mailbox.Send($"FETCH 3 {item}"), Does.Not.Contain("\\Seen").And.Contains("a OK "));
        Assert.That(_mailbox.FlagsOnDisk(3), Is.EqualTo("F"));
    }

    [Test]
    public void Nothing_becomes_seen_in_an_examined_mailbox()
    {
        _mailbox.Select("EXAMINE");
        Assert.That(_mailbox.Send("FETCH 1 (FLAGS BODY[TEXT])"), Does.Contain("FLAGS ()").And.Contains(PlainBody));
        Assert.That(_mailbox.FlagsOnDisk(1), Is.EqualTo(""));
    }

    [Test]
    public void FLAGS_asked_for_with_a_body_are_those_after_reading()
    {
        _mailbox.Select();
        string answer = _mailbox.Send("FETCH 1,3 (FLAGS BODY[1]<0.1>)");
        Assert.That(
            answer,
            Is.EqualTo(
                "* 1 FETCH (FLAGS (\\Seen) BODY[1]<0> {1}\r\nH)\r\n* 3 FETCH (FLAGS (\\Flagged \\Seen) BODY[1]<0> {1}\r\nH)\r\n"
                + "a OK FETCH completed\r\n"));
    }

    [Test]
    public void UID_FETCH_tells_the_UID_once_whether_asked_or_not()
    {
        _mailbox.Select();
        Assert.That(_mailbox.Send("UID FETCH 3 FLAGS"), Is.EqualTo("* 3 FETCH (UID 3 FLAGS (\\Flagged))\r\na OK FETCH completed\r\n"));
        Assert.That(
            _mailbox.Send("UID FETCH 3:4 (FLAGS UID)"), Is.EqualTo("* 3 FETCH (FLAGS (\\Flagged) UID 3)\r\na OK FETCH completed\r\n"));
        Assert.That(_mailbox.Send("UID FETCH 77 FLAGS"), Is.EqualTo("a OK FETCH completed\r\n"));
        Assert.That(_mailbox.Send("UID FETCH * UID"), Is.EqualTo("* 3 FETCH (UID 3)\r\na OK FETCH completed\r\n"));
    }

    [Test]
    public void An_item_asked_for_twice_is_no_error()
    {
        _mailbox.Select();
        Assert.That(
            _mailbox.Send("FETCH 1 (FLAGS UID FLAGS UID)"), Is.EqualTo("* 1 FETCH (FLAGS () UID 1)\r\na OK FETCH completed\r\n"));
    }

    [Test]
    public void Recent_is_told_in_revision_1_only()
    {
        _mailbox.AddNew(Plain);
        _mailbox.Select();
        Assert.That(_mailbox.Send("FETCH 4 FLAGS"), Does.StartWith("* 4 FETCH (FLAGS (\\Recent))"));
        _mailbox.Send("ENABLE IMAP4rev2");
        Assert.That(_mailbox.Send("FETCH 4 FLAGS"), Does.StartWith("* 4 FETCH (FLAGS ())"));
    }

    [Test]
    public void Keywords_are_told_among_the_flags()
    {
        _mailbox.Select();
        _mailbox.Send("STORE 1 +FLAGS.SILENT ($Forwarded work)");
        Assert.That(_mailbox.Send("FETCH 1 FLAGS"), Does.StartWith("* 1 FETCH (FLAGS ($Forwarded work))"));
    }
}
