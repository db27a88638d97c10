using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Check;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Crash;

/// <summary>What the administrator's checker says of a tree.</summary>
internal static class Invariants
{
    /// <summary>Asserts that no file contradicts another.</summary>
    public static void Check(StoreOptions options, string when) => Assert.That(
        new MailboxChecker(options).Check(repair: false)
            .SelectMany(static report => report.Findings)
            .Where(static finding => finding.Severity == FindingSeverity.Damage),
        Is.Empty,
        when);
}
