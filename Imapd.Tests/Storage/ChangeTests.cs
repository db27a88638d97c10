using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

internal sealed class ChangeTests
{
    private TestTree _tree = null!;

    [SetUp]
    public void Make() => _tree = new TestTree();

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void Flags_are_replaced_added_and_removed_in_the_files_name()
    {
        _tree.Append("x\r\n", flags: SystemFlags.Answered);
        Mailbox mailbox = _tree.Open();
        mailbox.Flag(FlagChangeKind.Add, SystemFlags.Seen, "Work");
        Assert.That(_tree.In("cur")[0], Does.EndWith(":2,RSa"));
        mailbox.Flag(FlagChangeKind.Remove, SystemFlags.Answered, "work", "unknown");
        Assert.That(_tree.In("cur")[0], Does.EndWith(":2,S"));
        MailboxState state = mailbox.Flag(FlagChangeKind.Replace, SystemFlags.Draft, "Other");
        Assert.That(_tree.In("cur")[0], Does.EndWith(":2,Db"));
        Assert.That((state.FlagsAt(0).System, state.KeywordsAt(0)[0]), Is.EqualTo((SystemFlags.Draft, "Other")));
        Assert.That(state.Keywords, Is.EqualTo(new[] { "Work", "Other" }));
    }

    [Test]
    public void A_change_that_changes_nothing_is_no_change()
    {
        _tree.Append("x\r\n", flags: SystemFlags.Seen);
        Mailbox mailbox = _tree.Open();
        MailboxState before = mailbox.State;
        Assert.That(mailbox.Flag(FlagChangeKind.Add, SystemFlags.Seen), Is.SameAs(before));
        Assert.That(mailbox.Refresh(), Is.SameAs(before));
    }

