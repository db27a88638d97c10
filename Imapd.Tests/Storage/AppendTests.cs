using System.Text;
using Imapd.Protocol.Mime;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

internal sealed class AppendTests
{
    private TestTree _tree = null!;

    [SetUp]
    public void Make() => _tree = new TestTree();

    [TearDown]
    public void Remove() => _tree.Dispose();

    [Test]
    public void A_message_is_kept_with_LF_and_its_name_tells_both_sizes()
    {
        AppendResult result = _tree.Append("Subject: x\r\n\r\nbody\r\n", flags: SystemFlags.Seen | SystemFlags.Flagged);
        Assert.That(result.Uids, Is.EqualTo(new[] { new Uid(1) }));
        string name = _tree.In("cur").Single();
        Assert.That(name, Does.Match(@"^\d+\.M\d+P\d+Q\d+\.test,S=17,W=20:2,FS$"));
        Assert.That(_tree.Read("cur/" + name), Is.EqualTo("Subject: x\n\nbody\n"));
        Assert.That(_tree.In("tmp"), Is.Empty);
        Assert.That(_tree.Read("dovecot-uidlist"), Does.Match($"^3 V\\d+ N1 G[0-9a-f]{{32}}\n1 :{System.Text.RegularExpressions.Regex.Escape(name)}\n$"));
    }

    [Test]
    public void A_message_without_flags_is_recent_for_the_next_session_only()
    {
        _tree.Append("x\r\n");
        Assert.That(_tree.In("new"), Has.Length.EqualTo(1));
        Assert.That(_tree.Open(readOnly: true).State.IsRecentAt(0), Is.True);
        Mailbox first = _tree.Open();
        Assert.That(first.State.RecentCount, Is.EqualTo(1));
        Assert.That(_tree.Open().State.RecentCount, Is.Zero);
        Assert.That(first.Refresh().RecentCount, Is.EqualTo(1));
    }

    [TestCase("")]
    [TestCase("\r\n")]
    [TestCase("no line end")]
    [TestCase("a\r\nb\r\n")]
    [TestCase("a\nb\r\nc\n")]
    [TestCase("a\r\nb\nc\r\n")]
    [TestCase("a\r\nb\0c\r\n")]
    [TestCase("a\r\r\nb\r\n")]
    [TestCase("a\rb\r\n")]
    [TestCase("a\r\nb\r")]
    [TestCase("\r")]
    [TestCase("\n")]
    [TestCase("a\r\n\r")]
    [TestCase("a\r\n\r\0\n")]
    public void What_was_appended_is_given_back_octet_by_octet_in_any_portions(string wire)
    {
        byte[] octets = Encoding.Latin1.GetBytes(wire);
        for (int portion = 1; portion <= Math.Max(1, octets.Length); portion++)
        {
            using AppendBatch batch = _tree.Store.BeginAppend(MailboxName.Inbox);
            IOctetSink sink = batch.BeginMessage(FlagSet.Empty, null);
            for (int at = 0; at < octets.Length; at += portion)
            {
                sink.Write(octets.AsSpan(at, Math.Min(portion, octets.Length - at)));
            }

            Uid uid = batch.Commit().Uids[0];
            Mailbox mailbox = _tree.Open();
            Assert.That(mailbox.WireOctets(uid), Is.EqualTo(wire.Length));
            Assert.That(mailbox.Wire(uid), Is.EqualTo(wire));
        }

        Assert.That(_tree.In("tmp"), Is.Empty);
    }

    [Test]
    public void Large_messages_with_a_late_bare_LF_come_back_as_they_went()
    {
        var random = new Random(7);
        string lines = string.Concat(Enumerable.Range(0, 20_000).Select(i => new string((char)('a' + (i % 26)), random.Next(0, 40)) + "\r\n"));
        foreach (string wire in new[] { lines, lines + "bare\nend", lines + "bin\0" + lines })
        {
            Uid uid = _tree.Append(wire).Uids[0];
            Mailbox mailbox = _tree.Open();
            Assert.That(mailbox.Wire(uid), Is.EqualTo(wire));
            using MessageFile file = mailbox.Open(uid);
            Assert.That(file.LineEnds, Is.EqualTo(wire == lines ? LineEnds.LfIsCrlf : LineEnds.AsIs));
            Assert.That(file.Wire(123_456, 1000), Is.EqualTo(wire.Substring(123_456, 1000)));
            Assert.That(file.Structure().End.Wire, Is.EqualTo(wire.Length));
        }
    }

