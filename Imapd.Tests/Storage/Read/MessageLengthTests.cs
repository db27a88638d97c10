using Imapd.Protocol.Mime;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Read;

internal sealed class MessageLengthTests
{
    [TestCase(0)]
    [TestCase(5)]
    [TestCase(11)]
    [TestCase(12)]
    [TestCase(13)]
    [TestCase(200_000)]
    public void A_name_that_tells_any_length_changes_nothing(int told)
    {
        using var tree = new TestTree();
        tree.Deliver("A: b\n\nbody\n\n", name: $"1.M1P1.elsewhere,S={told}");
        Mailbox mailbox = tree.Open();

        using MessageFile file = mailbox.Open(mailbox.State.UidAt(0));
        var sink = new MemorySink();
        file.CopyWire(sink, default, new Offset(file.RawOctets, file.WireOctets), 0, file.WireOctets);

        Assert.That(file.RawOctets, Is.EqualTo(12));
        Assert.That(sink.Text, Is.EqualTo("A: b\r\n\r\nbody\r\n\r\n"));
    }
}
