using System.Diagnostics;
using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Check;
using Imapd.Storage.Maildir.Native;
using Imapd.Tests.Storage.Crash;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Check;

/// <summary>The checker finds what is wrong, nothing that is not, and repairs without touching a message.</summary>
internal sealed class CheckerTests
{
    private TestTree _tree = null!;
    private TreeView _before = null!;

    [SetUp]
    public void Make()
    {
        _tree = new TestTree();
        _tree.Append("one\r\n");
        _tree.Append("two\r\n", flags: SystemFlags.Seen, keywords: ["Work"]);
        _tree.Append("three\r\n", flags: SystemFlags.Flagged);
        _tree.Create("Sent");
        _tree.Append("sent\r\n", "Sent", SystemFlags.Seen);
        _before = TreeView.Of(_tree.Options);
    }

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void A_tree_in_order_gives_a_report_on_each_mailbox_and_no_finding()
    {
        _tree.Deliver();
        IReadOnlyList<MailboxReport> reports = Check();
        Assert.That(
            reports.Select(static report => (report.Path, report.Messages, report.WithoutUid, report.Findings.Count)),
            Is.EqualTo(new[] { (".", 4, 1, 0), (".Sent", 1, 0, 0) }));
    }

    [Test]
    public void Checking_changes_nothing()
    {
        _tree.Write("dovecot-uidlist", _tree.Read("dovecot-uidlist") + "garbage\n");
        File.Delete(Path.Combine(_tree.Root, "imapd.lock"));
        string before = Listing();
        Assert.That(Check()[0].Findings, Is.Not.Empty);
        Assert.That(Listing(), Is.EqualTo(before));
    }

    [Test]
    public void A_mailbox_of_a_tree_is_checked_alone()
    {
        _tree.Write(".Sent/dovecot-uidlist", "garbage");
        StoreOptions options = _tree.Options with { Root = Path.Combine(_tree.Root, ".Sent") };
        IReadOnlyList<MailboxReport> reports = new MailboxChecker(options).Check(repair: true);
        Assert.That(reports.Select(static report => report.Path), Is.EqualTo(new[] { ".Sent" }));
        Assert.That(reports[0].Findings, Is.Not.Empty.And.All.Property(nameof(Finding.State)).EqualTo(RepairState.Done));
        Assert.That(TreeView.Of(_tree.Options)["Sent"].UidValidity, Is.EqualTo(_before["Sent"].UidValidity));
        Assert.That(File.Exists(Path.Combine(_tree.Root, ".Sent", "imapd.uidvalidity")), Is.False);
    }

    [Test]
    public void What_is_no_mailbox_is_refused()
    {
        Assert.That(() => Check(_tree.Root + "/nowhere"), MailboxListTests.Fails(StoreError.NonExistent));
        _ = Directory.CreateDirectory(_tree.Root + "/other/deep");
        Assert.That(() => Check(_tree.Root + "/other/deep"), MailboxListTests.Fails(StoreError.NonExistent));
        Assert.That(Directory.EnumerateFileSystemEntries(_tree.Root + "/other/deep"), Is.Empty);
    }

    [TestCase("new")]
    [TestCase("cur")]
    [TestCase("tmp")]
    public void A_directory_that_is_missing_is_made(string part)
    {
        Directory.Delete(Path.Combine(_tree.Root, ".Sent", part), true);
        Repairs(1, "it is not there");
        Assert.That(Directory.Exists(Path.Combine(_tree.Root, ".Sent", part)), Is.True);
    }

    [Test]
    public void A_line_of_the_UID_list_that_is_cut_off_is_found_and_the_others_are_kept()
    {
        _tree.Write("dovecot-uidlist", _tree.Read("dovecot-uidlist")[..^10]);
        RepairsUids("is cut off", [1, 2, 3]);
    }

    [Test]
    public void A_line_of_the_UID_list_that_was_being_written_when_a_session_was_killed_is_no_damage()
    {
        _tree.Write("dovecot-uidlist", _tree.Read("dovecot-uidlist") + "4 :1700");
        Finding found = Check()[0].Findings.Single();
        Assert.That((found.Severity, found.State), Is.EqualTo((FindingSeverity.Note, RepairState.Offered)));
        Assert.That(_tree.Open().State.Uids(), Is.EqualTo(new uint[] { 1, 2, 3 }), "the next session settles it");
        Assert.That(Check()[0].Findings, Is.Empty);
    }

    [Test]
    public void A_line_of_the_UID_list_that_is_there_twice_is_found()
    {
        string[] lines = _tree.Read("dovecot-uidlist").Split('\n');
        _tree.Write("dovecot-uidlist", string.Join('\n', lines[0], lines[1], lines[1], lines[2], lines[3], ""));
        RepairsUids("is there twice", [1, 2, 3]);
    }

