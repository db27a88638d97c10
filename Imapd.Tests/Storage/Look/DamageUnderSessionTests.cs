using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Look;

/// <summary>Files of ours that another program damages, with sessions open and without.</summary>
internal sealed class DamageUnderSessionTests
{
    [Test]
    public void An_index_cut_short_again_and_again_changes_no_UID([Values(0, 100, 600, 2000)] int octets)
    {
        using TestTree tree = Filled(30);
        uint[] before = tree.Open().State.Uids();
        Mailbox mailbox = tree.Open();
        for (int round = 0; round < 3; round++)
        {
            Cut(tree, octets);
            mailbox.Flag(round % 2 == 0 ? FlagChangeKind.Add : FlagChangeKind.Remove, SystemFlags.Flagged);
            uint appended = tree.Append("Subject: more\n").Uids[0].Value;
            before = [.. before, appended];
            Assert.That(mailbox.Refresh().Uids(), Is.EqualTo(before));
        }

        Assert.That(tree.Open().State.Uids(), Is.EqualTo(before));
    }

    [Test]
    public void A_large_index_cut_short_ends_the_session_and_changes_no_UID()
    {
        using TestTree tree = Filled(4000);
        Mailbox mailbox = tree.Open();
        uint[] before = mailbox.State.Uids();
        Cut(tree, 600);
        Assert.That(
            () => mailbox.ChangeFlags([new Uid(1)], new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.Flagged, []))),
            Throws.TypeOf<StoreException>().With.Property(nameof(StoreException.Error)).EqualTo(StoreError.NonExistent));
        Assert.That(tree.Open().State.Uids(), Is.EqualTo(before));
    }

    [Test]
    public void A_UID_list_that_is_garbage_is_made_anew_from_the_index([Values("", "\0\0\0\0", "nonsense\nmore of it\n")] string garbage)
    {
        using TestTree tree = Filled(20);
        MailboxState before = Looked(tree);
        tree.Write("dovecot-uidlist", garbage);
        MailboxState after = Looked(tree);
        Assert.That(after.UidValidity, Is.EqualTo(before.UidValidity));
        Assert.That(after.Uids(), Is.EqualTo(before.Uids()));
        Assert.That(after.UidNext.Value, Is.GreaterThan(before.UidNext.Value));
        Assert.That(tree.Log, Has.Exactly(1).Contains("dovecot-uidlist: it is damaged"));
    }

    [Test]
    public void A_cut_UID_list_gets_back_what_it_lost_and_that_is_told_once()
    {
        using TestTree tree = Filled(20);
        MailboxState before = Looked(tree);
        string text = tree.Read("dovecot-uidlist");
        tree.Write("dovecot-uidlist", text[..(text.Length / 2)]);
        Assert.That(Looked(tree).Uids(), Is.EqualTo(before.Uids()));
        Assert.That(Looked(tree).UidValidity, Is.EqualTo(before.UidValidity));
        Assert.That(tree.Log, Has.Exactly(1).Contains("dovecot-uidlist: it is damaged"));
    }

    private static MailboxState Looked(TestTree tree)
    {
        using Mailbox mailbox = tree.Store.Select(MailboxName.Inbox, false);
        return mailbox.State;
    }

    private static TestTree Filled(int messages)
    {
        var tree = new TestTree();
        for (int i = 0; i < messages; i++)
        {
            File.WriteAllText(Path.Combine(tree.Root, "cur", $"{1700000000 + i}.M{i}P1.elsewhere:2,"), "Subject: x\n\n", Encoding.Latin1);
        }

        Looked(tree);
        return tree;
    }

    private static void Cut(TestTree tree, int octets)
    {
        using FileStream file = File.Open(Path.Combine(tree.Root, "imapd.index"), FileMode.Open, FileAccess.Write);
        file.SetLength(Math.Min(octets, file.Length));
    }
}
