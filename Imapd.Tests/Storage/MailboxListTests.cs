using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Tests.Storage.Look;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

internal sealed class MailboxListTests
{
    private TestTree _tree = null!;

    private MailStore Store => _tree.Store;

    [SetUp]
    public void Make() => _tree = new TestTree();

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void A_new_tree_has_INBOX_and_nothing_else_and_is_its_owners_alone()
    {
        Assert.That(Store.List().Select(entry => entry.Name.Value), Is.EqualTo(new[] { "INBOX" }));
        Assert.That(File.GetUnixFileMode(_tree.Root), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        Assert.That(Directory.GetDirectories(_tree.Root).Select(Path.GetFileName), Is.EquivalentTo(new[] { "cur", "new", "tmp" }));
    }

    [Test]
    public void Names_above_mailboxes_are_listed_as_not_existing()
    {
        _tree.Create("b");
        _tree.Create("a/x/y");
        Assert.That(
            Store.List().Select(entry => $"{entry.Name} {entry.Exists} {entry.HasChildren}"),
            Is.EqualTo(new[] { "INBOX True False", "a False True", "a/x False True", "a/x/y True False", "b True False" }));
    }

    [Test]
    public void Mailboxes_made_by_hand_or_by_others_are_there()
    {
        Directory.CreateDirectory(Path.Combine(_tree.Root, ".by.hand"));
        Directory.CreateDirectory(Path.Combine(_tree.Root, ".Entwürfe"));
        Directory.CreateDirectory(Path.Combine(_tree.Root, ".Entw&APw-rfe"));
        Directory.CreateDirectory(Path.Combine(_tree.Root, "not-dotted"));
        _tree.Write(".file", "");
        Assert.That(Store.List().Select(entry => entry.Name.Value), Is.EqualTo(new[] { "INBOX", "Entwürfe", "Entwürfe (2)", "by", "by/hand" }));
        Assert.That(_tree.Open("by/hand").State.Count, Is.Zero);
        Assert.That(_tree.Open("Entwürfe").State.Count, Is.Zero);
    }

    [Test]
    public void A_mailbox_found_under_a_foreign_spelling_is_opened_renamed_and_deleted_under_it()
    {
        Directory.CreateDirectory(Path.Combine(_tree.Root, ".Entwürfe"));
        Store.Rename(TestTree.Name("Entwürfe"), TestTree.Name("Größe"));
        Assert.That(Directory.Exists(Path.Combine(_tree.Root, ".Größe")), Is.True);
        Store.Delete(TestTree.Name("Größe"));
        Assert.That(Store.List(), Has.Count.EqualTo(1));
    }

    [Test]
    public void Of_two_directories_for_one_name_both_can_be_used()
    {
        foreach (string directory in (string[])[".Entw&APw-rfe", ".Entwürfe", ".Entwu\u0308rfe", ".Entwürfe (2)", ".INBOX"])
        {
            Directory.CreateDirectory(Path.Combine(_tree.Root, directory, "new"));
            File.WriteAllText(Path.Combine(_tree.Root, directory, "new", "1.a"), directory);
        }

        string[] names = [.. Store.List().Select(entry => entry.Name.Value)];
        Assert.That(names, Is.EqualTo(new[] { "INBOX", "Entwürfe", "Entwürfe (2)", "Entwürfe (3)", "Entwürfe (4)", "INBOX (2)" }));
        Assert.That(Text("Entwürfe"), Is.EqualTo(".Entw&APw-rfe"));
        Assert.That(
            names[2..].Select(Text), Is.EquivalentTo(new[] { ".Entwürfe", ".Entwu\u0308rfe", ".Entwürfe (2)", ".INBOX" }));
        string second = Text("Entwürfe (3)");
        Store.Rename(TestTree.Name("Entwürfe (3)"), TestTree.Name("other"));
        Assert.That(Text("other"), Is.EqualTo(second));
        Store.Delete(TestTree.Name("Entwürfe"));
        Assert.That(Store.List(), Has.Count.EqualTo(5));

        string Text(string name)
        {
            using MessageFile file = _tree.Open(name).Open(new Uid(1));
            return Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(file.Wire(0, file.WireOctets)));
        }
    }

