using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Change;
using Imapd.Storage.Maildir.Check;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Look;

/// <summary>Several messages come in together, whoever has to complete it.</summary>
internal sealed class IntentTests
{
    private TestTree _tree = null!;

    [SetUp]
    public void Make()
    {
        _tree = new TestTree();
        _tree.Write("tmp/1.a", "a");
        _tree.Write("tmp/2.b", "b");
    }

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void What_was_intended_is_completed_by_whoever_comes_next([Values] bool hasBegun, [Values] bool readOnly)
    {
        Intend(new StagedMessage(true, "1.a", "1.a,S=1,W=1"), new StagedMessage(false, "2.b", "2.b:2,S"));
        if (hasBegun)
        {
            File.Move(Path.Combine(_tree.Root, "tmp", "1.a"), Path.Combine(_tree.Root, "new", "1.a,S=1,W=1"));
        }

        Mailbox mailbox = _tree.Open(readOnly: readOnly);
        Assert.That(mailbox.State.AllUids().Select(mailbox.Wire), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(_tree.In("tmp"), Is.Empty);
        Assert.That(File.Exists(Path.Combine(_tree.Root, CopyIntent.FileName)), Is.False);
    }

    [Test]
    public void One_that_is_found_after_its_time_does_nothing()
    {
        _tree.Append("x\r\n");
        Intend(new StagedMessage(true, "7.gone", "7.gone,S=1,W=1"));
        Assert.That(_tree.Open().State.Count, Is.EqualTo(1));
        Assert.That(File.Exists(Path.Combine(_tree.Root, CopyIntent.FileName)), Is.False);
    }

    [Test]
    public void One_of_any_length_is_completed()
    {
        string filler = new('x', 240);
        Intend([
            .. Enumerable.Range(0, 140_000).Select(i => new StagedMessage(true, $"{i:D8}.{filler}", $"{i:D8}.{filler}")),
            new StagedMessage(true, "1.a", "1.a"), new StagedMessage(false, "2.b", "2.b:2,S")]);
        Assert.That(new FileInfo(Path.Combine(_tree.Root, CopyIntent.FileName)).Length, Is.GreaterThan(64 << 20));
        Assert.That(_tree.Open().State.Count, Is.EqualTo(2));
        Assert.That(_tree.In("tmp"), Is.Empty);
    }

    [TestCase("")]
    [TestCase("imapd-intent 1 00000000\nn\t1.a\t1.a\n")]
    [TestCase("imapd-intent 9 x")]
    public void One_that_is_not_whole_was_never_meant(string text)
    {
        _tree.Write(CopyIntent.FileName, text);
        Assert.That(_tree.Open().State.Count, Is.Zero);
        Assert.That(_tree.In("tmp"), Has.Length.EqualTo(2));
        Assert.That(File.Exists(Path.Combine(_tree.Root, CopyIntent.FileName)), Is.False);
    }

    [TestCase(Errno.EACCES)]
    [TestCase(Errno.EIO)]
    public void One_that_cannot_be_read_waits_and_the_mailbox_is_served_meanwhile(Errno error)
    {
        _tree.Append("x\r\n");
        Intend(new StagedMessage(true, "1.a", "1.a"));
        using (Refused(error))
        {
            Mailbox mailbox = _tree.Open();
            Assert.That((mailbox.State.Count, mailbox.Refresh().Count), Is.EqualTo((1, 1)));
            Assert.That(_tree.Log, Has.Count.EqualTo(1).And.All.Contains($"({error})"));
            Finding finding = Check().Single();
            Assert.That((finding.Path, finding.Severity), Is.EqualTo((CopyIntent.FileName, FindingSeverity.Damage)));
            Assert.That(finding.What, Does.Contain($"it cannot be read ({error})"));
        }

        Assert.That(_tree.Open().State.Count, Is.EqualTo(2));
        Assert.That(Check(), Is.Empty);
    }

    [TestCase(Errno.EMFILE)]
    [TestCase(Errno.ENFILE)]
    [TestCase(Errno.ENOMEM)]
    public void While_it_cannot_be_opened_for_want_of_room_nothing_gets_a_UID(Errno error)
    {
        _tree.Append("x\r\n");
        IntendLinks();
        using (Refused(error))
        {
            Assert.That(() => _tree.Open(), MailboxListTests.Fails(StoreError.Unavailable));
        }

        Assert.That(_tree.Open().State.Uids(), Is.EqualTo(new uint[] { 1 }));
        Assert.That(_tree.In("tmp"), Is.EquivalentTo(new[] { "1.a", "2.b", "3.c", "4.d" }));
    }

    [Test]
    public void What_is_no_file_is_nobodys_intent([Values] bool isDirectory)
    {
        string path = Path.Combine(_tree.Root, CopyIntent.FileName);
        if (isDirectory)
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            File.CreateSymbolicLink(path, "/etc/passwd");
        }

        _tree.Append("x\r\n");
        Assert.That(_tree.Open().State.Count, Is.EqualTo(1));
        Assert.That(_tree.Log, Is.Empty);
        Assert.That(Check().Single().What, Does.StartWith("it is no file"));
    }

    [Test]
    public void Names_that_lead_elsewhere_are_not_followed()
    {
        _tree.Write("outside", "x");
        Intend(new StagedMessage(true, "../outside", "3.x"), new StagedMessage(true, "1.a", "../../1.a"), new StagedMessage(true, "2.b", "2.b"));
        Assert.That(_tree.Open().State.Count, Is.EqualTo(1));
        Assert.That(File.Exists(Path.Combine(_tree.Root, "outside")), Is.True);
    }

