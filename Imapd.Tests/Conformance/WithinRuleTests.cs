using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>OLDER and YOUNGER (RFC 5032).</summary>
public sealed class WithinRuleTests
{
    [Test]
    public void Messages_are_older_or_younger_than_a_number_of_seconds()
    {
        using var mailbox = new MailboxUnderTest();
        mailbox.Add("Subject: x\r\n\r\n", received: DateTimeOffset.UtcNow.AddHours(-2));
        mailbox.Add("Subject: y\r\n\r\n", received: DateTimeOffset.UtcNow.AddDays(-2));
        mailbox.Select();
        Assert.That((mailbox.Search("OLDER 3600"), mailbox.Search("YOUNGER 3600")), Is.EqualTo(("1 2", "")));
        Assert.That((mailbox.Search("OLDER 86400"), mailbox.Search("YOUNGER 86400")), Is.EqualTo(("2", "1")));
        Assert.That((mailbox.Search("OLDER 4294967295"), mailbox.Search("YOUNGER 4294967295")), Is.EqualTo(("", "1 2")));
        Assert.That(mailbox.Search("OLDER 86400 YOUNGER 259200"), Is.EqualTo("2"));
    }
}
