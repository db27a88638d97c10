using System.Globalization;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.Odd;

/// <summary>Files that grow and shrink while they are sent.</summary>
internal sealed class ChangingFileTests : OddTest
{
    private const int Lines = 60_000;

    // Of twelve rounds each changes the file a little later, the last one well before the pipe is full.
    private const int OctetsPerRound = 4096;

    [TestCase("\n")]
    [TestCase("\r\n")]
    public void The_literal_is_as_long_as_it_was_announced_whatever_becomes_of_the_file(string lineEnd)
    {
        string text = string.Concat(Enumerable.Range(0, Lines).Select(i => string.Create(CultureInfo.InvariantCulture, $"line {i} of a long message{lineEnd}")));
        string path = Write("cur/10.mail:2,S", "Subject: long" + lineEnd + lineEnd + text);
        using WorkerClient client = ConnectSelected();
        for (int i = 0; i < 12; i++)
        {
            // The worker can write no further than the pipe is large, so most of it is read after the file has changed.
            long changeAt = client.Process.OctetsWritten + 1 + (i * OctetsPerRound);
            string tag = client.Send(i % 3 == 0 ? "FETCH 1 (RFC822.SIZE BODY.PEEK[])" : i % 3 == 1 ? "FETCH 1 BODY.PEEK[TEXT]" : "FETCH 1 BODY.PEEK[]<1000.1000000>");
            Wait.Until(() => client.Process.OctetsWritten >= changeAt, "some of it is on its way");
            using (FileStream file = File.OpenWrite(path))
            {
                file.SetLength(i % 2 == 0 ? file.Length / 3 : file.Length * 2);
            }

            // What is read are whole responses: octets too few or too many would show as lines that are none.
            ImapReply reply = client.Finish(tag);
            Assert.That(reply.IsOk, Is.True, reply.Status);
            Assert.That(reply.Untagged.Single(line => line.Contains("BODY[", StringComparison.Ordinal)), Does.StartWith("* 1 FETCH (").And.EndWith(")"));
            Assert.That(client.Command("NOOP").Untagged, Is.Empty);
            Write("cur/10.mail:2,S", "Subject: long" + lineEnd + lineEnd + text);
        }
    }

    [Test]
    public void A_message_that_is_deleted_while_it_is_sent_is_sent_to_its_end()
    {
        string text = string.Concat(Enumerable.Range(0, Lines).Select(i => string.Create(CultureInfo.InvariantCulture, $"line {i}\n")));
        string path = Write("cur/10.mail:2,S", "Subject: long\n\n" + text);
        using WorkerClient client = ConnectSelected();
        long before = client.Process.OctetsWritten;
        string tag = client.Send("FETCH 1 BODY.PEEK[]");
        Wait.Until(() => client.Process.OctetsWritten > before, "it is on its way");
        File.Delete(path);
        ImapReply reply = client.Finish(tag);
        Assert.That(reply.Untagged[0], Does.Contain("line 59999\r\n"));
        Assert.That(client.Command("NOOP").Untagged, Does.Contain("* 1 EXPUNGE"));
    }
}
