using System.Text;
using Imapd.Protocol.Mime;
using Imapd.Tests.Protocol;
using Imapd.Tests.Responses;
using NUnit.Framework;

namespace Imapd.Tests.Mime;

/// <summary>
/// What a message may make the server remember is bounded; beyond the bound its structure is cut and stays the grammar, and twice
/// the message takes twice the work.
/// </summary>
internal sealed class MimeBoundsTests
{
    private const int Levels = 100;
    private const int Parts = 10_000;
    private const int HeaderOctets = 10 * 1024 * 1024;
    private const int Addresses = 100_000;

    // Memory is taken in powers of two.
    private const double TwiceAndSome = 2.6;

    [Test]
    public void The_bounds_are_as_promised()
    {
        MimeLimits limits = MimeLimits.Default;
        Assert.That(
            (limits.MaxDepth, limits.MaxParts, limits.MaxHeaderOctets, limits.MaxAddresses), Is.EqualTo((Levels, Parts, HeaderOctets, Addresses)));
    }

    [TestCase(99)]
    [TestCase(100)]
    [TestCase(101)]
    [TestCase(3000)]
    public void Multiparts_in_multiparts_are_told_of_to_the_hundredth_level(int levels)
    {
        MimeEntity message = Scan.Message(Multiparts(levels));
        ResponseValue body = Structure(message);
        int told = 0;
        for (; body.Items[0].Kind == ValueKind.List; body = body.Items[0].Items[0])
        {
            told++;
        }

        Assert.That(told, Is.EqualTo(Math.Min(levels, Levels)));
        Assert.That(body.Items[0].Text, Is.EqualTo(levels > Levels ? "APPLICATION" : "TEXT"));
    }

    [TestCase(99)]
    [TestCase(3000)]
    public void Messages_in_messages_are_told_of_to_the_hundredth_level(int levels)
    {
        ResponseValue body = Structure(Scan.Message(Messages(levels)));
        int told = 0;
        for (; body.Items[0].Text == "MESSAGE"; body = body.Items[8])
        {
            told++;
        }

        Assert.That(told, Is.EqualTo(Math.Min(levels, Levels)));
    }

    [TestCase(9_999)]
    [TestCase(10_000)]
    [TestCase(10_001)]
    [TestCase(50_000)]
    public void Of_many_parts_ten_thousand_are_told_of_and_the_last_holds_the_rest(int parts)
    {
        byte[] text = Flat(parts);
        MimeEntity message = Scan.Message(text);
        Assert.That(Structure(message).Items[0].Items, Has.Count.EqualTo(Math.Min(parts, Parts)));
        Assert.That(message.Parts[^1].End.Raw, Is.EqualTo(parts >= Parts ? text.Length : text.Length - "\n--b--\n".Length));
    }

    [Test]
    public void Parts_of_parts_are_counted_together()
    {
        var text = new StringBuilder("Content-Type: multipart/mixed; boundary=outer\n\n");
        for (int i = 0; i < 500; i++)
        {
            text.Append("--outer\nContent-Type: multipart/mixed; boundary=inner\n\n");
            text.Insert(text.Length, "--inner\n\nx\n", 50).Append("--inner--\n");
        }

        MimeEntity message = Scan.Message(Scan.Octets(text.ToString()));
        Assert.That(Count(Structure(message)), Is.InRange(Parts - 600, Parts));
    }

    [TestCase(5)]
    [TestCase(6)]
    [TestCase(7)]
    public void The_message_in_an_empty_part_of_a_digest_counts_as_well(int limit)
    {
        MimeEntity message = Scan.Message(
            "Content-Type: multipart/digest; boundary=b\n\n" + Times("--b\n", 20), new MimeLimits { MaxParts = limit });
        Assert.That(Entities(message), Is.InRange(limit, limit + 1), "with the digest itself");
        Structure(message);
    }

    [Test]
    public void A_structure_at_the_bound_can_be_remembered()
    {
        var tree = new System.Buffers.ArrayBufferWriter<byte>();
        MimeEntity message = Scan.Message("Content-Type: multipart/digest; boundary=b\n\n" + Times("--b\n", Parts));
        Assert.That(PartTree.TryWrite(message, tree), Is.True);
        Assert.That(Entities(PartTree.TryRead(tree.WrittenSpan)!), Is.EqualTo(Entities(message)));
    }

