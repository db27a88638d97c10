using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Native;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Look;

/// <summary>Mailboxes in which the file system permits less than usual.</summary>
internal sealed class RefusedChangeTests
{
    private TestTree _tree = null!;

    [SetUp]
    public void Make()
    {
        _tree = new TestTree();
        _tree.Create("a");
        _tree.Append("x\r\n", "a", SystemFlags.Deleted);
        _tree.Append("y\r\n", "a");
    }

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void A_Maildir_that_may_only_be_read_is_selected_read_only([Values] bool hasIndex, [Values] bool hasLock)
    {
        _tree.Store.Status(TestTree.Name("a"));
        if (!hasIndex)
        {
            File.Delete(Path.Combine(_tree.Root, ".a", "imapd.index"));
        }

        if (!hasLock)
        {
            File.Delete(Path.Combine(_tree.Root, ".a", "imapd.lock"));
        }

        string[] directories = [.. new[] { "", "new", "cur", "tmp" }.Select(part => Path.Combine(_tree.Root, ".a", part))];
        try
        {
            As.Nobody(_tree.Root, () =>
            {
                Mode(directories, 0x140);
                foreach (string file in Directory.GetFiles(directories[0]))
                {
                    File.SetUnixFileMode(file, (UnixFileMode)0x100);
                }

                using Mailbox mailbox = _tree.Store.Select(TestTree.Name("a"), false);
                Assert.That(mailbox.IsReadOnly, Is.True);
                Assert.That(mailbox.State.AllUids().Select(mailbox.Wire), Is.EqualTo(new[] { "x\r\n", "y\r\n" }));
                Assert.That(() => mailbox.Expunge(null), MailboxListTests.Fails(StoreError.NoPermission));
                Assert.That(mailbox.Refresh(), Is.SameAs(mailbox.State));
            });
        }
        finally
        {
            Mode(directories, 0x1c0);
        }
    }

    [Test]
    public void Without_room_for_a_lock_file_messages_can_be_expunged_by_one_session_at_a_time()
    {
        Mailbox mailbox = _tree.Open("a");
        File.Delete(Path.Combine(_tree.Root, ".a", "imapd.lock"));
        using MailStore impatient = MailStore.Open(_tree.Options with { LockWaitSeconds = 0 });
        using Mailbox other = impatient.Select(TestTree.Name("a"), true);
        bool isAsked = false;
        bool isShutOut = false;
        using (new CallCounter((kind, name) =>
        {
            if (kind == DiskCallKind.Unlink && !isAsked)
            {
                isAsked = true;
                isShutOut = Assert.Throws<StoreException>(() => other.Copy([new Uid(1)], TestTree.Name("a")))!.Error == StoreError.InUse;
            }

            return kind == DiskCallKind.Create && name is "imapd.lock" or "imapd.index.tmp" ? Errno.ENOSPC : Errno.None;
        }))
        {
            Assert.That(mailbox.Expunge(null).Count, Is.EqualTo(1));
        }

        Assert.That((isAsked, isShutOut), Is.EqualTo((true, true)));
        Assert.That(_tree.Append("z\r\n", "a").Uids[0].Value, Is.EqualTo(3));
    }

    [TestCase(Errno.ENOSPC)]
    [TestCase(Errno.EDQUOT)]
    [TestCase(Errno.EROFS)]
    [TestCase(Errno.EACCES)]
    public void A_mailbox_whose_index_cannot_be_written_is_usable(Errno error)
    {
        File.Delete(Path.Combine(_tree.Root, ".a", "imapd.index"));
        using var refusing = new CallCounter((_, name) => name.StartsWith("imapd.index", StringComparison.Ordinal) ? error : Errno.None);
        Mailbox mailbox = _tree.Open("a");
        Assert.That(mailbox.Flag(FlagChangeKind.Add, SystemFlags.Seen).FlagsAt(1).System, Is.EqualTo(SystemFlags.Seen));
        Assert.That(mailbox.Expunge(null).Uids(), Is.EqualTo(new uint[] { 2 }));
        Assert.That(_tree.Append("z\r\n", "a").Uids[0].Value, Is.EqualTo(3));
        Assert.That(mailbox.Refresh().Uids(), Is.EqualTo(new uint[] { 2, 3 }));
    }

    [TestCase(Errno.EMFILE)]
    [TestCase(Errno.ENFILE)]
    [TestCase(Errno.ENOMEM)]
    public void An_index_that_cannot_be_opened_for_want_of_room_in_the_system_is_kept(Errno error)
    {
        _tree.Open("a").Flag(FlagChangeKind.Add, SystemFlags.Seen);
        string path = Path.Combine(_tree.Root, ".a", "imapd.index");
        byte[] before = File.ReadAllBytes(path);
        Mailbox open = _tree.Open("a");
        using (new CallCounter((kind, name) => kind == DiskCallKind.Open && name == "imapd.index" ? error : Errno.None))
        {
            Assert.That(() => _tree.Open("a"), MailboxListTests.Fails(StoreError.Unavailable));
            Assert.That(open.Refresh().Count, Is.EqualTo(2), "who has it open goes on");
        }

        Assert.That(File.ReadAllBytes(path), Is.EqualTo(before));
        using var counter = new CallCounter();
        Assert.That(_tree.Open("a").State.Count, Is.EqualTo(2));
        Assert.That(counter.Listings, Is.Zero);
        Assert.That(_tree.Log, Is.Empty);
    }

    private static void Mode(string[] directories, int mode)
    {
        foreach (string directory in directories)
        {
            File.SetUnixFileMode(directory, (UnixFileMode)mode);
        }
    }
}
