using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

/// <summary>Mailboxes as directories in directories (Dovecot's LAYOUT=fs).</summary>
internal sealed class FsLayoutTests
{
    private TestTree _tree = null!;

    private MailStore Store => _tree.Store;

    private IEnumerable<string> Names => Store.List().Select(static entry => entry.Exists ? entry.Name.Value : $"({entry.Name.Value})");

    [SetUp]
    public void Make() => _tree = new TestTree(options: new StoreOptions { Root = "", HostName = "test", Layout = MailboxLayout.Fs });

    [TearDown]
    public void Remove()
    {
        foreach (string directory in Directory.GetDirectories(_tree.Root, "*", new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, RecurseSubdirectories = true }))
        {
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        _tree.Dispose();
    }

    [Test]
    public void A_mailbox_is_a_directory_and_those_above_it_are_levels()
    {
        _tree.Create("a/b.c/ü");
        _tree.Create("INBOX/sub");
        _tree.Append("x\r\n", "a/b.c/ü");
        Assert.That(Directory.Exists(Path.Combine(_tree.Root, "a", "b.c", "&APw-", "cur")), Is.True);
        Assert.That(Names, Is.EqualTo(new[] { "INBOX", "(a)", "(a/b.c)", "a/b.c/ü", "INBOX/sub" }).Or.EqualTo(new[] { "INBOX", "INBOX/sub", "(a)", "(a/b.c)", "a/b.c/ü" }));
        Assert.That(Store.Status(TestTree.Name("a/b.c/ü")).Messages, Is.EqualTo(1));
        _tree.Create("a");
        Assert.That(Store.Find(TestTree.Name("a")), Is.EqualTo(new MailboxEntry(TestTree.Name("a"), true, true, SpecialUse.None)));
        Assert.That(() => _tree.Create("a"), MailboxListTests.Fails(StoreError.AlreadyExists));
        _tree.Append("y\r\n", "a");
        Assert.That(Directory.GetFileSystemEntries(Path.Combine(_tree.Root, "tmp")), Is.Empty);
    }

    [TestCase("cur")]
    [TestCase("a/new")]
    [TestCase("a/tmp/b")]
    [TestCase("a/.hidden")]
    [TestCase("dovecot-uidlist")]
    [TestCase("dovecot.index")]
    [TestCase("subscriptions")]
    [TestCase("a/imapd.index")]
    [TestCase("courierimapkeywords")]
    public void What_a_Maildir_needs_for_itself_is_no_name(string name)
    {
        _tree.Create("a");
        Assert.That(() => _tree.Create(name), MailboxListTests.Fails(StoreError.Cannot));
        Assert.That(() => Store.Rename(TestTree.Name("a"), TestTree.Name(name)), MailboxListTests.Fails(StoreError.Cannot));
        Assert.That(() => Store.Select(TestTree.Name(name), true), MailboxListTests.Fails(StoreError.NonExistent));
        Assert.That(Names, Is.EqualTo(new[] { "INBOX", "a" }));
    }

    [Test]
    public void A_mailbox_that_is_deleted_leaves_those_below_it_and_no_empty_levels()
    {
        _tree.Create("a");
        _tree.Create("a/b/c");
        _tree.Append("x\r\n", "a");
        Mailbox open = _tree.Open("a");
        uint validity = open.State.UidValidity.Value;
        Store.Delete(TestTree.Name("a"));
        Assert.That(Names, Is.EqualTo(new[] { "INBOX", "(a)", "(a/b)", "a/b/c" }));
        Assert.That(() => open.Refresh(), MailboxListTests.Fails(StoreError.NonExistent));
        Assert.That(() => Store.Delete(TestTree.Name("a")), MailboxListTests.Fails(StoreError.HasChildren));
        _tree.Create("a");
        Assert.That(Store.Status(TestTree.Name("a")).UidValidity.Value, Is.GreaterThan(validity));
        Assert.That(Store.Status(TestTree.Name("a")).Messages, Is.Zero);
        Store.Delete(TestTree.Name("a"));
        Store.Delete(TestTree.Name("a/b/c"));
        Assert.That(Names, Is.EqualTo(new[] { "INBOX" }));
        Assert.That(Directory.Exists(Path.Combine(_tree.Root, "a")), Is.False);
    }

    [Test]
    public void What_a_crash_left_of_a_deleted_mailbox_is_not_in_the_one_made_again()
    {
        _tree.Create("a/b");
        Directory.CreateDirectory(Path.Combine(_tree.Root, "a", "new"));
        _tree.Write("a/new/1.x", "old");
        _tree.Write("a/dovecot-uidlist", "3 V1 N9 G5e8c52391ee04d67a2a5000095bd7a29\n");
        _tree.Write("a/mine.txt", "");
        _tree.Create("a");
        Assert.That(_tree.Open("a").State.Count, Is.Zero);
        Assert.That(_tree.Open("a").State.UidValidity.Value, Is.GreaterThan(1));
        Assert.That(File.Exists(Path.Combine(_tree.Root, "a", "mine.txt")), Is.True);
    }