    [Test]
    public void Links_that_have_no_UID_are_taken_back([Values] bool readOnly)
    {
        _tree.Append("x\r\n");
        IntendLinks();
        Mailbox mailbox = _tree.Open(readOnly: readOnly);
        Assert.That(mailbox.State.AllUids().Select(mailbox.Wire), Is.EqualTo(new[] { "x\r\n" }));
        Assert.That(_tree.In("tmp"), Is.EquivalentTo(new[] { "1.a", "2.b", "3.c", "4.d" }));
        Assert.That(File.Exists(Path.Combine(_tree.Root, CopyIntent.FileName)), Is.False);
    }

    [Test]
    public void Links_stay_together_when_one_of_them_has_its_UID()
    {
        _tree.Append("x\r\n");
        _tree.Write("cur/3.c:2,", "c");
        Assert.That(_tree.Open().State.Uids(), Is.EqualTo(new uint[] { 1, 2 }));
        File.Move(Path.Combine(_tree.Root, "cur", "3.c:2,"), Path.Combine(_tree.Root, "cur", "3.c:2,S"));
        IntendLinks();
        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.State.AllUids().Select(mailbox.Wire), Is.EqualTo(new[] { "x\r\n", "c", "d" }));
        Assert.That(File.Exists(Path.Combine(_tree.Root, CopyIntent.FileName)), Is.False);
    }

    [TestCase(null)]
    [TestCase("3 V1 N9 G00000000000000000000000000000000\n1 :x\ngarbage\n")]
    public void Links_stay_where_the_list_of_UIDs_does_not_tell(string? list)
    {
        if (list is not null)
        {
            _tree.Write("dovecot-uidlist", list);
        }

        IntendLinks();
        Assert.That(_tree.Open().State.Count, Is.EqualTo(2));
        Assert.That(File.Exists(Path.Combine(_tree.Root, CopyIntent.FileName)), Is.False);
    }

    [Test]
    public void Links_that_cannot_be_taken_back_yet_get_no_UID([Values] bool hasIndex)
    {
        _tree.Append("x\r\n");
        if (hasIndex)
        {
            _tree.Open().Dispose();
        }

        IntendLinks();
        using (new CallCounter(static (kind, name) => kind == DiskCallKind.Rename && name == "4.d" ? Errno.EIO : Errno.None))
        {
            using Mailbox mailbox = _tree.Open();
            Assert.That(mailbox.State.Uids(), Is.EqualTo(new uint[] { 1 }));
            _tree.Append("y\r\n");
            Assert.That(mailbox.Refresh().Uids(), Is.EqualTo(new uint[] { 1, 2 }));
            Assert.That(_tree.Store.Status(MailboxName.Inbox).Messages, Is.EqualTo(2));
        }

        Mailbox again = _tree.Open();
        Assert.That(again.State.AllUids().Select(again.Wire), Is.EqualTo(new[] { "x\r\n", "y\r\n" }));
        Assert.That(_tree.In("tmp"), Is.EquivalentTo(new[] { "1.a", "2.b", "3.c", "4.d" }));
        Assert.That(File.Exists(Path.Combine(_tree.Root, CopyIntent.FileName)), Is.False);
    }

    [Test]
    public void Lines_that_are_none_are_passed_over()
    {
        byte[] lines = "\n\t\nN\nn\t1.a\t1.a\n"u8.ToArray();
        _tree.Write(CopyIntent.FileName, $"imapd-intent 1 {Checksum.Of(0, lines):x8}\n{Encoding.ASCII.GetString(lines)}");
        Assert.That(_tree.Open().State.Count, Is.EqualTo(1));
    }

    [Test]
    public void STATUS_tells_of_links_only_when_they_stay([Values] bool isLink)
    {
        _tree.Append("x\r\n");
        _tree.Open().Dispose();
        using var past = new CallCounter { AgeNanoseconds = 3_600_000_000_000 };
        _tree.Store.Status(MailboxName.Inbox);
        Intend([new StagedMessage(true, "1.a", "1.a"), new StagedMessage(true, "2.b", "2.b")], areLinks: isLink);
        Assert.That(_tree.Store.Status(MailboxName.Inbox).Messages, Is.EqualTo(1), "nothing has come in");
        File.Move(Path.Combine(_tree.Root, "tmp", "1.a"), Path.Combine(_tree.Root, "new", "1.a"));
        Assert.That(_tree.Store.Status(MailboxName.Inbox).Messages, Is.EqualTo(isLink ? 1 : 3));
        Assert.That(_tree.In("tmp"), isLink ? Has.Length.EqualTo(2) : Is.Empty);
    }

    private static CallCounter Refused(Errno error) =>
        new((kind, name) => kind == DiskCallKind.Open && name == CopyIntent.FileName ? error : Errno.None);

    private List<Finding> Check() =>
        [.. new MailboxChecker(_tree.Options).Check(repair: false).SelectMany(static report => report.Findings)];

    private void IntendLinks()
    {
        _tree.Write("cur/3.c:2,S", "c");
        _tree.Write("new/4.d", "d");
        Intend([new StagedMessage(false, "3.c", "3.c:2,S"), new StagedMessage(true, "4.d", "4.d"), new StagedMessage(true, "5.e", "5.e")], areLinks: true);
    }

    private void Intend(params StagedMessage[] messages) => Intend(messages, areLinks: false);

    private void Intend(StagedMessage[] messages, bool areLinks)
    {
        Assert.That(DirectoryHandle.TryOpen(_tree.Root, out DirectoryHandle? root), Is.EqualTo(Errno.None));
        using (root)
        {
            CopyIntent.Write(root!, messages, areLinks);
        }
    }
}
