using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Check;
using Imapd.Tests.Storage.Crash;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

/// <summary>Whatever has happened to the store's own files, the answers are right, UIDs stay, and the log has a line about it.</summary>
internal sealed class DamageTests
{
    private readonly List<string> _log = [];
    private TestTree _tree = null!;
    private TreeView _before = null!;
    private byte[] _older = [];

    private static IEnumerable<TestCaseData> Indexes =>
    [
        Case("is lost", 0, static _ => null),
        Case("is empty", 1, static _ => []),
        Case("is garbage", 1, static index => Encoding.ASCII.GetBytes(new string('x', index.Length))),
        Case("is all NULs", 1, static index => new byte[index.Length]),
        Case("is cut off in its header", 1, static index => index[..300]),
        Case("is cut off in its records", 1, static index => index[..600]),
        Case("has a flipped bit in its header", 1, static index => Flipped(index, 30)),
        Case("has a flipped bit in its records", 1, static index => Flipped(index, 520)),
        Case("has a flipped bit in its last change", 0, static index => Flipped(index, index.Length - 5)),
        Case("is cut off in its last change", 0, static index => index[..^5]),
        Case("has garbage at its end", 0, static index => [.. index, .. "garbage"u8]),
        Case("is of a later version", 1, static index => [.. index[..8], 9, .. index[9..]]),
    ];

    private static IEnumerable<TestCaseData> Lists =>
    [
        List("a line is cut off", static lines => [.. lines[..^1], lines[^1][..5]]),
        List("a line is there twice", static lines => [.. lines[..3], lines[2], .. lines[3..]]),
        List("a UID is there twice", static lines => [.. lines[..3], lines[3].Replace("3 ", "2 ", StringComparison.Ordinal), .. lines[4..]]),
        List("garbage is in the middle", static lines => [.. lines[..2], "\x01\x02garbage", .. lines[2..]]),
        List("a line is garbage", static lines => [.. lines[..2], "garbage", .. lines[3..]]),
        List("lines are out of order", static lines => [lines[0], lines[3], lines[2], lines[1], lines[4]]),
        List("NULs stand where lines were", static lines => [.. lines[..3], new string('\0', 40)]),
    ];

    [SetUp]
    public void Make()
    {
        _log.Clear();
        _tree = new TestTree(options: new StoreOptions { Root = "", HostName = "test", Log = _log.Add });
        _tree.Create("other");
        _tree.Append("other\r\n", "other");
        _tree.Append("one\r\n");
        _tree.Append("two\r\n", flags: SystemFlags.Seen, keywords: ["Work"]);
        _tree.Append("three\r\n", flags: SystemFlags.Flagged);
        _tree.Append("four\r\n");
        _ = TreeView.Of(_tree.Options);

        // Made anew, so that its messages are records and not changes.
        File.Delete(Index());
        _ = TreeView.Of(_tree.Options);
        using (Mailbox mailbox = _tree.Store.Select(MailboxName.Inbox, false))
        {
            mailbox.Flag(FlagChangeKind.Add, SystemFlags.Draft);
            _older = File.ReadAllBytes(Index());
            mailbox.Flag(FlagChangeKind.Add, SystemFlags.Answered);
            mailbox.Flag(FlagChangeKind.Remove, SystemFlags.Answered);
        }

        _before = TreeView.Of(_tree.Options);
        Assert.That(_log, Is.Empty);
    }

    [TearDown]
    public void Remove() => _tree.Dispose();

    [TestCaseSource(nameof(Indexes))]
    public void When_the_index(Func<byte[], byte[]?> spoil, int lines)
    {
        Spoil(Index(), spoil);
        AssertSame();
        Assert.That(_log, Has.Count.EqualTo(lines).And.All.Contains("imapd.index").And.All.Contains("made anew"));
        _log.Clear();
        AssertSame();
        Assert.That(_log, Is.Empty, "it was made anew");
    }

    [Test]
    public void When_the_index_is_an_older_one()
    {
        File.WriteAllBytes(Index(), _older);
        AssertSame();
        Assert.That(_log, Is.Empty);
    }

    [Test]
    public void When_the_index_is_another_mailboxs()
    {
        File.Copy(Path.Combine(_tree.Root, ".other", "imapd.index"), Index(), true);
        AssertSame();
    }

    [Test]
    public void When_any_bits_of_the_index_are_flipped()
    {
        byte[] index = File.ReadAllBytes(Index());
        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            byte[] spoilt = [.. index];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                spoilt[random.Next(spoilt.Length)] ^= (byte)(1 << random.Next(8));
            }

            File.WriteAllBytes(Index(), spoilt);