    [Test]
    public void Garbage_in_the_UID_list_is_found()
    {
        string[] lines = _tree.Read("dovecot-uidlist").Split('\n');
        _tree.Write("dovecot-uidlist", string.Join('\n', lines[0], lines[1], "\x1b[31mgarbage", lines[2], lines[3], ""));
        string found = RepairsUids("cannot be read", [1, 2, 3]);
        Assert.That(found, Does.Contain("\\x1b[31mgarbage"), "no terminal is told what to do");
    }

    [Test]
    public void NULs_after_a_power_failure_are_found()
    {
        string text = _tree.Read("dovecot-uidlist");
        _tree.Write("dovecot-uidlist", text[..^30] + new string('\0', 30));
        RepairsUids("is cut off", [1, 2, 3]);
    }

    [Test]
    public void Without_the_UIDVALIDITY_there_is_one_again_and_it_is_no_smaller()
    {
        _tree.Write("dovecot-uidlist", "3 X\n" + _tree.Read("dovecot-uidlist").Split('\n', 2)[1]);
        Assert.That(Check()[0].Findings.Select(static finding => finding.What), Has.Some.Contains("UIDVALIDITY"));
        _ = Check(repair: true);
        Assert.That(Check().SelectMany(static report => report.Findings), Is.Empty);
        Assert.That(TreeView.Of(_tree.Options)["INBOX"].UidValidity, Is.EqualTo(_before["INBOX"].UidValidity));
    }

    [TestCase("cut")]
    [TestCase("garbage")]
    [TestCase("zeros")]
    public void A_repair_keeps_the_UIDs_that_a_session_keeps(string fault)
    {
        string list = _tree.Read("dovecot-uidlist");
        using var other = new TestTree();
        string copy = Path.Combine(other.Root, "copy");
        Process.Start("cp", ["-a", _tree.Root, copy]).WaitForExit();
        string spoilt = fault switch { "cut" => list[..^10], "zeros" => new string('\0', list.Length), _ => "garbage\n" };
        _tree.Write("dovecot-uidlist", spoilt);
        File.WriteAllText(Path.Combine(copy, "dovecot-uidlist"), spoilt);
        TreeView session = TreeView.Of(_tree.Options with { Root = copy });
        Assert.That(new MailboxChecker(_tree.Options).Check(repair: true)[0].Findings, Is.All.Property(nameof(Finding.State)).EqualTo(RepairState.Done));
        Assert.That(TreeView.Of(_tree.Options)["INBOX"].Messages.Select(static message => message.Uid),
            Is.EqualTo(session["INBOX"].Messages.Select(static message => message.Uid)));
        Assert.That(Check().SelectMany(static report => report.Findings), Is.Empty);
    }

    [Test]
    public void A_mailbox_that_cannot_be_read_does_not_hinder_the_others()
    {
        _tree.Create("Odd");
        File.Delete(Path.Combine(_tree.Root, ".Odd", "imapd.lock"));
        _ = Directory.CreateDirectory(Path.Combine(_tree.Root, ".Odd", "imapd.lock"));
        IReadOnlyList<MailboxReport> reports = Check(repair: true);
        Assert.That(reports.Select(static report => report.Path), Is.EqualTo(new[] { ".", ".Odd", ".Sent" }));
        Assert.That(reports[1].Findings.Single().ToString(), Does.StartWith("damage: .Odd: it cannot be checked"));
    }

    [Test]
    public void All_mailboxes_of_a_tree_with_LAYOUT_fs_are_checked()
    {
        using var fs = new TestTree(options: new StoreOptions { Root = "/", HostName = "test", Layout = MailboxLayout.Fs });
        fs.Create("Lists/imap");
        Assert.That(new MailboxChecker(fs.Options).Check(repair: false).Select(static report => report.Path), Is.EqualTo(new[] { ".", "Lists/imap" }));
    }

    [Test]
    public void A_torn_tail_and_an_intent_are_repaired_and_an_empty_cache_is_no_finding()
    {
        File.AppendAllText(Path.Combine(_tree.Root, "imapd.index"), "torn");
        _tree.Write("imapd.intent", "half");
        File.WriteAllText(Path.Combine(_tree.Root, "imapd.cache"), "");
        Assert.That(Check()[0].Findings, Has.Count.EqualTo(2).And.All.Property(nameof(Finding.Severity)).EqualTo(FindingSeverity.Note));
        Assert.That(Check(repair: true)[0].Findings, Is.All.Property(nameof(Finding.State)).EqualTo(RepairState.Done));
        Assert.That(Check()[0].Findings, Is.Empty);
        Assert.That(TreeView.Of(_tree.Options)["INBOX"].Messages.Select(static message => message.Uid), Is.EqualTo(new uint[] { 1, 2, 3 }));
    }