    [Test]
    public void New_mailboxes_are_written_in_the_form_the_tree_has()
    {
        _tree.Create("Ä");
        Assert.That(Directory.Exists(Path.Combine(_tree.Root, ".&AMQ-")), Is.True);
        Store.Delete(TestTree.Name("Ä"));
        Directory.CreateDirectory(Path.Combine(_tree.Root, ".Ö"));
        _tree.Create("Ä");
        Store.Rename(TestTree.Name("Ä"), TestTree.Name("R&D/ä"));
        Assert.That(Directory.Exists(Path.Combine(_tree.Root, ".R&D.ä")), Is.True);
        Assert.That(Store.Find(TestTree.Name("R&D/ä"))!.Exists, Is.True);
        Assert.That(() => _tree.Create("R&D/ä"), Fails(StoreError.AlreadyExists));
        Directory.Move(Path.Combine(_tree.Root, ".Ö"), Path.Combine(_tree.Root, ".&ANY-"));
        _tree.Create("Ü");
        Assert.That(Directory.Exists(Path.Combine(_tree.Root, ".&ANw-")), Is.True);
    }

    [Test]
    public void One_mailbox_is_found_and_a_tree_that_has_not_changed_is_listed_without_reading_it_again()
    {
        for (int i = 0; i < 50; i++)
        {
            _tree.Create($"mailbox {i}");
        }

        Directory.CreateDirectory(Path.Combine(_tree.Root, ".u\u0308"));
        MailboxName odd = TestTree.Name("ü");

        // As if nothing had changed for an hour.
        using var calls = new CallCounter { AgeNanoseconds = 3_600_000_000_000 };
        IReadOnlyList<MailboxEntry> before = Store.List();
        Assert.That(calls.Take(), Is.LessThanOrEqualTo(10), "one pass, and no look at each");
        Assert.That(Store.Exists(TestTree.Name("mailbox 7")), Is.True);
        Assert.That(calls.Take(), Is.LessThanOrEqualTo(2), "one of ours");
        Assert.That(Store.Exists(odd), Is.True);
        Assert.That(calls.Take(), Is.LessThanOrEqualTo(4), "one of others");
        Assert.That(Store.Exists(TestTree.Name("nothing")), Is.False);
        Assert.That(calls.Take(), Is.LessThanOrEqualTo(2), "none");
        Assert.That(Store.List(), Is.EqualTo(before));
        Assert.That(calls.Take(), Is.LessThanOrEqualTo(6), "all");
        Assert.That(Store.Find(TestTree.Name("mailbox 7")), Is.EqualTo(before.Single(entry => entry.Name.Value == "mailbox 7")));
        Directory.Move(Path.Combine(_tree.Root, ".mailbox 7"), Path.Combine(_tree.Root, ".u"));
        Assert.That(Store.Find(TestTree.Name("mailbox 7")), Is.Null);
        Assert.That(Store.Find(TestTree.Name("u")), Is.Not.Null);
    }

    [Test]
    public void Creating_what_exists_fails()
    {
        _tree.Create("a");
        Assert.That(() => _tree.Create("a"), Fails(StoreError.AlreadyExists));
        Assert.That(() => _tree.Create("inbox"), Fails(StoreError.AlreadyExists));
    }

    [Test]
    public void A_name_too_long_for_the_disk_fails() =>
        Assert.That(() => _tree.Create(string.Join('/', Enumerable.Repeat(new string('x', 100), 3))), Fails(StoreError.Cannot));

    [Test]
    public void Deleting_a_parent_leaves_its_children()
    {
        _tree.Create("a");
        _tree.Create("a/b");
        Store.Delete(TestTree.Name("a"));
        Assert.That(Store.Find(TestTree.Name("a")), Is.EqualTo(new MailboxEntry(TestTree.Name("a"), false, true, SpecialUse.None)));
        Assert.That(() => Store.Delete(TestTree.Name("a")), Fails(StoreError.HasChildren));
        Assert.That(() => Store.Delete(TestTree.Name("c")), Fails(StoreError.NonExistent));
        Assert.That(() => Store.Delete(MailboxName.Inbox), Fails(StoreError.Cannot));
    }

    [Test]
    public void Deleting_does_not_follow_links_and_leaves_nothing()
    {
        string precious = Path.Combine(_tree.Root, "precious");
        Directory.CreateDirectory(precious);
        File.WriteAllText(Path.Combine(precious, "file"), "");
        _tree.Create("a");
        Directory.CreateSymbolicLink(Path.Combine(_tree.Root, ".a", "link"), precious);
        _tree.Append("x\r\n", "a");
        Store.Delete(TestTree.Name("a"));
        Assert.That(File.Exists(Path.Combine(precious, "file")), Is.True);
        Assert.That(Directory.GetDirectories(_tree.Root).Select(Path.GetFileName), Is.EquivalentTo(new[] { "cur", "new", "tmp", "precious" }));
    }

