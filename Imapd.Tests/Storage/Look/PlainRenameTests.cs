using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Native;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Look;

/// <summary>File systems that cannot rename without replacing: NFS, and most over FUSE.</summary>
internal sealed class PlainRenameTests
{
    [Test]
    public void Mailboxes_are_made_renamed_and_removed([Values] MailboxLayout layout)
    {
        using var tree = new TestTree(options: new StoreOptions { Root = "", HostName = "test", Layout = layout });
        using (WithoutFlag())
        {
            tree.Create("a/b");
            tree.Append("x\r\n", "a/b");
            tree.Store.Rename(TestTree.Name("a/b"), TestTree.Name("c/d"));
            tree.Create("e");
            tree.Store.Delete(TestTree.Name("e"));
            Assert.That(() => tree.Create("c/d"), MailboxListTests.Fails(StoreError.AlreadyExists));
        }

        Assert.That(tree.Store.List().Where(static entry => entry.Exists).Select(static entry => entry.Name.Value), Is.EqualTo(new[] { "INBOX", "c/d" }));
        Assert.That(tree.Open("c/d").State.Count, Is.EqualTo(1));
    }

    [Test]
    public void A_directory_that_is_there_is_not_replaced()
    {
        using var tree = new TestTree();
        foreach (string name in (string[])["from", "to"])
        {
            Directory.CreateDirectory(Path.Combine(tree.Root, name));
        }

        Assert.That(DirectoryHandle.TryOpen(tree.Root, out DirectoryHandle? root), Is.EqualTo(Errno.None));
        using (root)
        using (WithoutFlag())
        {
            Assert.That(root!.TryRenameNew("from", root, "to"), Is.EqualTo(Errno.EEXIST));
            Assert.That(root.TryRenameNew("from", root, "other"), Is.EqualTo(Errno.None));
        }

        Assert.That(Directory.Exists(Path.Combine(tree.Root, "other")) && !Directory.Exists(Path.Combine(tree.Root, "from")), Is.True);
    }

    // The first attempt at each name is the one with the flag; what is only ever replaced is renamed without.
    private static CallCounter WithoutFlag()
    {
        var tried = new HashSet<string>();
        return new CallCounter((kind, name) =>
            kind == DiskCallKind.Rename && !name.EndsWith(".tmp", StringComparison.Ordinal) && (tried.Add(name) || !tried.Remove(name))
                ? Errno.EINVAL : Errno.None);
    }
}
