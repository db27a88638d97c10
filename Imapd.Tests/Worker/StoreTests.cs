using NUnit.Framework;
using static Imapd.Tests.Worker.SampleMail;

namespace Imapd.Tests.Worker;

public sealed class StoreTests
{
    private MailboxUnderTest _mailbox = null!;

    [SetUp]
    public void SetUp()
    {
        _mailbox = new MailboxUnderTest();
        _mailbox.Add(Plain);
        _mailbox.Add(Plain, flags: "FS");
        _mailbox.Add(Plain, flags: "T");
        _mailbox.Select();
    }

    [TearDown]
    public void TearDown() => _mailbox.Dispose();

    [Test]
    public void Adding_tells_all_flags_of_each_message()
    {
        Assert.That(
            _mailbox.Send("STORE 1:3 +FLAGS (\\Answered)"),
            Is.EqualTo(
                "* 1 FETCH (FLAGS (\\Answered))\r\n* 2 FETCH (FLAGS (\\Answered \\Flagged \\Seen))\r\n"
                + "* 3 FETCH (FLAGS (\\Answered \\Deleted))\r\na OK STORE completed\r\n"));
        Assert.That(
            new[] { _mailbox.FlagsOnDisk(1), _mailbox.FlagsOnDisk(2), _mailbox.FlagsOnDisk(3) },
            Is.EqualTo(new[] { "R", "FRS", "RT" }));
    }

    [Test]
    public void Removing_takes_the_named_flags_away()
    {
        Assert.That(
            _mailbox.Send("STORE 2:3 -FLAGS (\\Seen \\Deleted \\Draft)"),
            Is.EqualTo("* 2 FETCH (FLAGS (\\Flagged))\r\n* 3 FETCH (FLAGS ())\r\na OK STORE completed\r\n"));
        Assert.That(_mailbox.FlagsOnDisk(2), Is.EqualTo("F"));
    }

    [Test]
    public void Replacing_leaves_no_other_flags()
    {
        Assert.That(
            _mailbox.Send("STORE 2 FLAGS (\\Draft)"), Is.EqualTo("* 2 FETCH (FLAGS (\\Draft))\r\na OK STORE completed\r\n"));
        Assert.That(_mailbox.Send("STORE 2 FLAGS ()"), Is.EqualTo("* 2 FETCH (FLAGS ())\r\na OK STORE completed\r\n"));
        Assert.That(_mailbox.FlagsOnDisk(2), Is.EqualTo(""));
    }

    [TestCase("+FLAGS.SILENT", "FRS")]
    [TestCase("-FLAGS.SILENT", "FS")]
    [TestCase("FLAGS.SILENT", "R")]
    public void Silent_changes_are_made_and_not_told(string item, string onDisk)
    {
        Assert.That(_mailbox.Send($"STORE 2 {item} (\\Answered)"), Is.EqualTo("a OK STORE completed\r\n"));
        Assert.That(_mailbox.Send("NOOP"), Is.EqualTo("a OK NOOP completed\r\n"));
        Assert.That(_mailbox.FlagsOnDisk(2), Is.EqualTo(onDisk));
    }

    [Test]
    public void A_flag_without_parentheses_is_a_list_of_one() => Assert.That(
        _mailbox.Send("STORE 1 +FLAGS \\Seen"), Is.EqualTo("* 1 FETCH (FLAGS (\\Seen))\r\na OK STORE completed\r\n"));

    [Test]
    public void UID_STORE_tells_the_UID_and_passes_over_those_that_are_not_there() => Assert.That(
        _mailbox.Send("UID STORE 3:9 +FLAGS (\\Flagged)"),
        Is.EqualTo("* 3 FETCH (UID 3 FLAGS (\\Flagged \\Deleted))\r\na OK STORE completed\r\n"));

    [Test]
    public void UID_STORE_of_no_message_is_OK() =>
        Assert.That(_mailbox.Send("UID STORE 70 +FLAGS (\\Flagged)"), Does.StartWith("a OK "));