    [Test]
    public void A_mailbox_made_again_has_a_larger_UIDVALIDITY()
    {
        uint before = 0;
        for (int i = 0; i < 3; i++)
        {
            _tree.Create("a");
            uint validity = Store.Status(TestTree.Name("a")).UidValidity.Value;
            Assert.That(validity, Is.GreaterThan(before));
            before = validity;
            Store.Delete(TestTree.Name("a"));
        }
    }

    [Test]
    public void Dovecots_largest_UIDVALIDITY_is_honoured_and_kept_up()
    {
        _tree.Write("dovecot-uidvalidity.f0000000", "");
        _tree.Create("a");
        Assert.That(Store.Status(TestTree.Name("a")).UidValidity.Value, Is.EqualTo(0xf0000001));
        Assert.That(File.Exists(Path.Combine(_tree.Root, "dovecot-uidvalidity.f0000001")), Is.True);
    }

    [Test]
    public void Renaming_takes_the_children_along_and_keeps_UIDs()
    {
        _tree.Create("a");
        _tree.Create("a/b");
        _tree.Create("ab");
        _tree.Append("x\r\n", "a/b");
        MailboxStatus before = Store.Status(TestTree.Name("a/b"));
        Store.Rename(TestTree.Name("a"), TestTree.Name("c/d"));
        Assert.That(Store.List().Where(entry => entry.Exists).Select(entry => entry.Name.Value), Is.EqualTo(new[] { "INBOX", "ab", "c/d", "c/d/b" }));
        Assert.That(Store.Status(TestTree.Name("c/d/b")), Is.EqualTo(before));
    }

    [Test]
    public void Renaming_onto_a_name_in_use_changes_nothing()
    {
        _tree.Create("a");
        _tree.Create("a/x");
        _tree.Create("b/x");
        Assert.That(() => Store.Rename(TestTree.Name("a"), TestTree.Name("b")), Fails(StoreError.AlreadyExists));
        Assert.That(() => Store.Rename(TestTree.Name("a"), TestTree.Name("a/y")), Fails(StoreError.Cannot));
        Assert.That(() => Store.Rename(TestTree.Name("nope"), TestTree.Name("y")), Fails(StoreError.NonExistent));
        Assert.That(() => Store.Rename(TestTree.Name("a"), MailboxName.Inbox), Fails(StoreError.AlreadyExists));
        Assert.That(Store.Find(TestTree.Name("a/x"))!.Exists, Is.True);
    }

    [Test]
    public void INBOX_is_renamed_where_another_program_left_it_without_any_of_our_files()
    {
        _tree.Deliver("one");
        _tree.Deliver("two");
        foreach (string file in Directory.GetFiles(_tree.Root, "imapd.*"))
        {
            File.Delete(file);
        }

        Store.Rename(MailboxName.Inbox, TestTree.Name("old"));
        Assert.That(Store.Status(TestTree.Name("old")).Messages, Is.EqualTo(2));
    }

    [Test]
    public void Renaming_INBOX_moves_its_messages_and_leaves_its_children()
    {
        _tree.Create("INBOX/sub");
        _tree.Append("one\r\n", flags: SystemFlags.Seen);
        _tree.Deliver();
        Store.Rename(MailboxName.Inbox, TestTree.Name("old"));
        Assert.That(Store.Status(MailboxName.Inbox).Messages, Is.Zero);
        Assert.That(Store.Status(TestTree.Name("old")).Messages, Is.EqualTo(2));
        Assert.That(Store.Status(TestTree.Name("old")).Unseen, Is.EqualTo(1));
        Assert.That(Store.Find(TestTree.Name("INBOX/sub"))!.Exists, Is.True);
    }

    [Test]
    public void An_open_mailbox_is_served_through_a_rename_and_gone_after_a_delete()
    {
        _tree.Create("a");
        _tree.Append("x\r\n", "a");
        Mailbox open = _tree.Open("a");
        Store.Rename(TestTree.Name("a"), TestTree.Name("b"));
        Assert.That(open.Flag(FlagChangeKind.Add, SystemFlags.Seen).FlagsAt(0).System, Is.EqualTo(SystemFlags.Seen));
        _tree.Append("y\r\n", "b");
        Assert.That(open.Refresh().Count, Is.EqualTo(2));
        Store.Delete(TestTree.Name("b"));
        Assert.That(() => open.Refresh(), Fails(StoreError.NonExistent));
        Assert.That(() => open.Expunge(null), Fails(StoreError.NonExistent));
    }

