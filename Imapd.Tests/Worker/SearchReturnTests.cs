using NUnit.Framework;
using static Imapd.Tests.Worker.SampleMail;

namespace Imapd.Tests.Worker;

/// <summary>RETURN, ESEARCH, and the saved result (RFC 9051 §6.4.4, §6.4.4.1).</summary>
public sealed class SearchReturnTests
{
    private MailboxUnderTest _mailbox = null!;

    [SetUp]
    public void SetUp()
    {
        _mailbox = new MailboxUnderTest();
        for (int i = 1; i <= 8; i++)
        {
            _mailbox.Add(Plain, flags: i is 2 or 3 or 4 or 7 ? "F" : "");
        }

        _mailbox.Select();
        _mailbox.Send("STORE 1 +FLAGS.SILENT (\\Deleted)");
        _mailbox.Send("UID EXPUNGE 1");
    }

    [TearDown]
    public void TearDown() => _mailbox.Dispose();

    // Flagged are now numbers 1, 2, 3, 6 with UIDs 2, 3, 4, 7.
    [TestCase("()", "ALL 1:3,6")]
    [TestCase("(ALL)", "ALL 1:3,6")]
    [TestCase("(MIN)", "MIN 1")]
    [TestCase("(MAX)", "MAX 6")]
    [TestCase("(MIN MAX)", "MIN 1 MAX 6")]
    [TestCase("(COUNT)", "COUNT 4")]
    [TestCase("(MAX MIN COUNT)", "MIN 1 MAX 6 COUNT 4")]
    [TestCase("(COUNT ALL MIN MAX)", "MIN 1 MAX 6 ALL 1:3,6 COUNT 4")]
    public void What_was_asked_for_is_returned(string options, string items) => Assert.That(
        _mailbox.Send($"SEARCH RETURN {options} FLAGGED"),
        Is.EqualTo($"* ESEARCH (TAG \"a\") {items}\r\na OK SEARCH completed\r\n"));

    [Test]
    public void UID_SEARCH_returns_UIDs_and_says_so() => Assert.That(
        _mailbox.Send("UID SEARCH RETURN (ALL MIN MAX COUNT) FLAGGED"),
        Is.EqualTo("* ESEARCH (TAG \"a\") UID MIN 2 MAX 7 ALL 2:4,7 COUNT 4\r\na OK SEARCH completed\r\n"));

    [TestCase("(MIN MAX ALL)", "")]
    [TestCase("(MIN COUNT)", " COUNT 0")]
    public void Where_nothing_is_found_only_the_count_has_a_value(string options, string items) => Assert.That(
        _mailbox.Send($"SEARCH RETURN {options} SEEN"), Is.EqualTo($"* ESEARCH (TAG \"a\"){items}\r\na OK SEARCH completed\r\n"));

    [Test]
    public void Revision_2_answers_with_ESEARCH_always()
    {
        Assert.That(_mailbox.Send("SEARCH FLAGGED"), Is.EqualTo("* SEARCH 1 2 3 6\r\na OK SEARCH completed\r\n"));
        _mailbox.Send("ENABLE IMAP4rev2");
        Assert.That(
            _mailbox.Send("SEARCH FLAGGED"), Is.EqualTo("* ESEARCH (TAG \"a\") ALL 1:3,6\r\na OK SEARCH completed\r\n"));
        Assert.That(_mailbox.Send("SEARCH SEEN"), Is.EqualTo("* ESEARCH (TAG \"a\")\r\na OK SEARCH completed\r\n"));
    }

    [TestCase("(SAVE)", "", "2 3 4 7")]
    [TestCase("(SAVE ALL)", "ALL 1:3,6", "2 3 4 7")]
    [TestCase("(SAVE COUNT)", "COUNT 4", "2 3 4 7")]
    [TestCase("(SAVE MIN)", "MIN 1", "2")]
    [TestCase("(MAX SAVE)", "MAX 6", "7")]
    [TestCase("(MIN SAVE MAX)", "MIN 1 MAX 6", "2 7")]
    [TestCase("(MIN SAVE MAX COUNT)", "MIN 1 MAX 6 COUNT 4", "2 3 4 7")]
    [TestCase("(MIN SAVE ALL)", "MIN 1 ALL 1:3,6", "2 3 4 7")]
    public void SAVE_keeps_what_the_table_of_the_RFC_says(string options, string items, string saved)
    {
        string untagged = items.Length == 0 ? "" : $"* ESEARCH (TAG \"a\") {items}\r\n";
        Assert.That(
            _mailbox.Send($"SEARCH RETURN {options} FLAGGED"), Is.EqualTo(untagged + "a OK SEARCH completed\r\n"));
        Assert.That(_mailbox.Send("UID SEARCH $"), Is.EqualTo($"* SEARCH {saved}\r\na OK SEARCH completed\r\n"));
        Assert.That(_mailbox.Send("UID SEARCH UID $"), Is.EqualTo($"* SEARCH {saved}\r\na OK SEARCH completed\r\n"));
    }