    [Test]
    public void What_crashes_left_is_a_note_and_is_removed()
    {
        using Process dead = Process.Start("true");
        dead.WaitForExit();
        _tree.Write("dovecot-uidlist.lock", $"{dead.Id}:test");
        _ = Directory.CreateDirectory(Path.Combine(_tree.Root, "imapd.deleted.1", "cur"));
        _tree.Write("imapd.deleted.1/cur/1.x", "gone");
        _ = Directory.CreateDirectory(Path.Combine(_tree.Root, "imapd.new.1", "cur"));
        _tree.Write("tmp/1700000000.M1P1.elsewhere", "half a mess");
        _tree.Write("imapd.index.tmp", "half an index");
        File.Delete(Path.Combine(_tree.Root, "imapd.index"));
        using (new Later(TimeSpan.FromHours(40)))
        {
            Assert.That(Check()[0].Findings, Has.Count.EqualTo(5).And.All.Property(nameof(Finding.Severity)).EqualTo(FindingSeverity.Note));
            Assert.That(Check(repair: true)[0].Findings, Has.Count.EqualTo(5).And.All.Property(nameof(Finding.State)).EqualTo(RepairState.Done));
            Assert.That(Check()[0].Findings, Is.Empty);
        }

        Assert.That(_tree.In("tmp"), Is.Empty);
    }

    [Test]
    public void What_is_being_written_now_is_no_leftover()
    {
        _tree.Write("tmp/1700000000.M1P1.elsewhere", "half a mess");
        _tree.Write("imapd.index.tmp", "half an index");
        _ = Directory.CreateDirectory(Path.Combine(_tree.Root, "imapd.new.1"));
        _tree.Write("dovecot-uidlist.lock", "1:test");
        Assert.That(Check()[0].Findings, Is.Empty);
    }

    [Test]
    public void Odd_things_among_messages_are_notes_and_stay()
    {
        string cur = Path.Combine(_tree.Root, "cur");
        string message = _tree.In("cur")[0];
        using (Process fifo = Process.Start("mkfifo", [Path.Combine(cur, "1.fifo")]))
        {
            fifo.WaitForExit();
        }

        _ = Directory.CreateDirectory(Path.Combine(cur, "1.directory"));
        _ = File.CreateSymbolicLink(Path.Combine(cur, "1.link"), "/etc/passwd");
        File.WriteAllText(Path.Combine(cur, "line\nend"), "x");
        File.WriteAllText(Path.Combine(cur, message.Split(':')[0] + ":2,T"), "double");
        _ = Check(repair: true);
        IReadOnlyList<Finding> findings = Check()[0].Findings;
        Assert.That(findings, Has.Count.EqualTo(5).And.All.Property(nameof(Finding.Severity)).EqualTo(FindingSeverity.Note));
        Assert.That(findings.Select(static finding => finding.ToString()), Has.None.Contains("\n"));
        Assert.That(Directory.EnumerateFileSystemEntries(cur).Count(), Is.EqualTo(7));
    }

    [TestCase((byte)1)]
    [TestCase((byte)3)]
    public void An_index_of_another_release_is_no_damage_and_the_next_session_writes_it_anew(byte version)
    {
        string path = Path.Combine(_tree.Root, "imapd.index");
        byte[] index = File.ReadAllBytes(path);
        index[8] = version;
        File.WriteAllBytes(path, index);
        Finding finding = Check()[0].Findings.Single();
        Assert.That((finding.Path, finding.Severity), Is.EqualTo(("imapd.index", FindingSeverity.Note)));
        Assert.That(finding.What, Does.Contain($"version, {version};").And.Contain("anew"));
        Assert.That(TreeView.Of(_tree.Options)["INBOX"].Messages.Select(static message => message.Uid), Is.EqualTo(new uint[] { 1, 2, 3 }));
        Assert.That(Check()[0].Findings, Is.Empty);
    }

    [Test]
    public void Letters_without_a_name_and_lines_without_sense_are_notes()
    {
        _tree.Write("dovecot-keywords", "0\n99 x\n1 Other\n");
        Assert.That(
            Check()[0].Findings.Select(static finding => finding.What),
            Has.Exactly(2).Contains("makes no sense").And.Some.Contains("1 keyword letters"));
    }

    [Test]
    public void Subscriptions_that_cannot_be_read_are_damage()
    {
        _ = Directory.CreateDirectory(Path.Combine(_tree.Root, "subscriptions"));
        Assert.That(Check()[0].Findings.Single().Severity, Is.EqualTo(FindingSeverity.Damage));
    }

