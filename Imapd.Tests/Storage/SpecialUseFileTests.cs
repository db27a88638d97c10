using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

/// <summary>The file that says which mailbox is for what cannot be read, or makes no sense.</summary>
internal sealed class SpecialUseFileTests
{
    [Test]
    public void Mailboxes_are_listed_without_the_uses_in_it_and_that_is_told_once([Values("directory", "link", "large", "garbage")] string kind)
    {
        using var tree = new TestTree();
        tree.Store.Create(TestTree.Name("Post"), SpecialUse.Sent);
        string path = Path.Combine(tree.Root, "imapd.special-use");
        File.Delete(path);
        switch (kind)
        {
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "link":
                File.CreateSymbolicLink(path, "/etc/passwd");
                break;
            case "large":
                File.WriteAllBytes(path, new byte[3 << 20]);
                break;
            default:
                File.WriteAllText(path, "garbage\nmore\n");
                break;
        }

        foreach (int _ in (int[])[1, 2])
        {
            Assert.That(
                tree.Store.List().Select(static entry => (entry.Name.Value, entry.Use)),
                Is.EqualTo(new[] { ("INBOX", SpecialUse.None), ("Post", SpecialUse.None) }));
        }

        Assert.That(tree.Log, Has.Count.EqualTo(1).And.All.Contains("imapd.special-use"));
        tree.Create("more");
        tree.Store.Rename(TestTree.Name("more"), TestTree.Name("other"));
        tree.Store.Delete(TestTree.Name("other"));
        if (kind != "garbage")
        {
            Assert.That(() => tree.Store.Create(TestTree.Name("new"), SpecialUse.Drafts), MailboxListTests.Fails(kind == "link" ? StoreError.Cannot : StoreError.Corruption));
        }

        Assert.That(tree.Store.List(), Has.Count.EqualTo(2));
    }
}
