using System.Text.RegularExpressions;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Check;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

/// <summary>One number in the first line of the UID list is another than it was.</summary>
internal sealed class UidListHeaderTests
{
    private TestTree _tree = null!;
    private uint _validity;

    [SetUp]
    public void Make()
    {
        _tree = new TestTree();
        _tree.Append("one\r\n");
        _tree.Append("two\r\n");
        _validity = Look().UidValidity.Value;
    }

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void A_damaged_UIDVALIDITY_is_put_right_from_the_index_and_that_is_told_once([Values] bool isSmaller, [Values] bool hasOpenSession)
    {
        Mailbox? open = hasOpenSession ? _tree.Open() : null;
        Validity(isSmaller ? _validity - 1000000000 : _validity + 1000000000);
        MailboxState state = open?.Refresh() ?? Look();
        Assert.That((state.UidValidity.Value, state.UidNext.Value), Is.EqualTo((_validity, 3u)));
        Assert.That(state.Uids(), Is.EqualTo(new uint[] { 1, 2 }));
        Assert.That(_tree.Read("dovecot-uidlist"), Does.StartWith($"3 V{_validity} N3 "));
        Assert.That(Look().UidValidity.Value, Is.EqualTo(_validity));
        Assert.That(_tree.Log, Has.Count.EqualTo(1).And.All.Contains("dovecot-uidlist"));
    }

    [Test]
    public void A_damaged_UIDVALIDITY_is_the_lists_fault_and_the_repair_leaves_the_one_of_the_index()
    {
        Validity(_validity - 1000000000);
        Assert.That(Check(false).Select(static finding => finding.Path), Is.EqualTo(new[] { "dovecot-uidlist" }));
        Assert.That(Check(true).Select(static finding => finding.State), Is.All.EqualTo(RepairState.Done));
        Assert.That(Check(false), Is.Empty);
        Assert.That(Look().UidValidity.Value, Is.EqualTo(_validity));
    }

    [Test]
    public void A_list_of_another_identity_and_a_larger_UIDVALIDITY_is_another_mailbox()
    {
        Validity(_validity + 1);
        Identity();
        Assert.That(Look().UidValidity.Value, Is.EqualTo(_validity + 1));
    }

    [Test]
    public void A_list_whose_UIDs_name_other_messages_is_another_mailbox()
    {
        string[] lines = Lines();
        (lines[1], lines[2]) = ("1" + lines[2][1..], "2" + lines[1][1..]);
        Write(lines);
        Validity(_validity + 1);
        Assert.That(Look().UidValidity.Value, Is.EqualTo(_validity + 1));
    }

    [Test]
    public void A_next_UID_out_of_all_proportion_is_put_right([Values] bool hasIndex)
    {
        string[] lines = Lines();
        lines[0] = Regex.Replace(lines[0], " N[0-9]+ ", " N4294967295 ");
        Write(lines);
        Assert.That(Check(false), Is.Not.Empty);
        if (!hasIndex)
        {
            File.Delete(Path.Combine(_tree.Root, "imapd.index"));
        }

        _tree.Deliver();
        MailboxState state = Look();
        Assert.That(state.UidValidity.Value, Is.EqualTo(_validity));
        Assert.That(state.Uids(), Is.EqualTo(new uint[] { 1, 2, 100_003 }));
        Assert.That(_tree.Log, Has.Count.EqualTo(1).And.All.Contains("dovecot-uidlist"));
        Assert.That(Check(false), Is.Empty);
    }

    [Test]
    public void Where_no_UIDs_are_left_the_messages_that_have_one_are_served_and_new_ones_wait()
    {
        string[] lines = Lines();
        lines[2] = "4294967294" + lines[2][1..];
        Write(lines);
        File.Delete(Path.Combine(_tree.Root, "imapd.index"));
        _tree.Deliver();
        Mailbox open = _tree.Open();
        Assert.That(open.State.Uids(), Is.EqualTo(new uint[] { 1, 4294967294 }));
        _tree.Deliver();
        Assert.That(open.Refresh().Uids(), Is.EqualTo(new uint[] { 1, 4294967294 }));
    }

    private MailboxState Look()
    {
        using Mailbox mailbox = _tree.Store.Select(MailboxName.Inbox, false);
        return mailbox.State;
    }

    private List<Finding> Check(bool repair) =>
        [.. new MailboxChecker(_tree.Options).Check(repair).SelectMany(static report => report.Findings)];

    private string[] Lines() => _tree.Read("dovecot-uidlist").Split('\n');

    private void Write(string[] lines) => _tree.Write("dovecot-uidlist", string.Join('\n', lines));

    private void Validity(uint number)
    {
        string[] lines = Lines();
        lines[0] = lines[0].Replace($" V{_validity} ", $" V{number} ", StringComparison.Ordinal);
        Write(lines);
    }

    private void Identity()
    {
        string[] lines = Lines();
        lines[0] = lines[0][..lines[0].IndexOf('G', StringComparison.Ordinal)] + "G0123456789abcdef0123456789abcdef";
        Write(lines);
    }
}