    [Test]
    public void A_tree_is_renamed_with_all_that_is_below()
    {
        _tree.Create("a");
        _tree.Create("a/b/c");
        _tree.Append("x\r\n", "a/b/c");
        MailboxStatus before = Store.Status(TestTree.Name("a/b/c"));
        Store.Rename(TestTree.Name("a"), TestTree.Name("x/y"));
        Assert.That(Names, Is.EqualTo(new[] { "INBOX", "(x)", "x/y", "(x/y/b)", "x/y/b/c" }));
        Assert.That(Store.Status(TestTree.Name("x/y/b/c")), Is.EqualTo(before));
        Store.Rename(TestTree.Name("x/y/b"), TestTree.Name("z"));
        Assert.That(Names, Is.EqualTo(new[] { "INBOX", "(x)", "x/y", "(z)", "z/c" }));
        Assert.That(() => Store.Rename(TestTree.Name("x/y"), TestTree.Name("z")), MailboxListTests.Fails(StoreError.AlreadyExists));
        Assert.That(() => Store.Rename(TestTree.Name("x"), TestTree.Name("x/y/n")), MailboxListTests.Fails(StoreError.Cannot));
        Store.Rename(TestTree.Name("z/c"), TestTree.Name("x/y/c"));
        Assert.That(Names, Is.EqualTo(new[] { "INBOX", "(x)", "x/y", "x/y/c" }));
        _tree.Append("mail\r\n");
        Store.Rename(MailboxName.Inbox, TestTree.Name("old/mail"));
        Assert.That(Store.Status(TestTree.Name("old/mail")).Messages, Is.EqualTo(1));
    }

    [Test]
    public void An_open_mailbox_is_served_through_the_renaming_of_one_above_it()
    {
        _tree.Create("a/b");
        _tree.Append("x\r\n", "a/b");
        Mailbox open = _tree.Open("a/b");
        Store.Rename(TestTree.Name("a"), TestTree.Name("c"));
        _tree.Append("y\r\n", "c/b");
        Assert.That(open.Refresh().Count, Is.EqualTo(2));
        Assert.That(open.Flag(FlagChangeKind.Add, SystemFlags.Seen).FlagsAt(0).System, Is.EqualTo(SystemFlags.Seen));
    }

    [Test]
    public void Names_that_others_have_written_are_found_at_every_level()
    {
        foreach (string path in (string[])["Entwürfe/cur", "Entwürfe/u\u0308/cur", "R&D/x/cur", "&AOQ-/b/cur", "ä/c/cur", "b\x01/cur", ".dot/cur", ".git/objects"])
        {
            Directory.CreateDirectory(Path.Combine(_tree.Root, path));
        }

        Assert.That(
            Names,
            Is.EquivalentTo(new[] { "INBOX", "Entwürfe", "Entwürfe/ü", "(R&D)", "R&D/x", "(ä)", "ä/b", "(ä (2))", "ä (2)/c", "b\\01", ".dot" }));
        foreach (string name in Names.Where(static name => !name.StartsWith('(')).ToArray())
        {
            Assert.That(_tree.Open(name).State.Count, Is.Zero, name);
        }

        Store.Rename(TestTree.Name("Entwürfe"), TestTree.Name("moved"));
        Assert.That(Store.Exists(TestTree.Name("moved/ü")), Is.True);
        Store.Delete(TestTree.Name("ä (2)/c"));
        Assert.That(Store.Find(TestTree.Name("ä (2)")), Is.Null);
    }

    [Test]
    public void Links_are_followed_and_loops_are_not()
    {
        _tree.Create("a/b");
        Directory.CreateSymbolicLink(Path.Combine(_tree.Root, "a", "up"), "..");
        Directory.CreateSymbolicLink(Path.Combine(_tree.Root, "a", "self"), "self");
        Directory.CreateSymbolicLink(Path.Combine(_tree.Root, "z"), "a/b");
        File.CreateSymbolicLink(Path.Combine(_tree.Root, "nowhere"), "/no/such/place");
        Mono.Unix.Native.Syscall.mkfifo(Path.Combine(_tree.Root, "fifo"), Mono.Unix.Native.FilePermissions.S_IRWXU);
        Assert.That(Names, Is.EqualTo(new[] { "INBOX", "(a)", "a/b", "z" }));
        _tree.Append("x\r\n", "z");
        Assert.That(_tree.Open("a/b").State.Count, Is.EqualTo(1));
    }

    [Test]
    public void A_directory_that_may_not_be_read_is_listed_and_refused()
    {
        _tree.Create("a");
        _tree.Create("locked/x");
        File.SetUnixFileMode(Path.Combine(_tree.Root, "locked"), UnixFileMode.None);
        As.Nobody(_tree.Root, () =>
        {
            using MailStore store = MailStore.Open(_tree.Options);
            Assert.That(store.List().Select(static entry => entry.Name.Value), Is.EqualTo(new[] { "INBOX", "a", "locked" }));
            Assert.That(() => store.Select(TestTree.Name("locked"), false), MailboxListTests.Fails(StoreError.NoPermission));
            Assert.That(() => store.Status(TestTree.Name("locked/x")), MailboxListTests.Fails(StoreError.NoPermission));
            Assert.That(store.Status(TestTree.Name("a")).Messages, Is.Zero);
        });
    }

    [TestCase("a/b\nx/y\n", "a/b\nx/y\nn/&APw-\n")]
    [TestCase("V\t2\n\na\tb\nx\ty\n", "V\t2\n\na\tb\nx\ty\nn\t&APw-\n")]
    public void Subscriptions_are_written_as_they_were_found(string before, string after)
    {
        _tree.Write("subscriptions", before);
        Store.Subscribe(TestTree.Name("n/ü"));
        Assert.That(_tree.Read("subscriptions"), Is.EqualTo(after));
        Assert.That(Store.Subscriptions().Select(static name => name.Value), Is.EqualTo(new[] { "a/b", "n/ü", "x/y" }));
    }
}