    [Test]
    public void A_copied_mailbox_is_noticed()
    {
        File.Copy(Path.Combine(_tree.Root, ".Sent", "dovecot-uidlist"), Path.Combine(_tree.Root, "dovecot-uidlist"), true);
        Assert.That(Check()[1].Findings.Select(static finding => finding.What), Has.Some.Contains("identity"));
    }

    [Test]
    public void Whatever_the_files_hold_it_is_told_and_repaired_and_no_message_is_touched()
    {
        string[] files = ["dovecot-uidlist", "dovecot-keywords", "subscriptions", "imapd.index", "imapd.cache", "imapd.uidvalidity"];
        var random = new Random(7);
        for (int round = 0; round < 100; round++)
        {
            foreach (string file in files)
            {
                Spoil(Path.Combine(_tree.Root, file), random);
            }

            string messages = Messages();
            _ = Check();
            _ = Check(repair: true);
            Assert.That(
                Check().SelectMany(static report => report.Findings).Where(static finding => finding.Severity == FindingSeverity.Damage),
                Is.Empty);
            Assert.That(Messages(), Is.EqualTo(messages));
            Assert.That(TreeView.Of(_tree.Options)["INBOX"].Messages, Has.Count.EqualTo(3));
        }
    }

    private static void Spoil(string path, Random random)
    {
        byte[] octets = File.Exists(path) ? File.ReadAllBytes(path) : [];
        switch (random.Next(6))
        {
            case 0:
                octets = new byte[random.Next(3000)];
                random.NextBytes(octets);
                break;
            case 1:
                octets = octets[..random.Next(octets.Length + 1)];
                break;
            case 2 when octets.Length > 0:
                octets[random.Next(octets.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 3 when octets.Length > 0:
                octets.AsSpan(random.Next(octets.Length)).Clear();
                break;
            default:
                return;
        }

        File.WriteAllBytes(path, octets);
    }

    private IReadOnlyList<MailboxReport> Check(string? root = null, bool repair = false) =>
        new MailboxChecker(_tree.Options with { Root = root ?? _tree.Root }).Check(repair);

    private void Repairs(int place, string what)
    {
        IReadOnlyList<Finding> all = Check()[place].Findings;
        Assert.That(all.First(finding => finding.What.Contains(what, StringComparison.Ordinal)).State, Is.EqualTo(RepairState.Offered));
        Assert.That(all.Select(static finding => finding.Severity), Does.Contain(FindingSeverity.Damage));
        Assert.That(Check(repair: true)[place].Findings.Select(static finding => finding.State), Is.All.EqualTo(RepairState.Done));
        Assert.That(Check().SelectMany(static report => report.Findings), Is.Empty);
    }

    private string RepairsUids(string what, uint[] kept)
    {
        string line = Check()[0].Findings.First(finding => finding.What.Contains(what, StringComparison.Ordinal)).ToString();
        string messages = Messages();
        Repairs(0, what);
        Assert.That(Messages(), Is.EqualTo(messages));
        TreeView after = TreeView.Of(_tree.Options);
        Assert.That(after["INBOX"].UidValidity, Is.EqualTo(_before["INBOX"].UidValidity));
        Assert.That(after["INBOX"].Messages.Select(static message => message.Uid).Where(static uid => uid <= 3), Is.EqualTo(kept));
        Assert.That(after["INBOX"].Messages.Select(static message => message.Uid).Where(static uid => uid > 3), Is.All.GreaterThan(1000));
        Assert.That(after["Sent"], Is.EqualTo(_before["Sent"]).Using<MailboxView>(static (left, right) => left.Messages.SequenceEqual(right.Messages)));
        return line;
    }

    private string Messages() => string.Join('\n', ((string[])["new", "cur", ".Sent/new", ".Sent/cur"]).SelectMany(directory =>
        _tree.In(directory).Select(name => $"{directory}/{name} {_tree.Read(directory + "/" + name)}")));

    private string Listing() => string.Join('\n', Directory
        .EnumerateFileSystemEntries(_tree.Root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        .Order(StringComparer.Ordinal)
        .Select(static path => $"{path} {File.GetLastWriteTimeUtc(path).Ticks} {(File.Exists(path) ? File.ReadAllText(path, Encoding.Latin1) : "")}"));

    /// <summary>Everything was changed longer ago than it was.</summary>
    private sealed class Later(TimeSpan by) : FaultSeam
    {
        public override FileStat Seen(in FileStat stat) => stat with
        {
            ModifiedNanoseconds = stat.ModifiedNanoseconds - (by.Ticks * 100),
            ChangedNanoseconds = stat.ChangedNanoseconds - (by.Ticks * 100),
        };
    }
}
