using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Check;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Scale;

/// <summary>Sizes that a file's name tells wrongly (RFC 9051 §2.3.4).</summary>
internal sealed class ToldSizesTests
{
    private static readonly Uid One = new(1);

    private TestTree _tree = null!;

    [SetUp]
    public void Make() => _tree = new TestTree();

    [TearDown]
    public void Remove() => _tree.Dispose();

    [TestCase("S=99999,W=99999")]
    [TestCase("S=3,W=3")]
    [TestCase("S=17,W=5")]
    [TestCase("S=17,W=99")]
    [TestCase("W=5")]
    [TestCase("S=18")]
    public void A_size_that_the_files_length_contradicts_is_never_told(string told)
    {
        Put(told);
        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.KnownWireOctets(mailbox.State, 0), Is.AnyOf(-1, 20));
        Assert.That(mailbox.WireOctets(One), Is.EqualTo(20));
        Assert.That(mailbox.KnownWireOctets(mailbox.State, 0), Is.EqualTo(20));
        Assert.That(mailbox.KnownWireOctets(mailbox.Refresh(), 0), Is.EqualTo(20));
        mailbox.Dispose();
        Assert.That(_tree.Open(readOnly: true).State.WireOctetsAt(0), Is.EqualTo(20));
        Assert.That(_tree.Store.Status(MailboxName.Inbox).Octets, Is.EqualTo(20));
    }

    [Test]
    public void A_size_that_reading_the_message_contradicts_is_told_no_more()
    {
        Put("S=17,W=19");
        using (Mailbox mailbox = _tree.Store.Select(MailboxName.Inbox, false))
        {
            Assert.That(mailbox.WireOctets(One), Is.EqualTo(19), "which cannot be seen from without");
            using (MessageFile file = mailbox.Open(One))
            {
                Assert.That(file.WireOctets, Is.EqualTo(20));
            }

            Assert.That(mailbox.WireOctets(One), Is.EqualTo(20));
            Assert.That(mailbox.KnownWireOctets(mailbox.Refresh(), 0), Is.EqualTo(20));
            Assert.That(_tree.Open(readOnly: true).State.WireOctetsAt(0), Is.EqualTo(20), "another session knows it as well");
        }

        Assert.That(_tree.Open().State.WireOctetsAt(0), Is.EqualTo(20));
    }

    [Test]
    public void The_internal_date_does_not_make_a_wrong_size_good()
    {
        Put("S=99999,W=99999");
        using (Mailbox mailbox = _tree.Store.Select(MailboxName.Inbox, false))
        {
            _ = mailbox.InternalDate(One);
        }

        Assert.That(_tree.Open().WireOctets(One), Is.EqualTo(20));
    }

    [Test]
    public void A_copy_does_not_inherit_a_wrong_size()
    {
        Put("S=99999,W=99999");
        _tree.Create("Other");
        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.WireOctets(One), Is.EqualTo(20));
        _ = mailbox.Refresh();
        _ = mailbox.Copy([One], TestTree.Name("Other"));
        Assert.That(_tree.In(".Other/cur").Single(), Does.Contain(",S=17,W=20"));
        Assert.That(_tree.Open("Other").WireOctets(One), Is.EqualTo(20));
    }

    [Test]
    public void A_repair_writes_the_true_sizes_and_leaves_nothing_to_complain_of()
    {
        for (int i = 1; i <= 3; i++)
        {
            Put("S=99999,W=99999", i);
        }

        _tree.Append("Subject: cut\r\n\r\n");
        string cut = _tree.In("new").Single();
        _tree.Open(readOnly: true).Dispose();
        string path = Path.Combine(_tree.Root, "new", cut);
        DateTime time = File.GetLastWriteTimeUtc(path);
        File.WriteAllText(path, "S");
        File.SetLastWriteTimeUtc(path, time);
        Assert.That(Check(false), Has.Count.EqualTo(4).And.All.Property(nameof(Finding.State)).EqualTo(RepairState.Offered));
        Assert.That(Check(true), Has.Count.EqualTo(4).And.All.Property(nameof(Finding.State)).EqualTo(RepairState.Done));
        Assert.That(Check(false), Is.Empty);
        Assert.That(_tree.Store.Status(MailboxName.Inbox).Octets, Is.EqualTo(61));
    }

    [Test]
    public void A_repair_that_makes_the_index_anew_writes_the_true_sizes_too()
    {
        Put("S=99999,W=99999");
        _tree.Open().Dispose();
        _tree.Write("imapd.index", "garbage");
        Assert.That(Check(true), Is.Not.Empty.And.All.Property(nameof(Finding.State)).EqualTo(RepairState.Done));
        Assert.That(Check(false), Is.Empty);
        Assert.That(_tree.Open().State.WireOctetsAt(0), Is.EqualTo(20));
    }

    // 17 octets, 20 as they are sent.
    private void Put(string told, int number = 1) => _tree.Write($"cur/{number}.wrong,{told}:2,S", "Subject: x\n\nbody\n");

    private IReadOnlyList<Finding> Check(bool repair) => new MailboxChecker(_tree.Options).Check(repair)[0].Findings;
}