    [Test]
    public void Keywords_are_stored_in_any_case_and_stay()
    {
        Assert.That(_mailbox.Send("STORE 1 +FLAGS (Work $Junk)"), Does.Contain("* 1 FETCH (FLAGS (Work $Junk))\r\n"));
        Assert.That(_mailbox.Send("STORE 1 -FLAGS (wORK)"), Does.Contain("* 1 FETCH (FLAGS ($Junk))\r\n"));
        _mailbox.Select();
        Assert.That(_mailbox.Send("FETCH 1 FLAGS"), Does.Contain("* 1 FETCH (FLAGS ($Junk))\r\n"));
    }

    [Test]
    public void A_mailbox_takes_26_keywords_and_says_when_it_is_full()
    {
        for (int i = 0; i < 26; i++)
        {
            Assert.That(_mailbox.Send($"STORE 1 +FLAGS.SILENT (k{i})"), Does.Contain("a OK "));
        }

        Assert.That(_mailbox.Send("STORE 2 +FLAGS (\\Draft one-more)"), Does.StartWith("a NO [LIMIT] "));
        Assert.That(_mailbox.FlagsOnDisk(2), Is.EqualTo("FS"));
    }

    [Test]
    public void An_examined_mailbox_cannot_be_changed()
    {
        _mailbox.Select("EXAMINE");
        Assert.That(_mailbox.Send("STORE 1 +FLAGS (\\Seen)"), Does.Match("^a NO \\[[A-Z-]+\\] "));
        Assert.That(_mailbox.FlagsOnDisk(1), Is.EqualTo(""));
    }

    [Test]
    public void Vanished_messages_are_told_of_and_the_others_changed()
    {
        _mailbox.DeleteFile(2);
        Assert.That(
            _mailbox.Send("STORE 1:3 +FLAGS (\\Draft)"),
            Does.StartWith(
                "* 1 FETCH (FLAGS (\\Draft))\r\n* 3 FETCH (FLAGS (\\Deleted \\Draft))\r\na NO [EXPUNGEISSUED] "));
        Assert.That(_mailbox.Send("NOOP"), Does.StartWith("* 2 EXPUNGE\r\n"));
    }

    [TestCase("STORE 1:4 +FLAGS (\\Answered)", true)]
    [TestCase("STORE 1:4 +FLAGS.SILENT (\\Answered)", false)]
    public void A_message_that_cannot_be_renamed_does_not_keep_the_others_from_their_flags(string store, bool isTold)
    {
        using var mailbox = new MailboxUnderTest();
        mailbox.Add(Plain);
        mailbox.Add(Plain, flags: "S");
        mailbox.Add(Plain);

        // Its name leaves no room for flags, and it is in the middle of the others by its time.
        string path = Path.Combine(mailbox.Root, "cur", "1700000000.N" + new string('a', 241) + ":2");
        File.WriteAllText(path, Plain);
        mailbox.Select();
        string answer = mailbox.Send(store);
        Assert.That(answer, Does.Contain("\r\na NO [CANNOT] ").Or.StartsWith("a NO [CANNOT] "));
        Assert.That(answer.Split("FLAGS (\\Answered").Length - 1, Is.EqualTo(isTold ? 3 : 0));
        Assert.That(answer.Split("FLAGS ())").Length - 1, Is.EqualTo(1), "the one that was not changed");
        string[] onDisk = [.. Enumerable.Range(1, 3).Select(mailbox.FlagsOnDisk)];
        Assert.That(onDisk, Is.EqualTo(new[] { "R", "RS", "R" }));
        Assert.That(File.Exists(path));
        Assert.That(mailbox.Send("SEARCH ANSWERED").Split("\r\n")[0].Split(' '), Has.Length.EqualTo(5));
    }

    [Test]
    public void Recent_cannot_be_stored()
    {
        string answer = _mailbox.Send("STORE 1 +FLAGS (\\Recent)");
        Assert.That(answer, Does.Not.Contain("\\Recent)").Or.StartsWith("a BAD "));
        Assert.That(_mailbox.Send("FETCH 1 FLAGS"), Does.Not.Contain("Recent"));
    }
}
