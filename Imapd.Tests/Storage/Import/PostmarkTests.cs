using System.Text;
using Imapd.Storage.Maildir.Import;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Import;

/// <summary>The line between two messages of an mbox.</summary>
public sealed class PostmarkTests
{
    [TestCase("From ann@example.org Fri Nov 20 10:00:30 2026 +0000")]
    [TestCase("From ann@example.org Fri Nov 20 11:00:30 +0100 2026")]
    [TestCase("From ann@example.org Fri Nov 20 04:30:30 2026 -0530")]
    [TestCase("From ann@example.org Fri Nov 20 10:00:30 GMT 2026")]
    [TestCase("From ann@example.org  Fri Nov 20 10:00:30 2026 UTC")]
    [TestCase("From \"a b\"@example.org Fri Nov 20 10:00:30 UTC 2026 remote from host")]
    public void The_date_is_the_internal_date(string line)
    {
        Assert.That(Read(line), Is.EqualTo(new DateTimeOffset(2026, 11, 20, 10, 0, 30, TimeSpan.Zero)));
    }

    [TestCase("From MAILER-DAEMON Fri Nov  6 10:00 2026", "2026-11-06 10:00:00")]
    [TestCase("From ann Sat Feb 29 23:59:60 2020", "2020-02-29 23:59:59")]
    [TestCase("From ann Fri Nov 20 10:00:30 MET DST 2026", "2026-11-20 10:00:30")]
    [TestCase("From ann Fri Nov 20 10:00:30 CET 2026\r", "2026-11-20 10:00:30")]
    public void Without_a_zone_that_means_one_thing_it_is_the_time_of_this_host(string line, string local)
    {
        var expected = DateTime.Parse(local, System.Globalization.CultureInfo.InvariantCulture);
        Assert.That(Read(line), Is.EqualTo(new DateTimeOffset(expected, TimeZoneInfo.Local.GetUtcOffset(expected))));
    }

    [TestCase("From me to you")]
    [TestCase("From ann@example.org")]
    [TestCase("from ann Fri Nov 20 10:00:30 2026")]
    [TestCase(">From ann Fri Nov 20 10:00:30 2026")]
    [TestCase("From: ann Fri Nov 20 10:00:30 2026")]
    [TestCase("From ann Fri Nov 31 10:00:30 2026")]
    [TestCase("From ann Fri Nov 20 24:00:30 2026")]
    [TestCase("From ann Fri Nov 20 10:00:30 26")]
    [TestCase("From ann Fri Nov 20 10:00:30")]
    [TestCase("From ann Fri, 20 Nov 2026 10:00:30")]
    [TestCase("From ann Fri Nov 20 10:00:30 +99999 2026")]
    public void A_line_without_such_a_date_is_text(string line)
    {
        Assert.That(Read(line), Is.Null);
    }

    private static DateTimeOffset? Read(string line) =>
        Postmark.TryRead(Encoding.Latin1.GetBytes(line + "\n"), out DateTimeOffset date) ? date : null;
}
