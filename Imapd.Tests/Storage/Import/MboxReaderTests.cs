using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Import;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Import;

/// <summary>What is in an mbox, and what of it is a message.</summary>
public sealed class MboxReaderTests
{
    private const string From = "From ann@example.org Fri Nov 20 10:00:00 2026 +0000\n";

    [Test]
    public void Messages_end_where_the_next_begins_and_the_empty_line_between_is_not_theirs()
    {
        Assert.That(
            Messages($"{From}Subject: one\n\nfirst\n\n{From}Subject: two\n\nsecond\n\n\n{From}Subject: three\n\n"),
            Is.EqualTo(new[] { "Subject: one\r\n\r\nfirst\r\n", "Subject: two\r\n\r\nsecond\r\n\r\n", "Subject: three\r\n\r\n" }));
    }

    [TestCase("text\n" + From + "Subject: two\n\n", "text\r\n")]
    [TestCase("text\n\n" + From + "Subject: two\n\n", "text\r\n")]
    public void No_empty_line_is_needed_to_end_a_message(string rest, string body)
    {
        Assert.That(Messages($"{From}Subject: one\n\n{rest}"), Is.EqualTo(new[] { "Subject: one\r\n\r\n" + body, "Subject: two\r\n\r\n" }));
    }

    [Test]
    public void A_Content_Length_is_not_believed_and_not_kept()
    {
        Assert.That(
            Messages($"{From}Content-Length: 9999\nSubject: one\n\nfirst\n\n{From}Subject: two\nContent-Length: 0\n\nsecond\n"),
            Is.EqualTo(new[] { "Subject: one\r\n\r\nfirst\r\n", "Subject: two\r\n\r\nsecond\r\n" }));
    }

    [TestCase(MboxQuoting.Mboxrd, "From a\r\n>From b\r\n>>From c\r\n> From d\r\n>Fromage\r\n")]
    [TestCase(MboxQuoting.Mboxo, "From a\r\n>>From b\r\n>>>From c\r\n> From d\r\n>Fromage\r\n")]
    [TestCase(MboxQuoting.None, ">From a\r\n>>From b\r\n>>>From c\r\n> From d\r\n>Fromage\r\n")]
    public void Quoted_lines_are_unquoted_as_they_were_quoted(MboxQuoting quoting, string body)
    {
        Assert.That(
            Messages($"{From}\n>From a\n>>From b\n>>>From c\n> From d\n>Fromage\n", quoting), Is.EqualTo(new[] { "\r\n" + body }));
    }

    [Test]
    public void Lines_that_begin_with_From_and_end_in_no_date_are_text()
    {
        Assert.That(
            Messages($"{From}\nFrom here on\nall is text\n"), Is.EqualTo(new[] { "\r\nFrom here on\r\nall is text\r\n" }));
    }

    [Test]
    public void What_the_mbox_says_of_a_message_is_not_in_its_header()
    {
        MboxFields fields = default!;
        string[] messages = Messages(
            $"{From}Subject: one\nSTATUS: RO\nx-status: AF\nX-Keywords: Work $Later\n  Fun  work bad(word         \nX-UID: 0000000012\n"
            + "X-IMAPbase: 1000000000 0000000040 Work Fun\n\t$Later\nTo: bob\n\nStatus: D\n",
            each: found => fields = found);
        Assert.That(messages, Is.EqualTo(new[] { "Subject: one\r\nTo: bob\r\n\r\nStatus: D\r\n" }));
        Assert.Multiple(() =>
        {
            Assert.That(fields.Flags, Is.EqualTo(SystemFlags.Seen | SystemFlags.Answered | SystemFlags.Flagged));
            Assert.That(fields.IsOld, Is.True);
            Assert.That(fields.Keywords, Is.EqualTo(new[] { "Work", "$Later", "Fun" }));
            Assert.That(fields.Uid, Is.EqualTo(12));
            Assert.That(fields.Uids, Is.EqualTo(new MboxUids(1_000_000_000, 40)));
            Assert.That(fields.IsInternalData, Is.False);
        });
    }

    [TestCase("X-IMAP: 0 40")]
    [TestCase("X-IMAP: 4294967295 40")]
    [TestCase("X-IMAP: 1000000000 4294967290")]
    [TestCase("X-IMAP: 1000000000")]
    [TestCase("X-IMAP: yes no")]
    public void UIDs_that_no_mailbox_can_have_are_none(string field)
    {
        Messages($"{From}{field}\n\n", each: fields => Assert.That(fields.Uids, Is.Null));
    }

    [Test]
    public void The_message_in_which_UW_IMAP_keeps_its_data_is_known()
    {
        Messages(
            $"{From}Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1000000000 0000000040\nStatus: RO\n\nThis text...\n",
            each: fields => Assert.That(fields.IsInternalData, Is.True));
        Messages(
            $"{From}Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\n", each: fields => Assert.That(fields.IsInternalData, Is.False));
    }

    [Test]
    public void Lines_end_in_CRLF_or_LF_and_other_octets_stay_as_they_are()
    {
        Assert.That(
            Messages((From + "Subject: one\n\na\0b\rc\xe4\n").Replace("\n", "\r\n", StringComparison.Ordinal) + "end without a line end"),
            Is.EqualTo(new[] { "Subject: one\r\n\r\na\0b\rc\xe4\r\nend without a line end" }));
    }

    [TestCase(65_534)]
    [TestCase(65_535)]
    [TestCase(65_536)]
    [TestCase(65_537)]
    [TestCase(200_000)]
    public void A_line_may_be_longer_than_what_is_read_at_once(int octets)
    {
        string line = new('x', octets);
        foreach (string end in (string[])["\n", "\r\n"])
        {
            Assert.That(
                Messages($"{From}Status: {line}{end}Subject: {line}{end}{end}{line}{end}>From {line}{end}{end}{From}{end}"),
                Is.EqualTo(new[] { $"Subject: {line}\r\n\r\n{line}\r\nFrom {line}\r\n", "\r\n" }));
        }
    }

    [TestCase("")]
    [TestCase("\n\n")]
    public void An_empty_file_is_an_mbox_without_messages(string text) => Assert.That(Messages(text), Is.Empty);

    [TestCase("Subject: a message\n\n")]
    [TestCase("From nobody\n\n")]
    [TestCase("*mbx*\r\n000000000000\r\n", "mbx")]
    public void What_is_no_mbox_is_told(string text, string? said = null)
    {
        StoreException error = Assert.Throws<StoreException>(() => Messages(text))!;
        Assert.That((error.Error, error.Message), Is.EqualTo((StoreError.Cannot, error.Message)));
        Assert.That(error.Message, Does.Contain(said ?? "no mbox"));
    }

    private static string[] Messages(string text, MboxQuoting quoting = MboxQuoting.Mboxrd, Action<MboxFields>? each = null)
    {
        var reader = new MboxReader(new MemoryStream(Encoding.Latin1.GetBytes(text)), quoting);
        List<string> messages = [];
        while (reader.TryBegin(out _))
        {
            var sink = new MemorySink();
            MboxFields fields = reader.Read(sink);
            each?.Invoke(fields);
            messages.Add(sink.Text);
        }

        return [.. messages];
    }
}
