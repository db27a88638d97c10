using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

/// <summary>The keyword table is removed by somebody.</summary>
internal sealed class LostKeywordsTests
{
    [Test]
    public void Keywords_that_are_lost_with_their_table_are_told_once([Values] bool hasIndex, [Values] bool wasLookedAtBefore)
    {
        using var tree = new TestTree();
        if (wasLookedAtBefore)
        {
            Look(tree);
        }

        tree.Append("one\r\n", keywords: "Work");
        tree.Append("two\r\n");
        Look(tree);
        Assert.That(tree.Log, Is.Empty);
        File.Delete(Path.Combine(tree.Root, "dovecot-keywords"));
        if (!hasIndex)
        {
            File.Delete(Path.Combine(tree.Root, "imapd.index"));
        }

        Look(tree);
        Look(tree);
        Assert.That(tree.Log, Has.Count.EqualTo(1).And.All.Contains("dovecot-keywords: it is lost; the keywords of 1 messages"));
    }

    [Test]
    public void Without_keywords_nothing_is_told_of_a_table_that_is_not_there()
    {
        using var tree = new TestTree();
        tree.Append("one\r\n", keywords: "Work");
        tree.Open().Flag(FlagChangeKind.Remove, SystemFlags.None, "Work");
        File.Delete(Path.Combine(tree.Root, "dovecot-keywords"));
        Look(tree);
        Assert.That(tree.Log, Is.Empty);
    }

    private static void Look(TestTree tree)
    {
        using Mailbox mailbox = tree.Store.Select(MailboxName.Inbox, false);
    }
}