    [Test]
    public void Messages_that_are_gone_are_passed_over()
    {
        _tree.Append("a\r\n", flags: SystemFlags.Draft);
        _tree.Append("b\r\n", flags: SystemFlags.Draft);
        Mailbox mailbox = _tree.Open();
        File.Delete(Path.Combine(_tree.Root, "cur", _tree.In("cur")[0]));
        MailboxState state = mailbox.ChangeFlags(
            [new Uid(1), new Uid(2), new Uid(99)], new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.Seen, [])));
        Assert.That(state.FlagsAt(state.IndexOf(new Uid(2))).System, Is.EqualTo(SystemFlags.Draft | SystemFlags.Seen));
        Assert.That(mailbox.Refresh().Uids(), Is.EqualTo(new uint[] { 2 }));
    }

    [Test]
    public void A_27th_keyword_is_refused_and_nothing_changes()
    {
        _tree.Append("x\r\n", flags: SystemFlags.Draft);
        Mailbox mailbox = _tree.Open();
        MailboxState full = mailbox.Flag(FlagChangeKind.Add, SystemFlags.None, [.. Enumerable.Range(0, 26).Select(i => $"k{i}")]);
        Assert.That((full.CanAddKeywords, full.KeywordsAt(0).Length), Is.EqualTo((false, 26)));
        string[] names = _tree.In("cur");
        Assert.That(() => mailbox.Flag(FlagChangeKind.Replace, SystemFlags.Seen, "more"), MailboxListTests.Fails(StoreError.Limit));
        Assert.That(() => _tree.Append("y\r\n", keywords: "more"), MailboxListTests.Fails(StoreError.Limit));
        Assert.That(_tree.In("cur"), Is.EqualTo(names));
        Assert.That(_tree.In("new").Concat(_tree.In("tmp")), Is.Empty);
    }

    [Test]
    public void Letters_stay_when_the_keyword_file_is_lost_and_are_given_to_no_other_keyword()
    {
        _tree.Append("x\r\n", keywords: ["One", "Two"]);
        File.Delete(Path.Combine(_tree.Root, "dovecot-keywords"));
        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.State.KeywordsAt(0), Is.Empty);
        MailboxState state = mailbox.Flag(FlagChangeKind.Add, SystemFlags.Seen, "Three");
        Assert.That(state.KeywordsAt(0), Is.EqualTo(new[] { "Three" }));
        Assert.That(_tree.In("cur")[0], Does.EndWith(":2,Sabc"));
    }

    [Test]
    public void Only_messages_marked_deleted_are_expunged_and_only_among_those_named()
    {
        for (int i = 0; i < 4; i++)
        {
            _tree.Append($"{i}\r\n", flags: i == 1 ? SystemFlags.Seen : SystemFlags.Deleted);
        }

        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.Expunge([new Uid(1), new Uid(2), new Uid(7)]).Uids(), Is.EqualTo(new uint[] { 2, 3, 4 }));
        Assert.That(mailbox.Expunge(null).Uids(), Is.EqualTo(new uint[] { 2 }));
        Assert.That(_tree.In("cur"), Has.Length.EqualTo(1));
        Assert.That(_tree.Append("again\r\n").Uids[0].Value, Is.EqualTo(5));
    }

    [Test]
    public void A_message_that_another_program_undeleted_is_not_expunged()
    {
        _tree.Append("x\r\n", flags: SystemFlags.Deleted | SystemFlags.Seen);
        Mailbox mailbox = _tree.Open();
        string name = _tree.In("cur")[0];
        File.Move(Path.Combine(_tree.Root, "cur", name), Path.Combine(_tree.Root, "cur", name[..^1]));
        Assert.That(mailbox.Expunge(null).Count, Is.EqualTo(1));
    }

    [Test]
    public void A_copy_has_flags_keywords_and_date_of_its_original()
    {
        _tree.Create("to");
        _tree.Append("t\r\n", "to", SystemFlags.Draft, "Other");
        using (AppendBatch batch = _tree.Store.BeginAppend(MailboxName.Inbox))
        {
            batch.BeginMessage(new FlagSet(SystemFlags.Seen, ["Work"]), DateTimeOffset.FromUnixTimeSeconds(1000000000)).Write("x\r\n"u8);
            batch.BeginMessage(FlagSet.Empty, null).Write("y\r\n"u8);
            batch.Commit();
        }

        Mailbox from = _tree.Open();
        CopyResult result = from.Copy([new Uid(1), new Uid(2), new Uid(44)], TestTree.Name("to"));
        Mailbox to = _tree.Open("to");
        Assert.That(result.From.Zip(result.To), Is.EqualTo(new[] { (new Uid(1), new Uid(2)), (new Uid(2), new Uid(3)) }));
        Assert.That(result.UidValidity, Is.EqualTo(to.State.UidValidity));
        Assert.That(to.State.KeywordsAt(1), Is.EqualTo(new[] { "Work" }));
        Assert.That(to.State.FlagsAt(1).System, Is.EqualTo(SystemFlags.Seen));
        Assert.That(to.InternalDate(new Uid(2)).ToUnixTimeSeconds(), Is.EqualTo(1000000000));
        Assert.That((to.Wire(new Uid(2)), to.Wire(new Uid(3))), Is.EqualTo(("x\r\n", "y\r\n")));
        Assert.That(from.Refresh().Count, Is.EqualTo(2));
    }

    [Test]
    public void Copying_within_a_mailbox_makes_another_message()
    {
        _tree.Append("x\r\n", flags: SystemFlags.Seen);
        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.Copy([new Uid(1)], MailboxName.Inbox).To, Is.EqualTo(new[] { new Uid(2) }));
        Assert.That(mailbox.Refresh().Uids(), Is.EqualTo(new uint[] { 1, 2 }));
        Assert.That(mailbox.Refresh().Uids(), Is.EqualTo(new uint[] { 1, 2 }), "the hard link is no double");
    }

    [Test]
    public void Copying_to_no_mailbox_fails_and_copying_nothing_is_nothing()
    {
        Mailbox mailbox = _tree.Open();
        Assert.That(() => mailbox.Copy([new Uid(1)], TestTree.Name("nope")), MailboxListTests.Fails(StoreError.NonExistent));
        Assert.That(mailbox.Copy([new Uid(1)], MailboxName.Inbox).To, Is.Empty);
    }

    [Test]
    public void Moved_messages_are_there_and_no_longer_here()
    {
        _tree.Create("to");
        _tree.Append("a\r\n", flags: SystemFlags.Seen);
        _tree.Append("b\r\n");
        _tree.Append("c\r\n");
        Mailbox from = _tree.Open();
        CopyResult result = from.Move([new Uid(1), new Uid(3)], TestTree.Name("to"));
        Assert.That(result.To, Is.EqualTo(new[] { new Uid(1), new Uid(2) }));
        Assert.That(from.State.Uids(), Is.EqualTo(new uint[] { 2 }));
        Assert.That(from.Refresh(), Is.SameAs(from.State));
        Mailbox to = _tree.Open("to");
        Assert.That(to.State.AllUids().Select(to.Wire), Is.EqualTo(new[] { "a\r\n", "c\r\n" }));
    }

    [Test]
    public void Messages_moved_within_a_mailbox_get_new_UIDs()
    {
        _tree.Append("a\r\n", flags: SystemFlags.Seen, keywords: ["k"]);
        _tree.Append("b\r\n");
        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.Move([new Uid(1)], MailboxName.Inbox).To, Is.EqualTo(new[] { new Uid(3) }));
        Assert.That(mailbox.State.Uids(), Is.EqualTo(new uint[] { 2, 3 }));
        Assert.That(mailbox.Refresh(), Is.SameAs(mailbox.State));
        Assert.That(mailbox.Wire(new Uid(3)), Is.EqualTo("a\r\n"));
        Assert.That(mailbox.State.FlagsAt(1).System, Is.EqualTo(SystemFlags.Seen));
        Assert.That(mailbox.State.KeywordsAt(1), Is.EqualTo(new[] { "k" }));
        Assert.That(_tree.Open().State.Uids(), Is.EqualTo(new uint[] { 2, 3 }));
    }

    [Test]
    public void Messages_move_across_file_systems_and_those_that_are_gone_are_passed_over()
    {
        using var shared = new TemporaryDirectory("/dev/shm");
        Directory.CreateSymbolicLink(Path.Combine(_tree.Root, ".far"), shared.Path);
        _tree.Append("a\r\n", flags: SystemFlags.Seen);
        _tree.Append("b\r\n", flags: SystemFlags.Deleted);
        _tree.Append("c\r\n");
        Mailbox mailbox = _tree.Open();
        _tree.Open().Expunge(null);
        CopyResult moved = mailbox.Move([new Uid(1), new Uid(2), new Uid(3)], TestTree.Name("far"));
        Assert.That(moved.From, Is.EqualTo(new[] { new Uid(1), new Uid(3) }));
        Assert.That(mailbox.State.Count, Is.Zero);
        Mailbox far = _tree.Open("far");
        Assert.That(far.State.AllUids().Select(far.Wire), Is.EqualTo(new[] { "a\r\n", "c\r\n" }));
        Assert.That(Directory.GetFiles(Path.Combine(shared.Path, "tmp")), Is.Empty);
    }

    [Test]
    public void A_message_that_another_session_has_moved_is_passed_over()
    {
        _tree.Create("to");
        _tree.Append("a\r\n");
        _tree.Append("b\r\n");
        Mailbox late = _tree.Open();
        _tree.Open().Move([new Uid(1)], TestTree.Name("to"));
        Assert.That(late.Move([new Uid(1), new Uid(2)], TestTree.Name("to")).From, Is.EqualTo(new[] { new Uid(2) }));
        Assert.That(late.Move([new Uid(1), new Uid(2)], TestTree.Name("to")).From, Is.Empty);
        Assert.That(_tree.Open("to").State.Count, Is.EqualTo(2));
    }

    [Test]
    public void A_message_that_another_program_has_renamed_moves_with_its_new_flags()
    {
        _tree.Create("to");
        _tree.Append("a\r\n", flags: SystemFlags.Seen);
        Mailbox mailbox = _tree.Open();
        string name = _tree.In("cur")[0];
        File.Move(Path.Combine(_tree.Root, "cur", name), Path.Combine(_tree.Root, "cur", name[..^1] + "FS"));
        Assert.That(mailbox.Move([new Uid(1)], TestTree.Name("to")).To, Has.Count.EqualTo(1));
        Assert.That(_tree.Open("to").State.FlagsAt(0).System, Is.EqualTo(SystemFlags.Seen | SystemFlags.Flagged));
        Assert.That(_tree.In("cur"), Is.Empty);
    }

    [Test]
    public void Copies_go_across_file_systems()
    {
        using var shared = new TemporaryDirectory("/dev/shm");
        Directory.CreateSymbolicLink(Path.Combine(_tree.Root, ".far"), shared.Path);
        _tree.Append("a\r\n", flags: SystemFlags.Seen);
        _tree.Open().Copy([new Uid(1)], TestTree.Name("far"));
        Assert.That(_tree.Open("far").Wire(new Uid(1)), Is.EqualTo("a\r\n"));
        Assert.That(Directory.GetFiles(Path.Combine(shared.Path, "tmp")), Is.Empty);
    }

    [Test]
    public void Sizes_in_names_that_are_wrong_are_put_right_when_the_message_is_opened()
    {
        _tree.Write("cur/1.a,S=4,W=99:2,", "a\nb\n");
        _tree.Write("cur/2.b,S=99,W=99:2,", "a\nb\n");
        _tree.Write("cur/3.c,S=6,W=6:2,", "a\r\nb\r\n");
        _tree.Write("cur/4.d:2,", "a\r\nb\n");
        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.State.AllUids().Select(mailbox.Wire), Is.All.EqualTo("a\r\nb\r\n"));
        Assert.That(mailbox.State.AllUids().Select(mailbox.WireOctets), Is.All.EqualTo(6));
    }

    [TestCase("1\n2\n3\n")]
    [TestCase("1\r\n2\n3\n")]
    public void What_was_announced_is_written_though_the_file_shrinks(string text)
    {
        string big = string.Concat(Enumerable.Repeat(text, 100_000));
        _tree.Write("cur/1.a:2,", big);
        Mailbox mailbox = _tree.Open();
        using MessageFile file = mailbox.Open(new Uid(1));
        long announced = file.WireOctets;
        _tree.Write("cur/1.a:2,", text);
        string sent = file.Wire(0, announced);
        Assert.That(sent, Has.Length.EqualTo(announced));
        Assert.That(sent, Does.StartWith("1\r\n2\r\n3\r\n").And.EndsWith("   "));
    }

    [Test]
    public void Any_part_of_a_message_can_be_had()
    {
        const string Wire = "Subject: a\r\n\r\none\r\ntwo\r\n\r\nthree";
        _tree.Write("cur/1.a:2,", Wire.Replace("\r\n", "\n", StringComparison.Ordinal));
        using MessageFile file = _tree.Open().Open(new Uid(1));
        for (int skip = 0; skip <= Wire.Length; skip++)
        {
            for (int count = 0; count <= Wire.Length - skip; count++)
            {
                Assert.That(file.Wire(skip, count), Is.EqualTo(Wire.Substring(skip, count)));
            }
        }
    }

    private sealed class TemporaryDirectory : IDisposable
    {
        public TemporaryDirectory(string parent)
        {
            Path = System.IO.Path.Combine(parent, $"imapd-far-{Environment.ProcessId}");
            Directory.CreateDirectory(Path);
        }

        public string Path { get; }

        public void Dispose() => Directory.Delete(Path, true);
    }
}