            // What is left may be so old that its stamps were not known yet; then its numbers grow with the clock.
            AssertSame(mayModSeqBeOlder: true);
        }
    }

    [TestCaseSource(nameof(Lists))]
    public void With_a_good_index_no_UID_is_lost_when_in_the_UID_list(Func<string[], string[]> spoil)
    {
        SpoilList(spoil);
        TreeView now = TreeView.Of(_tree.Options);
        Assert.That(now["INBOX"].Messages, Is.EqualTo(_before["INBOX"].Messages));
        AssertListMended(now, 1);
    }

    [TestCaseSource(nameof(Lists))]
    public void Without_an_index_every_line_that_can_be_read_is_kept_when_in_the_UID_list(Func<string[], string[]> spoil)
    {
        string[] kept = SpoilList(spoil);
        File.Delete(Index());
        TreeView now = TreeView.Of(_tree.Options);
        foreach (MessageView message in _before["INBOX"].Messages)
        {
            MessageView found = now["INBOX"].Messages.Single(other => other.Content == message.Content);
            bool isCertain = kept.Count(line => line.StartsWith($"{message.Uid} ", StringComparison.Ordinal)) == 1
                || kept.Distinct().Count(line => line.StartsWith($"{message.Uid} ", StringComparison.Ordinal)) == 1;
            Assert.That(found.Uid, isCertain ? Is.EqualTo(message.Uid) : Is.EqualTo(message.Uid).Or.GreaterThan(1000));
            Assert.That(found.Flags, Is.EqualTo(message.Flags));
        }

        AssertListMended(now, 1);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void UIDVALIDITY_changes_only_when_the_UID_list_is_gone_and_then_it_is_larger_than_any_before(bool isThere)
    {
        uint largest = _before.Mailboxes.Values.Max(static mailbox => mailbox.UidValidity);
        if (isThere)
        {
            _tree.Write("dovecot-uidlist", "3 N5\n" + _tree.Read("dovecot-uidlist").Split('\n', 2)[1]);
        }
        else
        {
            File.Delete(Path.Combine(_tree.Root, "dovecot-uidlist"));
        }

        TreeView now = TreeView.Of(_tree.Options);
        Assert.That(now["INBOX"].UidValidity, isThere ? Is.EqualTo(_before["INBOX"].UidValidity) : Is.GreaterThan(largest));
        Assert.That(now["INBOX"].Contents, Is.EquivalentTo(_before["INBOX"].Contents));
        Assert.That(now["other"].UidValidity, Is.EqualTo(_before["other"].UidValidity));
        Assert.That(_log, Has.Count.EqualTo(1).And.All.Contains("dovecot-uidlist"));
    }

    [Test]
    public void A_session_that_has_told_UIDs_keeps_them_when_the_UID_list_vanishes()
    {
        Mailbox mailbox = _tree.Open();
        File.Delete(Path.Combine(_tree.Root, "dovecot-uidlist"));
        File.Delete(Index());
        _tree.Deliver("five\n");
        MailboxState state = mailbox.Refresh();
        Assert.That(state.Uids(), Is.EqualTo(new uint[] { 1, 2, 3, 4, 5 }));
        Assert.That(TreeView.Of(_tree.Options)["INBOX"].UidValidity, Is.EqualTo(_before["INBOX"].UidValidity));
    }

    private static TestCaseData Case(string what, int lines, Func<byte[], byte[]?> spoil) =>
        new TestCaseData(spoil, lines).SetArgDisplayNames(what);

    private static TestCaseData List(string what, Func<string[], string[]> spoil) => new TestCaseData(spoil).SetArgDisplayNames(what);

    private static byte[] Flipped(byte[] octets, int place)
    {
        octets[place] ^= 4;
        return octets;
    }

    private static void Spoil(string path, Func<byte[], byte[]?> spoil)
    {
        if (spoil(File.ReadAllBytes(path)) is { } spoilt)
        {
            File.WriteAllBytes(path, spoilt);
        }
        else
        {
            File.Delete(path);
        }
    }

    private string Index() => Path.Combine(_tree.Root, "imapd.index");

    private string[] SpoilList(Func<string[], string[]> spoil)
    {
        string[] lines = spoil(_tree.Read("dovecot-uidlist").TrimEnd('\n').Split('\n'));
        bool isCutOff = lines[^1].Length < 10 || lines[^1][0] == '\0';
        _tree.Write("dovecot-uidlist", string.Join('\n', lines) + (isCutOff ? "" : "\n"));
        return isCutOff ? lines[1..^1] : lines[1..];
    }

    private void AssertSame(bool mayModSeqBeOlder = false)
    {
        TreeView now = TreeView.Of(_tree.Options);
        foreach ((string name, MailboxView before) in _before.Mailboxes)
        {
            Assert.That(now[name].Messages, Is.EqualTo(before.Messages));
            Assert.That((now[name].UidValidity, now[name].UidNext), Is.EqualTo((before.UidValidity, before.UidNext)));
            Assert.That(mayModSeqBeOlder || now[name].HighestModSeq >= before.HighestModSeq, Is.True, "HIGHESTMODSEQ");
        }
    }

    private void AssertListMended(TreeView now, int lines)
    {
        Assert.That(now["INBOX"].UidValidity, Is.EqualTo(_before["INBOX"].UidValidity));
        Assert.That(now["INBOX"].UidNext, Is.GreaterThan(_before["INBOX"].UidNext + 90_000));
        Assert.That(_log, Has.Count.EqualTo(lines).And.All.Contains("dovecot-uidlist"));
        Assert.That(new MailboxChecker(_tree.Options).Check(false).SelectMany(static report => report.Findings), Is.Empty);
        Assert.That(TreeView.Of(_tree.Options)["INBOX"].Messages, Is.EqualTo(now["INBOX"].Messages));
        Assert.That(_log, Has.Count.EqualTo(lines), "it was mended");
    }
}
