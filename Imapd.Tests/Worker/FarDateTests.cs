using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>Dates that 64 bits of nanoseconds do not hold.</summary>
internal sealed class FarDateTests
{
    [Test]
    public void A_file_dated_beyond_what_can_be_told_is_told_late_and_found_there()
    {
        using var mailbox = new MailboxUnderTest();
        mailbox.Add("Subject: late\r\n\r\n", received: new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero));
        mailbox.Select();
        AssertLate(mailbox);
    }

    [Test]
    public void A_message_appended_with_a_date_far_away_is_told_on_the_same_side_and_found_there()
    {
        using var mailbox = new MailboxUnderTest();
        mailbox.Add("Subject: x\r\n\r\n");
        mailbox.Select();
        Assert.That(mailbox.Send("STORE 1 +FLAGS (\\Deleted)"), Does.Contain("\r\na OK "));
        Assert.That(mailbox.Send("EXPUNGE"), Does.Contain("a OK "));
        Assert.That(mailbox.Send("APPEND INBOX \"01-Jan-9999 00:00:00 +0000\" {13+}\r\nSubject: late"), Does.Contain("\r\na OK "));
        AssertLate(mailbox);
        Assert.That(mailbox.Send("APPEND INBOX \"01-Jan-0001 00:00:00 +0000\" {14+}\r\nSubject: early"), Does.Contain("\r\na OK "));
        Assert.That(mailbox.Search("BEFORE 1-Jan-1970"), Is.EqualTo("2"));
        Assert.That(mailbox.Search("SINCE 1-Jan-1970"), Is.EqualTo("1"));
    }

    // How late depends on the file system.
    private static void AssertLate(MailboxUnderTest mailbox)
    {
        string date = Regex.Match(mailbox.Send("FETCH 1 INTERNALDATE"), "INTERNALDATE \"(.{11})").Groups[1].Value;
        Assert.That(int.Parse(date[7..], System.Globalization.CultureInfo.InvariantCulture), Is.GreaterThanOrEqualTo(2038));
        Assert.That(mailbox.Search($"ON {date.Trim()}"), Is.EqualTo("1"));
        Assert.That(mailbox.Search("SINCE 1-Jan-2030"), Is.EqualTo("1"));
        Assert.That(mailbox.Search("BEFORE 1-Jan-2030"), Is.Empty);
    }
}
