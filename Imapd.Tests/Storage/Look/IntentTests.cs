using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Change;
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

    [Test]
    public void Names_that_lead_elsewhere_are_not_followed()
    {
        _tree.Write("outside", "x");
        Intend(new StagedMessage(true, "../outside", "3.x"), new StagedMessage(true, "1.a", "../../1.a"), new StagedMessage(true, "2.b", "2.b"));
        Assert.That(_tree.Open().State.Count, Is.EqualTo(1));
        Assert.That(File.Exists(Path.Combine(_tree.Root, "outside")), Is.True);
    }

    private void Intend(params StagedMessage[] messages)
    {
        Assert.That(DirectoryHandle.TryOpen(_tree.Root, out DirectoryHandle? root), Is.EqualTo(Errno.None));
        using (root)
        {
            CopyIntent.Write(root!, messages);
        }
    }
}
