using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>SEARCH by the Date field, as it is really written (RFC 9051 §6.4.4, RFC 5322 §3.3, §4.3).</summary>
public sealed class DateRuleTests
{
    [TestCase("Wed, 2 Mar 2022 12:00:00 +0000")]
    [TestCase("2 Mar 2022 12:00 +0000")]
    [TestCase("Wed, 02 Mar 2022 00:00:00 +1400")]
    [TestCase("Wed, 02 Mar 2022 23:59:59 -1200")]
    [TestCase("Wed, 2 Mar 2022 23:59:60 +0000")]
    [TestCase("Fri, 2 Mar 2022 12:00:00 +0000")]
    [TestCase("Wed, 2 Mar 22 12:00:00 GMT")]
    [TestCase("Wed, 2 Mar 2022 12:00:00 EST")]
    [TestCase("Wed, 2 Mar 2022 12:00:00")]
    [TestCase("Wed, 2 Mar 2022 12:00:00 +9900")]
    [TestCase("Wed, 2 Mar 2022 12:00:00 XYZ (nowhere)")]
    [TestCase("Wed,  2  mar  2022 (comment) 12 : 00 : 00 +0000")]
    [TestCase("Wed, 2-Mar-2022 12:00:00 +0000")]
    [TestCase("\r\n Wed, 2 Mar 2022\r\n 12:00:00 +0000")]
    [TestCase("Wednesday, 2 March 2022 12:00:00 +0000")]
    [TestCase("wed 2 Mar 2022 12:00:00 +0000")]
    public void A_message_was_sent_on_the_day_that_its_Date_names_whatever_the_time_and_zone(string date)
    {
        using var mailbox = new MailboxUnderTest();
        mailbox.Add($"Date: {date}\r\n\r\nx\r\n", received: new DateTimeOffset(2010, 1, 1, 0, 0, 0, TimeSpan.Zero));
        mailbox.Select();
        string[] keys = ["SENTON 2-Mar-2022", "SENTSINCE 2-Mar-2022", "SENTBEFORE 3-Mar-2022", "NOT SENTON 1-Mar-2022", "NOT SENTBEFORE 2-Mar-2022", "NOT SENTSINCE 3-Mar-2022"];
        Assert.That(keys.Select(mailbox.Search), Is.All.EqualTo("1"));
    }

    [TestCase("Tue, 7 Mar 99 12:00:00 GMT", "7-Mar-1999")]
    [TestCase("Tue, 7 Mar 50 12:00:00 GMT", "7-Mar-1950")]
    [TestCase("Tue, 7 Mar 49 12:00:00 GMT", "7-Mar-2049")]
    [TestCase("Tue, 7 Mar 00 12:00:00 GMT", "7-Mar-2000")]
    [TestCase("Tue, 7 Mar 102 12:00:00 GMT", "7-Mar-2002")]
    public void Years_of_two_and_three_digits_are_understood(string date, string day)
    {
        using var mailbox = new MailboxUnderTest();
        mailbox.Add($"Date: {date}\r\n\r\nx\r\n");
        mailbox.Select();
        Assert.That(mailbox.Search("SENTON " + day), Is.EqualTo("1"));
    }

    [TestCase("Date: yesterday\r\n")]
    [TestCase("Date:\r\n")]
    [TestCase("Date: Wed, 31 Feb 2022 12:00:00 +0000\r\n")]
    [TestCase("Date: Wed, 2 Mar 99999 12:00:00 +0000\r\n")]
    [TestCase("Date: Wed, 2 Foo 2022 12:00:00 +0000\r\n")]
    [TestCase("Date: =?utf-8?q?2_Mar_2022?=\r\n")]
    [TestCase("Date: 2022-03-02T12:00:00Z\r\n")]
    [TestCase("Subject: none\r\n")]
    public void A_message_without_a_date_that_can_be_read_was_sent_on_no_day(string field)
    {
        using var mailbox = new MailboxUnderTest();
        mailbox.Add($"{field}\r\nx\r\n");
        mailbox.Add("Date: Wed, 2 Mar 2022 12:00:00 +0000\r\n\r\nx\r\n");
        mailbox.Select();
        Assert.That(mailbox.Search("SENTSINCE 1-Jan-1970"), Is.EqualTo("2"));
        Assert.That(mailbox.Search("SENTBEFORE 1-Jan-2099"), Is.EqualTo("2"));
        Assert.That(mailbox.Search("NOT SENTON 2-Mar-2022"), Is.EqualTo("1"));
    }

    [Test]
    public void Of_two_Date_fields_the_first_counts()
    {
        using var mailbox = new MailboxUnderTest();
        mailbox.Add("Date: Wed, 2 Mar 2022 12:00:00 +0000\r\nDate: Thu, 3 Mar 2022 12:00:00 +0000\r\n\r\nx\r\n");
        mailbox.Select();
        Assert.That((mailbox.Search("SENTON 2-Mar-2022"), mailbox.Search("SENTON 3-Mar-2022")), Is.EqualTo(("1", "")));
    }
}
