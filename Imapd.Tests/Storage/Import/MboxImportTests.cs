using System.Globalization;
using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Import;
using Imapd.Storage.Maildir.Native;
using Imapd.Tests.Storage.Crash;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Import;

/// <summary>The messages of an mbox in a mailbox.</summary>
internal sealed class MboxImportTests
{
    private const uint UidValidity = 1_000_000_000;

    /// <summary>As UW-IMAP leaves it: five messages were expunged, and two came after the last session.</summary>
    private const string OfUwImap = """
        From MAILER-DAEMON Fri Nov 20 09:00:00 2026 +0000
        Date: 20 Nov 2026 09:00:00 +0000
        From: Mail System Internal Data <MAILER-DAEMON@host.example.org>
        Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA
        Message-ID: <1000000000@host.example.org>
        X-IMAP: 1000000000 0000000012 Work Fun
        Status: RO

        This text is part of the internal format of your mail folder, and is not
        a real message.  It is created automatically by the mail system software.
        If deleted, important folder data will be lost, and it will be re-created
        with the data reset to initial values.

        From ann@example.org Fri Nov 20 10:00:00 2026 +0000
        Subject: read
        Status: RO
        X-Status: 
        X-Keywords:                       
        X-UID: 3

        one

        From bob@example.org Fri Nov 20 11:00:00 2026 +0000
        Subject: answered
        Status: RO
        X-Status: AF
        X-Keywords: Work                  
        X-UID: 7

        two
        >From here

        From bob@example.org Fri Nov 20 11:30:00 2026 +0000
        Subject: seen by the server alone
        Status: O
        X-Status: 
        X-Keywords:                       
        X-UID: 12

        three

        From eve@example.org Fri Nov 20 12:00:00 2026 +0000
        Subject: new
        X-UID: 9

        four

        From ann@example.org Fri Nov 20 12:30:00 2026 +0000
        Subject: new too

        five

        """;

    private TestTree _tree = null!;

    [SetUp]
    public void SetUp() => _tree = new TestTree();

    [TearDown]
    public void TearDown() => _tree.Dispose();

    [TestCase("INBOX")]
    [TestCase("Old/mail")]
    public void A_mailbox_in_which_no_UID_was_given_takes_over_those_of_UW_IMAP(string mailbox)
    {
        ImportResult result = Import(OfUwImap, mailbox);
        Assert.That((result.Added, result.Present, result.NewUids, result.UidValidity), Is.EqualTo((5, 0, 0, UidValidity)));

        Mailbox open = _tree.Open(mailbox);
        MailboxState state = open.State;
        Assert.Multiple(() =>
        {
            Assert.That(state.UidValidity.Value, Is.EqualTo(UidValidity));
            Assert.That(state.Uids(), Is.EqualTo(new uint[] { 3, 7, 12, 13, 14 }), "those without one that counts get the next ones");
            Assert.That(state.UidNext.Value, Is.EqualTo(15));
            Assert.That(state.FlagsAt(0).System, Is.EqualTo(SystemFlags.Seen));
            Assert.That(state.FlagsAt(1).System, Is.EqualTo(SystemFlags.Seen | SystemFlags.Answered | SystemFlags.Flagged));
            Assert.That(state.KeywordsAt(1), Is.EqualTo(new[] { "Work" }));
            Assert.That(Enumerable.Range(0, 5).Select(index => state.FlagsAt(index).System).Skip(2), Is.All.EqualTo(SystemFlags.None));
            Assert.That(open.Wire(new Uid(7)), Is.EqualTo("Subject: answered\r\n\r\ntwo\r\nFrom here\r\n"));
            Assert.That(open.Wire(new Uid(14)), Is.EqualTo("Subject: new too\r\n\r\nfive\r\n"));
            Assert.That(open.InternalDate(new Uid(12)), Is.EqualTo(new DateTimeOffset(2026, 11, 20, 11, 30, 0, TimeSpan.Zero)));
            Assert.That(open.WireOctets(new Uid(12)), Is.EqualTo(open.Wire(new Uid(12)).Length));
        });
    }

    [Test]
    public void Only_what_nobody_was_told_of_is_recent()
    {
        Import(OfUwImap, "INBOX");
        Assert.That((_tree.In("new").Length, _tree.In("cur").Length), Is.EqualTo((2, 3)));
    }