    [Test]
    public void Nothing_is_appended_to_a_mailbox_deleted_meanwhile()
    {
        _tree.Create("a");
        using AppendBatch batch = Store.BeginAppend(TestTree.Name("a"));
        batch.BeginMessage(FlagSet.Empty, null).Write("x\r\n"u8);
        Store.Delete(TestTree.Name("a"));
        Assert.That(() => batch.Commit(), Fails(StoreError.NonExistent));
        Assert.That(() => Store.BeginAppend(TestTree.Name("a")), Fails(StoreError.NonExistent));
    }

    [Test]
    public void Known_names_have_their_use_and_only_one_mailbox_has_each()
    {
        _tree.Create("Sent Items");
        _tree.Create("sent");
        _tree.Create("INBOX/Drafts");
        _tree.Create("Spam");
        Assert.That(
            Store.List().Where(entry => entry.Use != SpecialUse.None).Select(entry => (entry.Name.Value, entry.Use)),
            Is.EquivalentTo(new[] { ("sent", SpecialUse.Sent), ("INBOX/Drafts", SpecialUse.Drafts), ("Spam", SpecialUse.Junk) }));
    }

    [Test]
    public void The_use_said_at_creation_counts_and_follows_the_mailbox()
    {
        _tree.Create("Sent");
        Store.Create(TestTree.Name("Gesendet"), SpecialUse.Sent);
        Assert.That(Store.Find(TestTree.Name("Gesendet"))!.Use, Is.EqualTo(SpecialUse.Sent));
        Assert.That(Store.Find(TestTree.Name("Sent"))!.Use, Is.EqualTo(SpecialUse.None));
        Assert.That(() => Store.Create(TestTree.Name("x"), SpecialUse.Sent), Fails(StoreError.UseTaken));
        Store.Rename(TestTree.Name("Gesendet"), TestTree.Name("Ausgang"));
        Assert.That(Store.Find(TestTree.Name("Ausgang"))!.Use, Is.EqualTo(SpecialUse.Sent));
        Store.Delete(TestTree.Name("Ausgang"));
        Assert.That(Store.Find(TestTree.Name("Sent"))!.Use, Is.EqualTo(SpecialUse.Sent));
    }

    [Test]
    public void A_root_that_is_no_directory_or_leads_nowhere_is_refused()
    {
        string file = Path.Combine(_tree.Root, "file");
        File.WriteAllText(file, "");
        string link = Path.Combine(_tree.Root, "link");
        File.CreateSymbolicLink(link, "/nowhere/at/all");
        Assert.That(() => MailStore.Open(_tree.Options with { Root = file }), Fails(StoreError.Cannot));
        Assert.That(() => MailStore.Open(_tree.Options with { Root = link }), Fails(StoreError.NonExistent));
        Assert.That(() => MailStore.Open(_tree.Options with { Root = "/nowhere/at/all" }), Fails(StoreError.NonExistent));
    }

    [Test]
    public void Subscriptions_are_written_as_they_were_found()
    {
        Store.Subscribe(TestTree.Name("a/b.c"));
        Assert.That(_tree.Read("subscriptions"), Is.EqualTo("V\t2\n\na\tb\\2ec\n"));
        _tree.Write("subscriptions", "INBOX\nLists.imap\nEntw&APw-rfe\n..odd\n");
        Store.Subscribe(TestTree.Name("x/y"));
        Store.Subscribe(TestTree.Name("x/y"));
        Store.Unsubscribe(TestTree.Name("Lists/imap"));
        Assert.That(_tree.Read("subscriptions"), Is.EqualTo("INBOX\nEntw&APw-rfe\n..odd\nx.y\n"));
        Assert.That(Store.Subscriptions().Select(name => name.Value), Is.EqualTo(new[] { "INBOX", "Entwürfe", "x/y" }));
        _tree.Write("subscriptions", "V\t2\n\nLists\timap\nwith\x01tab\n");
        Assert.That(Store.Subscriptions().Select(name => name.Value), Is.EqualTo(new[] { "Lists/imap" }));
    }

    internal static NUnit.Framework.Constraints.IResolveConstraint Fails(StoreError error) =>
        Throws.TypeOf<StoreException>().With.Property(nameof(StoreException.Error)).EqualTo(error);
}