    [Test]
    public void Header_fields_beyond_ten_megabytes_are_passed_over_and_the_offsets_are_right()
    {
        string field = "X-Filler: " + new string('x', 989) + "\n";
        var text = new StringBuilder("Subject: first\n").Insert(15, field, 15_000).Append("To: last@b\n\nbody\n");
        MimeEntity message = Scan.Message(Scan.Octets(text.ToString()));
        Assert.That(message.Header.Length, Is.InRange(HeaderOctets - 2000, HeaderOctets + 2));
        Assert.That(message.BodyWireOctets, Is.EqualTo("body\r\n".Length));
        ResponseValue envelope = Envelope(message);
        Assert.That((envelope.Items[1].Text, envelope.Items[5].IsNil), Is.EqualTo(("first", true)));
    }

    [Test]
    public void A_single_field_of_twenty_megabytes_is_passed_over()
    {
        MimeEntity message = Scan.Message(Scan.Octets("Subject: " + new string('x', 2 * HeaderOctets) + "\n\nbody\n"));
        Assert.That(Envelope(message).Items[1].IsNil, Is.True);
        Assert.That(message.BodyWireOctets, Is.EqualTo("body\r\n".Length));
    }

    [TestCase("To", 99_999)]
    [TestCase("To", 100_001)]
    [TestCase("From", 100_001)]
    public void A_hundred_thousand_addresses_are_told_of_in_one_envelope(string field, int addresses)
    {
        string list = string.Join(",\n ", Enumerable.Range(0, addresses).Select(static i => $"a{i}@b"));
        ResponseValue envelope = Envelope(Scan.Message(Scan.Octets($"{field}: {list}\nCc: x@y\n\n")));
        int told = envelope.Items.Skip(2).Take(6).Sum(static addresses => addresses.Items.Count);
        Assert.That(told, Is.EqualTo(Math.Min(addresses + 1, Addresses)));
    }

    [Test]
    public void A_group_that_the_bound_cuts_is_ended()
    {
        string list = string.Join(",\n ", Enumerable.Range(0, Addresses + 5).Select(static i => $"a{i}@b"));
        ResponseValue envelope = Envelope(Scan.Message(Scan.Octets($"To: g: {list};\n\n")));
        ResponseValue last = envelope.Items[5].Items[^1];
        Assert.That((last.Items[2].IsNil, last.Items[3].IsNil), Is.EqualTo((true, true)));
    }

    private static readonly (string Name, Func<int, byte[]> Make)[] Shapes =
    [
        ("multiparts in multiparts", static n => Scan.Octets(Multiparts(n))),
        ("messages in messages", static n => Scan.Octets(Messages(n))),
        ("parts side by side", Flat),
        ("boundaries that are no boundaries", static n => Scan.Octets("Content-Type: multipart/mixed; boundary=bbbb\n\n" + Times("--bbb\n", n))),
        ("a boundary of a megabyte", static n => Scan.Octets($"Content-Type: multipart/mixed; boundary={new string('b', n)}\n\n--{new string('b', n)}\n\nx\n")),
        ("fields", static n => Scan.Octets(Times("X-Y: z\n", n) + "\n")),
        ("continuation lines", static n => Scan.Octets("Subject: a\n" + Times(" b\n", n) + "\n")),
        ("addresses", static n => Scan.Octets("To: " + Times("a@b, ", n) + "c@d\n\n")),
        ("groups", static n => Scan.Octets("To: " + Times("g: a@b; ", n) + "\n\n")),
        ("groups without end", static n => Scan.Octets("To: " + Times("g: ", n) + "\n\n")),
        ("words without an address", static n => Scan.Octets("To: " + Times("a ", n) + "\n\n")),
        ("comments in comments", static n => Scan.Octets("To: " + new string('(', n) + "\n\n")),
        ("comments side by side", static n => Scan.Octets("To: " + Times("(a)", n) + "\n\n")),
        ("routes", static n => Scan.Octets("To: <" + Times("@a,", n) + ":b@c>\n\n")),
        ("quotes", static n => Scan.Octets("To: " + Times("\"a\" ", n) + "<a@b>\n\n")),
        ("dots", static n => Scan.Octets("To: a" + Times(" . a", n) + "@b\n\n")),
        ("backslashes", static n => Scan.Octets("To: \"" + Times("\\\"", n) + "\n\n")),
        ("parameters", static n => Scan.Octets("Content-Type: text/plain" + Times("; a=b", n) + "\n\n")),
        ("continuations of a parameter", static n => Scan.Octets("Content-Type: text/plain" + string.Concat(Enumerable.Range(0, n).Select(static i => $"; a*{i}*=b")) + "\n\n")),
        ("continuations out of order", static n => Scan.Octets("Content-Type: text/plain" + string.Concat(Enumerable.Range(0, n).Select(i => $"; a*{n - 1 - i}=b")) + "\n\n")),
        ("languages", static n => Scan.Octets("Content-Language: " + Times("en, ", n) + "\n\n")),
        ("encoded words", static n => Scan.Octets("Subject: " + Times("=?utf-8?q?x?= ", n) + "\n\n")),
        ("beginnings of encoded words", static n => Scan.Octets("Subject: " + Times("=?", n) + "\n\n")),
        ("encoded words of unknown charsets", static n => Scan.Octets("Subject: " + Times("=?x-none?b?QUJD?= ", n) + "\n\n")),
        ("a line without end", static n => Scan.Octets("\n" + new string('x', n))),
        ("empty lines", static n => Scan.Octets("Content-Type: multipart/mixed; boundary=b\n\n" + new string('\n', n))),
        ("dashes", static n => Scan.Octets("Content-Type: multipart/mixed; boundary=b\n\n" + new string('-', n))),
    ];