    [Test]
    public void Mail_that_was_delivered_before_comes_after_it()
    {
        _tree.Deliver("Subject: delivered\n\n");
        Import(OfUwImap, "INBOX");
        Mailbox open = _tree.Open();
        Assert.That(open.State.Uids(), Is.EqualTo(new uint[] { 3, 7, 12, 13, 14, 15 }));
        Assert.That(open.Wire(new Uid(15)), Is.EqualTo("Subject: delivered\r\n\r\n"));
    }

    [Test]
    public void Where_clients_know_UIDs_messages_get_new_ones()
    {
        _tree.Append("Subject: here\r\n\r\n");
        uint before = _tree.Open().State.UidValidity.Value;
        ImportResult result = Import(OfUwImap, "INBOX");
        Assert.That((result.Added, result.NewUids, result.UidValidity), Is.EqualTo((5, 4, (uint?)null)));
        Assert.That(_tree.In("new"), Has.Length.EqualTo(2), "those that nobody was told of");

        MailboxState state = _tree.Open().State;
        Assert.That((state.UidValidity.Value, state.Uids()), Is.EqualTo((before, new uint[] { 1, 2, 3, 4, 5, 6 })));
        Assert.That(state.FlagsAt(2).System, Is.EqualTo(SystemFlags.Seen | SystemFlags.Answered | SystemFlags.Flagged));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Run_again_it_adds_nothing(bool isFirst)
    {
        if (!isFirst)
        {
            _tree.Append("Subject: here\r\n\r\n");
        }

        Import(OfUwImap, "INBOX");
        _tree.Open().Flag(FlagChangeKind.Add, SystemFlags.Flagged);
        uint[] uids = _tree.Open().State.Uids();
        ImportResult again = Import(OfUwImap, "INBOX");
        Assert.That((again.Added, again.Present), Is.EqualTo((0, 5)));
        Assert.That(_tree.Open().State.Uids(), Is.EqualTo(uids));
        Assert.That(_tree.In("tmp"), Is.Empty);
    }

    [Test]
    public void What_came_into_the_mbox_after_a_first_import_comes_with_its_UID_if_that_is_still_free()
    {
        Import(OfUwImap, "INBOX");
        string later = OfUwImap.Replace("0000000012", "0000000021", StringComparison.Ordinal)
            + "From ann@example.org Sat Nov 21 10:00:00 2026 +0000\nSubject: later\nX-UID: 20\nStatus: RO\n\nsix\n\n"
            + "From ann@example.org Sat Nov 21 10:00:00 2026 +0000\nSubject: forged\nX-UID: 4000000000\n\nseven\n";
        ImportResult result = Import(later, "INBOX");
        Assert.That((result.Added, result.Present, result.NewUids, result.UidValidity), Is.EqualTo((2, 5, 1, UidValidity)));
        Assert.That(_tree.Open().State.Uids(), Is.EqualTo(new uint[] { 3, 7, 12, 13, 14, 20, 21 }));
    }

    [Test]
    public void Messages_that_are_alike_are_as_many_as_they_were()
    {
        string twice = string.Concat(Enumerable.Repeat("From ann@example.org Sat Nov 21 10:00:00 2026 +0000\nSubject: same\n\nsame\n\n", 3));
        Assert.That(Import(twice, "INBOX").Added, Is.EqualTo(3));
        Assert.That(Import(twice, "INBOX").Added, Is.Zero);
        Assert.That(_tree.Open().State.Count, Is.EqualTo(3));
    }

    [Test]
    public void Another_mailbox_does_not_get_the_same_UIDVALIDITY_once_more()
    {
        Import(OfUwImap, "a");
        Assert.That(Import(OfUwImap, "b").UidValidity, Is.Null);
        _tree.Store.Delete(TestTree.Name("a"));
        ImportResult again = Import(OfUwImap, "a");
        Assert.That((again.Added, again.UidValidity), Is.EqualTo((5, (uint?)null)), "a client may know UIDs of the one that was deleted");
        Assert.That(_tree.Open("a").State.UidValidity.Value, Is.GreaterThan(UidValidity));
        _tree.Create("c");
        Assert.That(_tree.Open("c").State.UidValidity.Value, Is.GreaterThan(_tree.Open("a").State.UidValidity.Value));
    }

    [Test]
    public void More_messages_than_come_in_at_once_all_come_in()
    {
        var text = new StringBuilder();
        for (int i = 0; i < 1234; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"From ann@example.org Sat Nov 21 10:00:{i % 60:D2} 2026 +0000\nSubject: {i}\nX-Keywords: k{i % 30}\n\n{i}\n\n");
        }

        ImportResult result = Import(text.ToString(), "INBOX");
        Assert.That((result.Added, result.UidValidity), Is.EqualTo((1234, (uint?)null)));
        Assert.That(result.LostKeywords, Has.Count.EqualTo(4));
        Mailbox open = _tree.Open();
        Assert.That(open.State.Uids(), Is.EqualTo(Enumerable.Range(1, 1234).Select(static uid => (uint)uid)));
        Assert.That(open.Wire(new Uid(1234)), Is.EqualTo("Subject: 1233\r\n\r\n1233\r\n"));
    }