    [Test]
    public void MIN_and_MAX_of_a_single_message_save_it_once()
    {
        Assert.That(
            _mailbox.Send("SEARCH RETURN (SAVE MIN MAX) UID 5"),
            Is.EqualTo("* ESEARCH (TAG \"a\") MIN 4 MAX 4\r\na OK SEARCH completed\r\n"));
        Assert.That(_mailbox.Send("UID SEARCH $"), Does.StartWith("* SEARCH 5\r\n"));
    }

    [Test]
    public void The_saved_result_stands_for_messages_in_other_commands()
    {
        _mailbox.Send("SEARCH RETURN (SAVE) FLAGGED");
        Assert.That(
            _mailbox.Send("FETCH $ UID"),
            Is.EqualTo(
                "* 1 FETCH (UID 2)\r\n* 2 FETCH (UID 3)\r\n* 3 FETCH (UID 4)\r\n* 6 FETCH (UID 7)\r\na OK FETCH completed\r\n"));
        Assert.That(_mailbox.Send("UID FETCH $ FLAGS"), Does.StartWith("* 1 FETCH (UID 2 FLAGS (\\Flagged))\r\n"));
        Assert.That(_mailbox.Send("STORE $ -FLAGS.SILENT (\\Flagged)"), Does.StartWith("a OK "));
        Assert.That(_mailbox.Search("FLAGGED"), Is.Empty);
        _mailbox.Send("CREATE Copies");
        Assert.That(_mailbox.Send("COPY $ Copies"), Does.StartWith("a OK "));
        Assert.That(_mailbox.Send("STATUS Copies (MESSAGES)"), Does.Contain("MESSAGES 4"));
        Assert.That(_mailbox.Search("(OR $ 7) NOT 2"), Is.EqualTo("1 3 6 7"));
    }

    [Test]
    public void The_saved_result_may_be_the_last_part_of_a_set()
    {
        _mailbox.Send("SEARCH RETURN (SAVE) FLAGGED");
        Assert.That(
            _mailbox.Send("FETCH 7,2:3,$ UID"),
            Is.EqualTo(
                "* 1 FETCH (UID 2)\r\n* 2 FETCH (UID 3)\r\n* 3 FETCH (UID 4)\r\n* 6 FETCH (UID 7)\r\n* 7 FETCH (UID 8)\r\n"
                + "a OK FETCH completed\r\n"));
        Assert.That(_mailbox.Send("UID FETCH 8,$ UID"), Does.StartWith("* 1 FETCH (UID 2)\r\n").And.Contains("* 7 FETCH (UID 8)\r\na OK "));
        Assert.That(_mailbox.Search("4,$"), Is.EqualTo("1 2 3 4 6"));
        Assert.That(_mailbox.Search("UID 8,$"), Is.EqualTo("1 2 3 6 7"));
    }

    [Test]
    public void The_saved_result_follows_its_messages_through_expunges()
    {
        _mailbox.Send("SEARCH RETURN (SAVE) FLAGGED");
        _mailbox.Send("STORE 1:2 +FLAGS.SILENT (\\Deleted)");
        _mailbox.Send("EXPUNGE");
        Assert.That(_mailbox.Send("FETCH $ UID"), Does.StartWith("* 1 FETCH (UID 4)\r\n* 4 FETCH (UID 7)\r\na OK "));
    }

    [Test]
    public void Only_a_search_with_SAVE_changes_the_saved_result()
    {
        _mailbox.Send("SEARCH RETURN (SAVE) FLAGGED");
        _mailbox.Send("SEARCH RETURN (ALL) UNFLAGGED");
        _mailbox.Send("SEARCH UNFLAGGED");
        _mailbox.Send("SEARCH RETURN (SAVE) NOSUCHKEY");
        _mailbox.Send("SEARCH CHARSET X-NONE ALL");
        Assert.That(_mailbox.Search("$"), Is.EqualTo("1 2 3 6"));
        _mailbox.Send("SEARCH RETURN (SAVE) SEEN");
        Assert.That(_mailbox.Search("$"), Is.Empty);
    }

    [Test]
    public void A_search_with_SAVE_that_is_answered_NO_empties_the_saved_result()
    {
        _mailbox.Send("SEARCH RETURN (SAVE) FLAGGED");
        Assert.That(_mailbox.Send("SEARCH RETURN (SAVE) CHARSET X-NONE ALL"), Does.StartWith("a NO [BADCHARSET"));
        Assert.That(_mailbox.Send("FETCH $ UID"), Does.StartWith("a OK "));
    }

    [Test]
    public void The_saved_result_is_empty_before_the_first_search_and_after_SELECT()
    {
        Assert.That(_mailbox.Send("FETCH $ UID"), Does.StartWith("a OK "));
        _mailbox.Send("SEARCH RETURN (SAVE) FLAGGED");
        _mailbox.Select();
        Assert.That(_mailbox.Send("FETCH $ UID"), Does.StartWith("a OK "));
        Assert.That(_mailbox.Search("$"), Is.Empty);
    }
}
