using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Check;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Crash;

/// <summary>What the administrator's checker says of a tree.</summary>
internal static class Invariants
{
    /// <summary>Asserts that no file contradicts another.</summary>
    /// <param name="options">The tree.</param>
    /// <param name="when">For the report.</param>
    /// <param name="isCacheExempt">Whether a cache may be damaged: nothing has looked into it yet since it lost what was not synced.</param>
    public static void Check(StoreOptions options, string when, bool isCacheExempt = false) => Assert.That(
        new MailboxChecker(options).Check(repair: false)
            .SelectMany(static report => report.Findings)
            .Where(finding => finding.Severity == FindingSeverity.Damage
                && !(isCacheExempt && finding.Path.EndsWith("imapd.cache", StringComparison.Ordinal))),
        Is.Empty,
        when);
}