    [Test]
    public void What_is_no_mbox_leaves_nothing_behind()
    {
        Assert.That(
            Assert.Throws<StoreException>(() => Import("no mbox\n", "INBOX"))!.Message, Does.Contain("no mbox"));
        Assert.Throws<StoreException>(() => Import("no mbox\n", "box"));
        Assert.That(_tree.Store.Exists(TestTree.Name("box")), Is.False);
        Import("", "box");
        Assert.That(_tree.Store.Exists(TestTree.Name("box")), Is.True, "an empty folder is one, too");
        Assert.That(_tree.In("tmp"), Is.Empty);
        Assert.That(_tree.Open().State.Count, Is.Zero);
    }

    [Test]
    public void A_file_that_cannot_be_read_to_its_end_leaves_nothing_behind()
    {
        Assert.That(() => _tree.Store.Import(MailboxName.Inbox, new BrokenStream(OfUwImap), MboxQuoting.Mboxrd), Throws.InstanceOf<IOException>());
        Assert.That(_tree.In("tmp"), Is.Empty);
        Assert.That(Import(OfUwImap, "INBOX").UidValidity, Is.EqualTo(UidValidity));
    }

    [TestCase(Errno.EIO)]
    [TestCase(Errno.ENOSPC)]
    public void Run_again_after_any_call_has_failed_it_has_all_messages_once_with_their_UIDs(Errno failure)
    {
        bool hasFailed = true;
        for (int call = 1; hasFailed; call++)
        {
            using var tree = new TestTree();
            using (var seam = new FaultSeam { Counts = kind => FaultSeam.CanFail(kind, failure), FailAt = call, Failure = failure, GrantsWatches = false })
            {
                try
                {
                    Import(tree, OfUwImap, "box");
                }
                catch (StoreException)
                {
                    // That is what it is told by; not every call that fails matters.
                }

                hasFailed = seam.HasFailed;
            }

            Import(tree, OfUwImap, "box");
            MailboxState state = tree.Open("box").State;
            Assert.That(state.Uids(), Is.EqualTo(new uint[] { 3, 7, 12, 13, 14 }), () => $"after call {call} had failed");
            Assert.That(state.UidValidity.Value, Is.EqualTo(UidValidity));
            Assert.That(tree.In(".box/tmp"), Is.Empty.Or.Length.LessThan(2), "one whose removal failed is swept");
        }
    }

    [Test]
    public void A_session_that_has_the_empty_mailbox_open_is_told_that_it_is_another()
    {
        Mailbox open = _tree.Open();
        Import(OfUwImap, "INBOX");
        Assert.That(Assert.Throws<StoreException>(() => open.Refresh())!.Error, Is.EqualTo(StoreError.NonExistent));
    }

    private ImportResult Import(string mbox, string mailbox) => Import(_tree, mbox, mailbox);

    private static ImportResult Import(TestTree tree, string mbox, string mailbox)
    {
        using var stream = new MemoryStream(Encoding.Latin1.GetBytes(mbox));
        return tree.Store.Import(TestTree.Name(mailbox), stream, MboxQuoting.Mboxrd);
    }

    private sealed class BrokenStream(string text) : MemoryStream(Encoding.Latin1.GetBytes(text))
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            Position == Length ? throw new IOException("the disk is broken") : base.Read(buffer, offset, count);
    }
}
