using Imapd.Storage.Maildir;
using Imapd.Tests.Storage.Crash;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Look;

/// <summary>A user who has used up what the kernel grants of inotify (inotify(7)).</summary>
internal sealed class UnwatchedTests
{
    [Test]
    public void New_mail_is_found_without_watches_and_the_log_says_once_why_it_takes_longer()
    {
        using var tree = new TestTree();
        using var refused = new FaultSeam { GrantsWatches = false };
        tree.Create("Work");
        Mailbox mailbox = tree.Open();
        tree.Open("Work");
        tree.Deliver();

        Assert.That(mailbox.Refresh().Count, Is.EqualTo(1));
        Assert.That(mailbox.WatchDescriptor, Is.EqualTo(-1));
        Assert.That(mailbox.RefreshWithinMilliseconds, Is.LessThanOrEqualTo(30_000));
        Assert.That(tree.Log.Where(line => line.Contains("inotify", StringComparison.Ordinal)), Has.Exactly(1).Contains("max_user_instances"));
    }
}
