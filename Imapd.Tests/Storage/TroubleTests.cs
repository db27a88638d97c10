using System.Diagnostics;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

/// <summary>Full disks, forbidden directories, locks held by others.</summary>
internal sealed class TroubleTests
{
    [Test]
    public void On_a_full_disk_nothing_is_half_written_and_what_is_there_can_be_read_and_deleted()
    {
        using var disk = new SmallDisk();
        using var tree = new TestTree(disk.Path);
        tree.Append("first\r\n");
        Mailbox mailbox = tree.Open();
        byte[] block = new byte[4096];
        Array.Fill(block, (byte)'x');
        Assert.That(
            () =>
            {
                using AppendBatch batch = tree.Store.BeginAppend(MailboxName.Inbox);
                IOctetSink sink = batch.BeginMessage(FlagSet.Empty, null);
                for (int i = 0; i < 1000; i++)
                {
                    sink.Write(block);
                }

                batch.Commit();
            },
            MailboxListTests.Fails(StoreError.OverQuota));
        Assert.That(tree.In("tmp"), Is.Empty);
        Fill(Path.Combine(tree.Root, "filler"));
        Assert.That(() => tree.Append("more\r\n"), MailboxListTests.Fails(StoreError.OverQuota));
        Assert.That(() => tree.Create("new"), MailboxListTests.Fails(StoreError.OverQuota));
        Assert.That(tree.In("tmp").Concat(tree.In("new")), Is.Empty);
        Assert.That(tree.Store.List(), Has.Count.EqualTo(1));
        Assert.That(mailbox.Refresh().Count, Is.EqualTo(1));
        Assert.That(mailbox.Wire(new Uid(1)), Is.EqualTo("first\r\n"));
        mailbox.Flag(FlagChangeKind.Add, SystemFlags.Deleted);
        Assert.That(mailbox.Expunge(null).Count, Is.Zero);
        File.Delete(Path.Combine(tree.Root, "filler"));
        Assert.That(tree.Append("more\r\n").Uids[0].Value, Is.EqualTo(2));
    }

    [Test]
    public void A_lock_of_Dovecot_whose_process_is_gone_is_broken()
    {
        using var tree = new TestTree();
        using Process dead = Process.Start("true");
        dead.WaitForExit();
        tree.Write("dovecot-uidlist.lock", $"{dead.Id}:test");
        Assert.That(tree.Append("x\r\n").Uids, Has.Count.EqualTo(1));
        Assert.That(File.Exists(Path.Combine(tree.Root, "dovecot-uidlist.lock")), Is.False);
    }

    [Test]
    public void A_lock_of_ours_whose_holder_died_on_another_host_is_broken()
    {
        using var tree = new TestTree();
        tree.Write("dovecot-uidlist.lock", "1:elsewhere");
        File.SetUnixFileMode(Path.Combine(tree.Root, "dovecot-uidlist.lock"), (UnixFileMode)0x1c0);
        Assert.That(tree.Append("x\r\n").Uids, Has.Count.EqualTo(1));
        Assert.That(File.Exists(Path.Combine(tree.Root, "dovecot-uidlist.lock")), Is.False);
    }

    [Test]
    public void A_lock_of_another_host_is_broken_when_it_is_old()
    {
        using var tree = new TestTree();
        tree.Write("dovecot-uidlist.lock", "1:elsewhere");
        File.SetLastWriteTimeUtc(Path.Combine(tree.Root, "dovecot-uidlist.lock"), DateTime.UtcNow.AddMinutes(-3));
        Assert.That(tree.Append("x\r\n").Uids, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_lock_held_for_too_long_is_waited_for_no_longer_and_nothing_is_left()
    {
        using var tree = new TestTree(options: new StoreOptions { Root = "", HostName = "test", LockWaitSeconds = 0 });
        tree.Write("dovecot-uidlist.lock", "1:test");
        Assert.That(() => tree.Append("x\r\n"), MailboxListTests.Fails(StoreError.InUse));
        Assert.That(tree.In("tmp").Concat(tree.In("new")), Is.Empty);
        File.Delete(Path.Combine(tree.Root, "dovecot-uidlist.lock"));
        Assert.That(tree.Append("x\r\n").Uids, Has.Count.EqualTo(1));
    }

    [Test]
    public void Without_permission_the_answer_says_so()
    {
        using var tree = new TestTree();
        tree.Create("a");
        tree.Append("x\r\n", "a", SystemFlags.Seen);
        _ = tree.Store.Status(TestTree.Name("a"));
        string directory = Path.Combine(tree.Root, ".a");
        try
        {
            As.Nobody(tree.Root, () =>
            {
                File.SetUnixFileMode(Path.Combine(directory, "cur"), UnixFileMode.None);
                Assert.That(() => tree.Store.Select(TestTree.Name("a"), false), MailboxListTests.Fails(StoreError.NoPermission));
                File.SetUnixFileMode(Path.Combine(directory, "cur"), (UnixFileMode)0x1c0);
                File.SetUnixFileMode(directory, (UnixFileMode)0x140);
                using Mailbox mailbox = tree.Store.Select(TestTree.Name("a"), true);
                Assert.That(mailbox.Wire(new Uid(1)), Is.EqualTo("x\r\n"), "reading needs no lock");
            });
        }
        finally
        {
            File.SetUnixFileMode(directory, (UnixFileMode)0x1c0);
        }
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] block = new byte[512];
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            TestContext.Out.WriteLine("full");
        }
    }

    /// <summary>A file system of half a megabyte.</summary>
    private sealed class SmallDisk : IDisposable
    {
        public SmallDisk()
        {
            if (Mono.Unix.Native.Syscall.geteuid() != 0)
            {
                Assert.Ignore("needs root");
            }

            Path = Directory.CreateTempSubdirectory("imapd-disk").FullName;
            if (Run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", Path) != 0)
            {
                Assert.Ignore("needs root that may mount");
            }
        }

        public string Path { get; }

        public void Dispose()
        {
            Run("umount", "-l", Path);
            Directory.Delete(Path);
        }

        private static int Run(string program, params string[] arguments)
        {
            using Process process = Process.Start(program, arguments);
            process.WaitForExit();
            return process.ExitCode;
        }
    }
}
