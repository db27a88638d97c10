using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

/// <summary>Courier's files, written by hand: what Courier 4 and 5 have written, and what no program should.</summary>
internal sealed class CourierFileTests
{
    private TestTree _tree = null!;

    [SetUp]
    public void Make() => _tree = new TestTree();

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void UIDs_are_taken_over_and_the_list_is_kept_up()
    {
        Message("1.a:2,S");
        Message("2.b:2,");
        Message("3.c:2,");
        _tree.Write("courierimapuiddb", "1 795238265 12\n4 1.a\n7 2.b\n9 9.gone\n");
        MailboxState state = _tree.Open().State;
        Assert.That(state.UidValidity.Value, Is.EqualTo(795238265));
        Assert.That(state.Uids(), Is.EqualTo(new uint[] { 4, 7, 12 }));
        Assert.That(_tree.Append("x\r\n").Uids[0].Value, Is.EqualTo(13));
        Assert.That(_tree.Append("y\r\n").Uids[0].Value, Is.EqualTo(14));
        string[] lines = _tree.Read("courierimapuiddb").Split('\n');
        Assert.That(lines[0], Is.EqualTo("1 0795238265 0000000015"));
        Assert.That(lines, Does.Contain("4 1.a").And.Contain("7 2.b").And.Contain("12 3.c"));
        Assert.That(lines[^3..], Has.Some.StartsWith("13 ").And.Some.StartsWith("14 ").And.Some.Empty);
        Assert.That(_tree.Read("dovecot-uidlist"), Does.StartWith("3 V795238265 "));
    }

    [TestCase("1 7")]
    [TestCase("")]
    [TestCase("2 5 6\n1 1.a\n")]
    [TestCase("1 0 4\n")]
    [TestCase("\x01\xff\n\n")]
    public void A_list_that_makes_no_sense_is_none(string text)
    {
        Message("1.a:2,S");
        _tree.Write("courierimapuiddb", text);
        MailboxState state = _tree.Open().State;
        Assert.That(state.Uids(), Is.EqualTo(new uint[] { 1 }));
        Assert.That(state.UidValidity.Value, Is.GreaterThan(1_000_000_000));
        _tree.Append("x\r\n");
        Assert.That(_tree.Read("courierimapuiddb"), Is.EqualTo(text));
    }

    [Test]
    public void Of_a_damaged_list_what_is_certain_is_kept_and_no_UID_is_given_twice()
    {
        Message("1.a:2,S");
        Message("2.b:2,S");
        Message("3.c:2,S");
        _tree.Write("courierimapuiddb", "1 77 9\n3 1.a\nrubbish\n5 2.b\n5 3.c\n6 4.");
        MailboxState state = _tree.Open().State;
        Assert.That(state.UidValidity.Value, Is.EqualTo(77));
        Assert.That(state.UidAt(0).Value, Is.EqualTo(3));
        Assert.That(state.UidAt(1).Value, Is.GreaterThan(9));
    }

    [Test]
    public void What_a_damaged_list_has_lost_comes_from_the_index_also_when_Courier_is_ahead()
    {
        Message("1.a:2,S");
        Message("2.b:2,S");
        Message("3.c:2,S");
        _tree.Write("dovecot-uidlist", "3 V55 N9 G5e8c52391ee04d67a2a5000095bd7a29\n4 :1.a\n5 :2.b\n6 :3.c\n");
        Assert.That(_tree.Open().State.Uids(), Is.EqualTo(new uint[] { 4, 5, 6 }));
        _tree.Write("dovecot-uidlist", "3 V55 N9 G5e8c52391ee04d67a2a5000095bd7a29\n4 :1.a\nrubbish\n6 :3.c\n");
        Message("4.d:2,S");
        _tree.Write("courierimapuiddb", "1 55 500000\n4 1.a\n499999 4.d\n");
        Assert.That(_tree.Open().State.Uids(), Is.EqualTo(new uint[] { 4, 5, 6, 499999 }));
    }

    [Test]
    public void A_list_with_another_UIDVALIDITY_is_left_alone()
    {
        Message("1.a:2,S");
        _tree.Write("dovecot-uidlist", "3 V55 N9 G5e8c52391ee04d67a2a5000095bd7a29\n8 :1.a\n");
        _tree.Write("courierimapuiddb", "1 66 100\n4 1.a\n");
        Assert.That(_tree.Open().State.Uids(), Is.EqualTo(new uint[] { 8 }));
        _tree.Append("x\r\n");
        Assert.That(_tree.Read("courierimapuiddb"), Is.EqualTo("1 66 100\n4 1.a\n"));
    }

    [Test]
    public void What_Courier_has_given_UIDs_to_since_keeps_them()
    {
        Message("1.a:2,S");
        _tree.Write("courierimapuiddb", "1 66 2\n1 1.a\n");
        Mailbox open = _tree.Open();
        Message("1.later:2,S");
        Message("2.first:2,S");
        _tree.Write("courierimapuiddb", "1 66 9\n1 1.a\n5 2.first\n7 1.later\n");
        Assert.That(_tree.Append("x\r\n").Uids[0].Value, Is.EqualTo(9));
        MailboxState state = open.Refresh();
        Assert.That(state.Uids(), Is.EqualTo(new uint[] { 1, 5, 7, 9 }));
    }

