using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Look;

/// <summary>Files and directories of an open mailbox are replaced by others, or read while they are written.</summary>
internal sealed class ReplacedFileTests
{
    private TestTree _tree = null!;

    [SetUp]
    public void Make() => _tree = new TestTree();

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void A_lock_is_that_of_the_file_that_bears_its_name([Values] bool isMade)
    {
        _tree.Append("x\r\n");
        string path = Path.Combine(_tree.Root, MailboxLock.FileName);
        using DirectoryHandle root = Open();
        bool isReplaced = false;
        MailboxLock first;
        using (new CallCounter((kind, _) =>
        {
            // Between opening the file and locking it.
            if (kind == DiskCallKind.Lock && !isReplaced)
            {
                isReplaced = true;
                File.Delete(path);
                if (isMade)
                {
                    File.WriteAllText(path, "");
                }
            }

            return Errno.None;
        }))
        {
            first = MailboxLock.Take(root, MailboxLock.FileName, _tree.Options);
        }

        using (first)
        {
            Assert.That(isReplaced, Is.True);
            Assert.That(
                () => MailboxLock.Take(root, MailboxLock.FileName, _tree.Options with { LockWaitSeconds = 0 }),
                Throws.InstanceOf<StoreException>().With.Property(nameof(StoreException.Error)).EqualTo(StoreError.InUse));
        }
    }

    [Test]
    public void A_session_whose_directory_was_replaced_does_not_go_on_in_the_old_one([Values("new", "cur")] string part, [Values] bool isChange)
    {
        _tree.Append("x\r\n");
        Mailbox mailbox = _tree.Open();
        mailbox.Refresh();
        string path = Path.Combine(_tree.Root, part);
        Directory.Move(path, path + ".old");
        Directory.CreateDirectory(path);
        Assert.That(
            () => isChange ? mailbox.Flag(FlagChangeKind.Add, SystemFlags.Seen) : mailbox.Refresh(),
            Throws.InstanceOf<StoreException>().With.Property(nameof(StoreException.Error)).EqualTo(StoreError.NonExistent));
    }

    [Test]
    public void A_list_that_is_being_written_does_not_hide_new_mail_from_who_may_only_read()
    {
        _tree.Deliver();
        _tree.Open();
        Mailbox mailbox = _tree.Open(readOnly: true);
        Assert.That(mailbox.State.Uids(), Is.EqualTo(new uint[] { 1 }));
        using (new CallCounter((_, name) => name == MailboxLock.FileName ? Errno.EACCES : Errno.None))
        {
            string name = _tree.Deliver();
            string list = _tree.Read("dovecot-uidlist");
            _tree.Write("dovecot-uidlist", list + "2 :" + name[..4]);
            Assert.That(mailbox.Refresh().Uids(), Is.EqualTo(new uint[] { 1 }));
            _tree.Write("dovecot-uidlist", list + "2 :" + name + "\n");
            Assert.That(mailbox.Refresh().Uids(), Is.EqualTo(new uint[] { 1, 2 }));
        }
    }

    private DirectoryHandle Open()
    {
        Assert.That(DirectoryHandle.TryOpen(_tree.Root, out DirectoryHandle? root), Is.EqualTo(Errno.None));
        return root!;
    }
}