    private static IEnumerable<string> ShapeNames => Shapes.Select(static shape => shape.Name);

    [TestCaseSource(nameof(ShapeNames))]
    public void Twice_the_message_takes_twice_the_memory(string name)
    {
        Func<int, byte[]> make = Shapes.Single(shape => shape.Name == name).Make;
        byte[] once = make(20_000);
        byte[] twice = make(40_000);
        Work(make(10));
        long forOnce = Work(once);
        long forTwice = Work(twice);
        double octets = twice.Length / (double)once.Length;
        Assert.That(forTwice, Is.LessThan((long)(forOnce * octets / 2 * TwiceAndSome) + (256 * 1024)), $"{forOnce} for {once.Length} octets");
        Assert.That(forTwice, Is.LessThan((4 << 20) + (600L * twice.Length)));
    }

    private static long Work(byte[] message)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        MimeEntity root = Scan.Message(message);
        var sink = new CountingSink();
        var writer = new Imapd.Protocol.Wire.ResponseWriter(sink);
        BodyStructure.Write(writer, root, extended: true);
        Imapd.Protocol.Mime.Envelope.Write(writer, root.Header);
        writer.Flush();
        foreach ((_, ReadOnlyMemory<byte> value) in HeaderFields.Enumerate(root.Header))
        {
            sink.Octets += HeaderText.Decode(value.Span).Length;
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static string Times(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    private static string Multiparts(int levels) =>
        string.Concat(Enumerable.Range(0, levels).Select(static level => $"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n")) + "\nx\n";

    private static string Messages(int levels) => Times("Content-Type: message/rfc822\n\n", levels) + "Subject: x\n\nx\n";

    private static byte[] Flat(int parts) =>
        Scan.Octets("Content-Type: multipart/mixed; boundary=b\n\n" + Times("--b\n\nx\n", parts).TrimEnd('\n') + "\n--b--\n");

    private static ResponseValue Structure(MimeEntity message)
    {
        ResponseParser.ParseValue(OctetCollector.Written(to => BodyStructure.Write(to, message, extended: false)), static parser => parser.Body(extended: false));
        return ResponseParser.ParseValue(OctetCollector.Written(to => BodyStructure.Write(to, message, extended: true)), static parser => parser.Body(extended: true));
    }

    private static ResponseValue Envelope(MimeEntity message) => ResponseParser.ParseValue(
        OctetCollector.Written(to => Imapd.Protocol.Mime.Envelope.Write(to, message.Header)), static parser => parser.Envelope());

    private static int Entities(MimeEntity entity) => 1 + entity.Parts.Sum(Entities);

    private static int Count(ResponseValue body) =>
        body.Items[0].Kind == ValueKind.List ? body.Items[0].Items.Sum(part => 1 + Count(part)) : 0;

    private sealed class CountingSink : Imapd.Protocol.Wire.IOctetSink
    {
        public long Octets { get; set; }

        public void Write(ReadOnlySpan<byte> octets) => Octets += octets.Length;
    }
}