    [Test]
    public void Keywords_are_read_from_the_list_and_from_files_of_which_the_latest_counts()
    {
        foreach (string name in (string[])["1.a", "2.b", "3.c", "4.d", "5.e"])
        {
            Message(name + ":2,");
        }

        Directory.CreateDirectory(Path.Combine(_tree.Root, "courierimapkeywords"));
        _tree.Write("courierimapkeywords/:list", "$Work\nNonJunk\nbad word\n\n1.a:0 1\n2.b:1\n3.c:0 2\nodd\n4.d:0 77 x\n9.gone:0\n");
        _tree.Write("courierimapkeywords/2.b", "Late\n\n");
        _tree.Write("courierimapkeywords/.99.2.b", "Early\n");
        _tree.Write("courierimapkeywords/.100.3.c", "New\n");
        _tree.Write("courierimapkeywords/.99.3.c", "Old\n");
        _tree.Write("courierimapkeywords/4.d", "");
        _tree.Write("courierimapkeywords/.tmp.1.x", "No\n");
        using (Mailbox mailbox = _tree.Store.Select(MailboxName.Inbox, false))
        {
            Assert.That(mailbox.State.KeywordsAt(0), Is.EquivalentTo(new[] { "$Work", "NonJunk" }));
            Assert.That(mailbox.State.KeywordsAt(1), Is.EqualTo(new[] { "Late" }));
            Assert.That(mailbox.State.KeywordsAt(2), Is.EqualTo(new[] { "New" }));
            Assert.That(mailbox.State.KeywordsAt(3), Is.Empty);
            Assert.That(mailbox.State.KeywordsAt(4), Is.Empty);
            mailbox.ChangeFlags([mailbox.State.UidAt(4)], new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.None, ["Ours", "Late"])));
            mailbox.ChangeFlags([mailbox.State.UidAt(1)], new FlagChange(FlagChangeKind.Remove, new FlagSet(SystemFlags.None, ["Late"])));
        }

        Assert.That(_tree.Read("courierimapkeywords/5.e").Split('\n'), Is.EquivalentTo(new[] { "Ours", "Late", "" }));
        Assert.That(_tree.Read("courierimapkeywords/2.b"), Is.Empty);
        Assert.That(_tree.In("tmp"), Is.Empty);
    }

    [Test]
    public void The_rarest_keywords_are_those_for_which_no_letter_is_left()
    {
        Directory.CreateDirectory(Path.Combine(_tree.Root, "courierimapkeywords"));
        var list = new StringBuilder(string.Concat(Enumerable.Range(0, 30).Select(static i => $"k{i}\n"))).Append('\n');
        for (int message = 0; message < 30; message++)
        {
            Message($"{message + 1}.x:2,");
            list.Append($"{message + 1}.x:{string.Join(' ', Enumerable.Range(message, 30 - message))}\n");
        }

        _tree.Write("courierimapkeywords/:list", list.ToString());
        MailboxState state = _tree.Open().State;
        Assert.That(state.Keywords, Is.EquivalentTo(Enumerable.Range(4, 26).Select(static i => $"k{i}")));
        Assert.That(state.KeywordsAt(0), Has.Length.EqualTo(26));
    }

    [TestCase("INBOX.Entw&APw-rfe.x\n#shared.y\nINBOX\n", "INBOX.Entw&APw-rfe.x\n#shared.y\nINBOX\nINBOX.Gr&APYA3w-e.R&-D\n")]
    [TestCase("INBOX.Entw\xc3\xbcrfe.x\n#shared.y\nINBOX\n", "INBOX.Entw\xc3\xbcrfe.x\n#shared.y\nINBOX\nINBOX.Gr\xc3\xb6\xc3\x9f" + "e.R&D\n")]
    public void Subscriptions_are_taken_over_and_kept_up(string before, string after)
    {
        _tree.Write("courierimapsubscribed", before);
        Assert.That(_tree.Store.Subscriptions().Select(static name => name.Value), Is.EqualTo(new[] { "INBOX", "Entwürfe/x" }));
        _tree.Store.Subscribe(TestTree.Name("Größe/R&D"));
        Assert.That(_tree.Read("courierimapsubscribed"), Is.EqualTo(after));
        Assert.That(_tree.Store.Subscriptions(), Has.Count.EqualTo(3));
        _tree.Store.Unsubscribe(TestTree.Name("Entwürfe/x"));
        Assert.That(_tree.Read("courierimapsubscribed"), Does.Not.Contain("rfe"));

        _tree.Write("courierimapsubscribed", "INBOX.later\n");
        File.SetLastWriteTimeUtc(Path.Combine(_tree.Root, "courierimapsubscribed"), DateTime.UtcNow.AddMinutes(1));
        Assert.That(_tree.Store.Subscriptions().Select(static name => name.Value), Is.EqualTo(new[] { "later" }));
    }

    [Test]
    public void What_is_no_file_where_Courier_has_files_does_no_harm()
    {
        Message("1.a:2,S");
        Assert.That(Mono.Unix.Native.Syscall.mkfifo(Path.Combine(_tree.Root, "courierimapuiddb"), Mono.Unix.Native.FilePermissions.S_IRWXU), Is.Zero);
        Directory.CreateDirectory(Path.Combine(_tree.Root, "courierimapkeywords", "1.a"));
        Assert.That(Mono.Unix.Native.Syscall.mkfifo(Path.Combine(_tree.Root, "courierimapkeywords", ":list"), Mono.Unix.Native.FilePermissions.S_IRWXU), Is.Zero);
        File.CreateSymbolicLink(Path.Combine(_tree.Root, "courierimapkeywords", ".5.1.a"), "/etc/passwd");
        Mailbox open = _tree.Open();
        Assert.That(open.State.Count, Is.EqualTo(1));
        Assert.That(open.State.KeywordsAt(0), Is.Empty);
        _tree.Append("x\r\n");
        _tree.Create("a");
    }

    private void Message(string name) => _tree.Write("cur/" + name, "Subject: x\n\nbody\n");
}
