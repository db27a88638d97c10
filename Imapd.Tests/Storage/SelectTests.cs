using System.Diagnostics;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

internal sealed class SelectTests
{
    private TestTree _tree = null!;

    [SetUp]
    public void Make() => _tree = new TestTree();

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void UIDs_flags_and_keywords_of_a_Maildir_that_Dovecot_served_are_kept()
    {
        _tree.Write("dovecot-uidlist", "3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1\n"
            + "25006 :1276528487.M364837P9451.kurkku,S=13,W=15:2,\n"
            + "25017 W12 :1276533073.M242911P3632.kurkku:2,F\n"
            + "25018 :1276533074.M1P1.kurkku:2,\n");
        _tree.Write("dovecot-keywords", "0 $Junk\n1 $NonJunk\n");
        _tree.Write("cur/1276528487.M364837P9451.kurkku,S=13,W=15:2,RSb", "Subject: a\n\nx");
        _tree.Write("cur/1276533073.M242911P3632.kurkku:2,F", "Subject: b\n");
        _tree.Write("new/1276533075.M1P1.kurkku", "Subject: c\n");
        Mailbox mailbox = _tree.Open();
        MailboxState state = mailbox.State;
        Assert.That(state.UidValidity.Value, Is.EqualTo(1275660208));
        Assert.That(state.Uids(), Is.EqualTo(new uint[] { 25006, 25017, 25022 }));
        Assert.That(state.UidNext.Value, Is.EqualTo(25023));
        Assert.That(state.MailboxId, Is.EqualTo("3085f01b7f11094c501100008c4a11c1"));
        Assert.That(state.FlagsAt(0).System, Is.EqualTo(SystemFlags.Answered | SystemFlags.Seen));
        Assert.That(state.KeywordsAt(0), Is.EqualTo(new[] { "$NonJunk" }));
        Assert.That(mailbox.WireOctets(new Uid(25017)), Is.EqualTo(12), "from the list");
        Assert.That(mailbox.WireOctets(new Uid(25022)), Is.EqualTo(12), "counted");
        Assert.That(_tree.Read("dovecot-uidlist"), Does.Contain("\n25017 W12 :").And.Contain("\n25022 :1276533075.M1P1.kurkku\n"));
    }