    [Test]
    public void Nothing_is_left_of_a_batch_that_is_not_committed()
    {
        using (AppendBatch batch = _tree.Store.BeginAppend(MailboxName.Inbox))
        {
            batch.BeginMessage(FlagSet.Empty, null).Write("one\r\n"u8);
            batch.BeginMessage(FlagSet.Empty, null).Write("two\n"u8);
            Assert.That(_tree.In("tmp"), Has.Length.EqualTo(2));
            Assert.That(_tree.Open().State.Count, Is.Zero);
        }

        Assert.That(_tree.In("tmp"), Is.Empty);
        Assert.That(_tree.Open().State.Count, Is.Zero);
    }

    [Test]
    public void Several_messages_come_in_together_in_their_order()
    {
        using AppendBatch batch = _tree.Store.BeginAppend(MailboxName.Inbox);
        for (int i = 0; i < 20; i++)
        {
            batch.BeginMessage(new FlagSet(i % 2 == 0 ? SystemFlags.None : SystemFlags.Draft, []), null)
                .Write(Encoding.ASCII.GetBytes($"{i}\r\n"));
        }

        AppendResult result = batch.Commit();
        Mailbox mailbox = _tree.Open();
        Assert.That(mailbox.State.AllUids(), Is.EqualTo(result.Uids));
        Assert.That(result.Uids.Select(mailbox.Wire), Is.EqualTo(Enumerable.Range(0, 20).Select(i => $"{i}\r\n")));
        Assert.That(mailbox.State.UidNext, Is.EqualTo(new Uid(21)));
        Assert.That(mailbox.State.UidValidity, Is.EqualTo(result.UidValidity));
    }

    [Test]
    public void The_internal_date_is_kept_to_the_second()
    {
        var date = new DateTimeOffset(1969, 12, 30, 23, 0, 7, TimeSpan.FromHours(-5));
        using AppendBatch batch = _tree.Store.BeginAppend(MailboxName.Inbox);
        batch.BeginMessage(FlagSet.Empty, date).Write("x"u8);
        Uid uid = batch.Commit().Uids[0];
        Assert.That(_tree.Open().InternalDate(uid), Is.EqualTo(date));
    }

    [Test]
    public void Keywords_get_letters_in_Dovecots_table()
    {
        _tree.Append("x\r\n", flags: SystemFlags.Seen, keywords: ["$Forwarded", "Work"]);
        Assert.That(_tree.Read("dovecot-keywords"), Is.EqualTo("0 $Forwarded\n1 Work\n"));
        Assert.That(_tree.In("cur").Single(), Does.EndWith(":2,Sab"));
        Assert.That(_tree.Open().State.KeywordsAt(0), Is.EqualTo(new[] { "$Forwarded", "Work" }));
    }

    [Test]
    public void A_message_that_is_too_large_is_refused()
    {
        using var small = new TestTree(options: new StoreOptions { Root = "", HostName = "test", MaxMessageOctets = 10 });
        Assert.That(() => small.Append("12345678\r\nx"), MailboxListTests.Fails(StoreError.TooBig));
        Assert.That(small.In("tmp"), Is.Empty);
        Assert.That(small.Append("12345678\r\n").Uids, Has.Count.EqualTo(1));
    }

    [Test]
    public void Appending_to_a_list_of_another_kind_keeps_its_UIDs()
    {
        _tree.Write("cur/5.a:2,S", "x");
        _tree.Write("dovecot-uidlist", "1 1234 8\n5 5.a\n");
        Assert.That(_tree.Append("y").Uids[0].Value, Is.EqualTo(8));
        MailboxState state = _tree.Open().State;
        Assert.That((state.UidValidity.Value, state.Uids()), Is.EqualTo((1234u, new uint[] { 5, 8 })));
    }

    [Test]
    public void No_UID_is_given_beyond_the_last()
    {
        _tree.Write("dovecot-uidlist", "3 V5 N4294967294 G3085f01b7f11094c501100008c4a11c1\n");
        Assert.That(_tree.Append("x").Uids[0].Value, Is.EqualTo(4294967294));
        Assert.That(() => _tree.Append("y"), MailboxListTests.Fails(StoreError.Limit));
        Assert.That(_tree.Open().State.Count, Is.EqualTo(1));
        Assert.That(_tree.In("tmp"), Is.Empty);
    }
}