    [Test]
    public void Messages_get_UIDs_by_the_time_of_their_delivery()
    {
        _tree.Deliver("3", name: "900000003.b");
        _tree.Deliver("1", name: "900000001.z");
        _tree.Deliver("2", name: "900000003.a");
        _tree.Deliver("4", name: "msg.without.time");
        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.State.AllUids().Select(mailbox.Wire), Is.EqualTo(new[] { "1", "2", "3", "4" }));
    }

    [Test]
    public void A_delivery_is_seen_and_moved_to_cur_by_a_session_that_may_write()
    {
        Mailbox mailbox = _tree.Open();
        MailboxState before = mailbox.State;
        Assert.That(mailbox.Refresh(), Is.SameAs(before));
        string name = _tree.Deliver();
        MailboxState after = mailbox.Refresh();
        Assert.That((before.Count, after.Count, after.IsRecentAt(0)), Is.EqualTo((0, 1, true)));
        Assert.That(_tree.In("cur"), Is.EqualTo(new[] { name + ":2," }));
        Assert.That(mailbox.Refresh(), Is.SameAs(after));
    }

    [Test]
    public void A_session_that_only_reads_leaves_messages_in_new()
    {
        string name = _tree.Deliver();
        Mailbox mailbox = _tree.Open(readOnly: true);
        Assert.That((mailbox.State.Count, mailbox.State.RecentCount), Is.EqualTo((1, 1)));
        Assert.That(_tree.In("new"), Is.EqualTo(new[] { name }));
        Assert.That(mailbox.Wire(new Uid(1)), Is.EqualTo("Subject: x\r\n\r\nbody\r\n"));
        Assert.That(() => mailbox.Flag(FlagChangeKind.Add, SystemFlags.Seen), MailboxListTests.Fails(StoreError.ReadOnly));
        Assert.That(() => mailbox.Expunge(null), MailboxListTests.Fails(StoreError.ReadOnly));
        Assert.That(_tree.Store.Status(MailboxName.Inbox).Recent, Is.EqualTo(1));
    }

    [Test]
    public void Two_sessions_see_what_the_other_does()
    {
        for (int i = 0; i < 3; i++)
        {
            _tree.Append($"{i}\r\n", flags: SystemFlags.Draft);
        }

        Mailbox one = _tree.Open();
        Mailbox other = _tree.Open();
        ModSeq before = other.State.ModSeqAt(0);
        ModSeq untouched = other.State.ModSeqAt(2);
        one.ChangeFlags([new Uid(1)], new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.Seen, ["Work"])));
        one.ChangeFlags([new Uid(2)], new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.Deleted, [])));
        one.Expunge(null);
        MailboxState seen = other.Refresh();
        Assert.That(seen.Uids(), Is.EqualTo(new uint[] { 1, 3 }));
        Assert.That(seen.FlagsAt(0).System, Is.EqualTo(SystemFlags.Draft | SystemFlags.Seen));
        Assert.That(seen.KeywordsAt(0), Is.EqualTo(new[] { "Work" }));
        Assert.That(seen.ModSeqAt(0), Is.GreaterThan(before));
        Assert.That(seen.ModSeqAt(1), Is.EqualTo(untouched));
        Assert.That(one.Refresh().Uids(), Is.EqualTo(seen.Uids()));
    }

    [Test]
    public void Renames_and_deletions_by_other_programs_are_seen()
    {
        Uid first = _tree.Append("a\r\n", flags: SystemFlags.Draft).Uids[0];
        Uid second = _tree.Append("b\r\n", flags: SystemFlags.Draft).Uids[0];
        Mailbox mailbox = _tree.Open();
        string[] names = _tree.In("cur");
        File.Move(Path.Combine(_tree.Root, "cur", names[0]), Path.Combine(_tree.Root, "cur", names[0] + "S"));
        File.Delete(Path.Combine(_tree.Root, "cur", names[1]));
        Assert.That(mailbox.Wire(first), Is.EqualTo("a\r\n"), "found under its new name");
        Assert.That(() => mailbox.Open(second), MailboxListTests.Fails(StoreError.ExpungeIssued));
        Assert.That(() => mailbox.InternalDate(second), MailboxListTests.Fails(StoreError.ExpungeIssued));
        MailboxState state = mailbox.Refresh();
        Assert.That(state.AllUids(), Is.EqualTo(new[] { first }));
        Assert.That(state.FlagsAt(0).System, Is.EqualTo(SystemFlags.Draft | SystemFlags.Seen));
    }

    [Test]
    public void A_message_that_comes_back_after_it_was_gone_has_a_new_UID()
    {
        _tree.Append("a\r\n", flags: SystemFlags.Draft);
        _tree.Append("b\r\n", flags: SystemFlags.Draft);
        Mailbox mailbox = _tree.Open();
        string path = Path.Combine(_tree.Root, "cur", _tree.In("cur")[0]);
        File.Move(path, Path.Combine(_tree.Root, "aside"));
        Assert.That(mailbox.Refresh().Uids(), Is.EqualTo(new uint[] { 2 }));
        File.Move(Path.Combine(_tree.Root, "aside"), path);
        Assert.That(mailbox.Refresh().Uids(), Is.EqualTo(new uint[] { 2, 3 }));
        Assert.That(_tree.Open().State.Uids(), Is.EqualTo(new uint[] { 2, 3 }));
    }

    [Test]
    public void One_message_in_new_and_in_cur_is_one_message()
    {
        string name = _tree.Deliver("same");
        Run("ln", Path.Combine(_tree.Root, "new", name), Path.Combine(_tree.Root, "cur", name + ":2,S"));
        Assert.That(_tree.Open(readOnly: true).State.Count, Is.EqualTo(1));
        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.State.Count, Is.EqualTo(1));
        Assert.That(mailbox.Wire(new Uid(1)), Is.EqualTo("same"));
        Assert.That(_tree.In("new"), Is.Empty);
    }

    [Test]
    public void Two_messages_of_one_base_name_are_both_served()
    {
        string name = _tree.Deliver("one");
        _tree.Write($"cur/{name}:2,S", "other");
        _tree.Write($"cur/{name}:2,FS", "third");
        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.State.AllUids().Select(mailbox.Wire), Is.EquivalentTo(new[] { "one", "other", "third" }));
        Assert.That(mailbox.Refresh().Count, Is.EqualTo(3));
    }

    [Test]
    public void A_message_whose_name_has_a_line_end_in_it_gets_a_name_of_our_own_and_keeps_its_flags()
    {
        _tree.Write("cur/4.line\nend:2,FSa", "x");
        _tree.Write("new/5.line\rend", "y");
        Assert.That(_tree.Open(readOnly: true).State.Count, Is.Zero, "a session that only reads renames nothing");
        var lines = new List<string>();
        using (MailStore store = MailStore.Open(_tree.Options with { Log = lines.Add }))
        {
            using Mailbox mailbox = store.Select(MailboxName.Inbox, false);
            Assert.That(mailbox.State.AllUids().Select(mailbox.Wire), Is.EquivalentTo(new[] { "x", "y" }));
            Assert.That(mailbox.Refresh().Count, Is.EqualTo(2));
        }

        Assert.That(_tree.In("new"), Is.Empty);
        Assert.That(_tree.In("cur"), Has.One.EndsWith(":2,FSa").And.One.EndsWith(":2,"));
        Assert.That(lines, Has.Count.EqualTo(3).And.Exactly(1).Contains("dovecot-keywords: it is lost"), "and nobody knows what keyword the letter was");
    }

    [Test]
    public void Odd_things_in_a_mailbox_are_left_alone_and_hang_nobody()
    {
        string cur = Path.Combine(_tree.Root, "cur");
        Run("mkfifo", Path.Combine(cur, "1.fifo:2,"));
        Directory.CreateDirectory(Path.Combine(cur, "2.directory:2,"));
        File.CreateSymbolicLink(Path.Combine(cur, "3.link:2,"), "/etc/passwd");
        File.WriteAllText(Path.Combine(cur, ".hidden"), "x");
        File.WriteAllText(Path.Combine(cur, ":2,S"), "x");
        _tree.Write("cur/5.colons:2,S:2,T:x", "five");
        _tree.Write("cur/6.empty:2,", "");
        string longest = "7." + new string('x', 253);
        _tree.Deliver("long", name: longest);
        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.State.AllUids().Select(mailbox.Wire), Is.EqualTo(new[] { "five", "", "long" }));
        Assert.That(mailbox.State.FlagsAt(0).System.HasFlag(SystemFlags.Seen), Is.True);
        Assert.That(_tree.In("cur"), Does.Contain(longest), "there is no room for flags in such a name");
        Assert.That(() => mailbox.ChangeFlags([new Uid(3)], new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.Seen, []))), MailboxListTests.Fails(StoreError.Cannot));
        Assert.That(mailbox.Refresh().Count, Is.EqualTo(3));
    }

    [Test]
    public void A_message_replaced_by_something_else_is_not_opened()
    {
        _tree.Append("x\r\n", flags: SystemFlags.Seen);
        Mailbox mailbox = _tree.Open();
        string path = Path.Combine(_tree.Root, "cur", _tree.In("cur")[0]);
        File.Delete(path);
        Run("mkfifo", path);
        Assert.That(() => mailbox.Open(new Uid(1)), MailboxListTests.Fails(StoreError.Cannot));
        File.Delete(path);
        File.CreateSymbolicLink(path, "/etc/passwd");
        Assert.That(() => mailbox.Open(new Uid(1)), MailboxListTests.Fails(StoreError.Cannot));
        Assert.That(mailbox.Refresh().Count, Is.Zero);
    }

    [Test]
    public void A_UID_list_that_is_no_file_is_said_to_be_damaged_and_hangs_nobody()
    {
        Run("mkfifo", Path.Combine(_tree.Root, "dovecot-uidlist"));
        Assert.That(() => _tree.Append("x\r\n"), MailboxListTests.Fails(StoreError.Corruption));
        Assert.That(() => _tree.Open(), MailboxListTests.Fails(StoreError.Corruption));
        Assert.That(_tree.In("new").Concat(_tree.In("cur")).Concat(_tree.In("tmp")), Is.Empty);
    }

    [Test]
    public void A_damaged_UID_list_keeps_UIDVALIDITY_and_what_can_be_read()
    {
        _tree.Write("cur/5.a:2,", "a");
        _tree.Write("cur/6.b:2,", "b");
        _tree.Write("dovecot-uidlist", "3 V77 N9 G3085f01b7f11094c501100008c4a11c1 Xkept\n5 W1 :5.a\n\0\0garbage\n8 :6.b");
        MailboxState state = _tree.Open().State;
        Assert.That(state.UidValidity.Value, Is.EqualTo(77));
        Assert.That(state.Uids()[0], Is.EqualTo(5));
        Assert.That(state.Uids()[1], Is.GreaterThan(1000));
        Assert.That(_tree.Read("dovecot-uidlist"), Does.Match(
            $"^3 V77 N{state.UidNext.Value} G3085f01b7f11094c501100008c4a11c1 Xkept\n5 W1 :5.a:2,\n{state.Uids()[1]} :6.b:2,\n$"));
    }

    [Test]
    public void A_lost_UID_list_means_a_larger_UIDVALIDITY()
    {
        _tree.Append("a\r\n");
        UidValidity before = _tree.Store.Status(MailboxName.Inbox).UidValidity;
        File.Delete(Path.Combine(_tree.Root, "dovecot-uidlist"));
        MailboxStatus after = _tree.Store.Status(MailboxName.Inbox);
        Assert.That(after.UidValidity.Value, Is.GreaterThan(before.Value));
        Assert.That(after.Messages, Is.EqualTo(1));
    }

    [Test]
    public void A_UID_list_lost_while_a_session_knows_it_is_written_again()
    {
        _tree.Append("a\r\n");
        Mailbox mailbox = _tree.Open();
        File.Delete(Path.Combine(_tree.Root, "dovecot-uidlist"));
        _tree.Deliver();
        MailboxState state = mailbox.Refresh();
        Assert.That(state.Uids(), Is.EqualTo(new uint[] { 1, 2 }));
        Assert.That(_tree.Store.Status(MailboxName.Inbox).UidValidity, Is.EqualTo(state.UidValidity));
    }

    [Test]
    public void Lines_of_messages_long_gone_are_dropped_in_the_end()
    {
        string gone = string.Concat(Enumerable.Range(1, 200).Select(uid => $"{uid} :{uid}.gone\n"));
        _tree.Write("dovecot-uidlist", "3 V77 N300 G3085f01b7f11094c501100008c4a11c1\n" + gone + "250 Zkept :250.there\n");
        _tree.Write("cur/250.there:2,S", "x");
        Assert.That(_tree.Open().State.Uids(), Is.EqualTo(new uint[] { 250 }));
        Assert.That(_tree.Read("dovecot-uidlist"), Is.EqualTo(
            "3 V77 N300 G3085f01b7f11094c501100008c4a11c1\n250 Zkept :250.there:2,S\n"));
    }

    [Test]
    public void The_kernel_tells_of_deliveries_and_of_renames()
    {
        Mailbox mailbox = _tree.Open();
        Assume.That(mailbox.WatchDescriptor, Is.GreaterThanOrEqualTo(0));
        mailbox.DrainWatch();
        Assert.That(IsReadable(mailbox.WatchDescriptor), Is.False);
        _tree.Deliver();
        Assert.That(IsReadable(mailbox.WatchDescriptor), Is.True);
        mailbox.DrainWatch();
        mailbox.Refresh();
        mailbox.DrainWatch();
        Assert.That(IsReadable(mailbox.WatchDescriptor), Is.False);
        File.Move(Path.Combine(_tree.Root, "cur", _tree.In("cur")[0]), Path.Combine(_tree.Root, "cur", _tree.In("cur")[0] + "S"));
        Assert.That(IsReadable(mailbox.WatchDescriptor), Is.True);
    }

    [Test]
    public void Old_leavings_in_tmp_are_swept_and_nothing_else()
    {
        string tmp = Path.Combine(_tree.Root, "tmp");
        File.WriteAllText(Path.Combine(tmp, "1700000000.M1P1.host"), "new, whatever its mtime says");
        File.SetLastWriteTimeUtc(Path.Combine(tmp, "1700000000.M1P1.host"), DateTime.UtcNow.AddDays(-9));
        File.WriteAllText(Path.Combine(tmp, "notes.txt"), "not ours");
        _tree.Open();
        Assert.That(_tree.In("tmp"), Has.Length.EqualTo(2));
    }

    private static bool IsReadable(int descriptor)
    {
        var poll = new Mono.Unix.Native.Pollfd { fd = descriptor, events = Mono.Unix.Native.PollEvents.POLLIN };
        return Mono.Unix.Native.Syscall.poll([poll], 1, 0) == 1;
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero);
    }
}
