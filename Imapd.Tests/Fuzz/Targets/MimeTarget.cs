using Imapd.Protocol.Mime;
using Imapd.Tests.Mime;
using Imapd.Tests.Protocol;
using Imapd.Tests.Responses;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>The MIME scanner: any octets are a message, the same in any pieces; what is told of it is the grammar.</summary>
internal sealed class MimeTarget : FuzzTarget
{
    private static readonly MimeLimits Limits = new() { MaxDepth = 12, MaxParts = 60, MaxHeaderOctets = 20_000 };

    public override string Name => "mime";

    public override IReadOnlyList<string> Dictionary { get; } =
    [
        "\n", "\r\n", "\n\n", "\r", "\0", "--b", "--b--", "--b\n", "\n--b--\n", "Content-Type: ", "multipart/mixed; boundary=b\n", "multipart/digest; boundary=\"b\"\n",
        "message/rfc822\n\n", "message/global\n\n", "text/html; charset=utf-8\n", "Content-Transfer-Encoding: base64\n", "Content-Disposition: attachment; filename*0=a; filename*1*=''%41\n",
        "Content-Language: en, de\n", "Content-ID: <x>\n", "Subject: =?utf-8?q?x?=\n", "From: a@b, \"c\" <d@e>\n", "To: g: h@i, j;\n", "boundary=", ";", "\"", "(", ")", "*0*=", " ", "\t", ":",
    ];

    public override IEnumerable<byte[]> Seeds =>
        MailCorpus.Odd.Select(Scan.Octets)
            .Concat(Enumerable.Range(0, 15).Select(static seed => new MailGenerator(seed).Message()).Where(static mail => mail.Length < 20_000))
            .Concat(Enumerable.Range(0, 20).Select(static seed => MailCorpus.Random(new Random(seed), 60)));

    // Headers and parts are kept, boundaries have a node for each octet.
    public override long MaxAllocatedOctets(int inputOctets) => (2 << 20) + (400L * inputOctets);

    public override object? Exercise(byte[] input)
    {
        MimeEntity root = Scan.Message(input, Limits);
        OctetCounter counter = new();
        var writer = new Imapd.Protocol.Wire.ResponseWriter(counter);
        BodyStructure.Write(writer, root, extended: true);
        Envelope.Write(writer, root.Header);
        writer.Flush();
        return root;
    }

    public override string Check(byte[] input, object? result)
    {
        var root = (MimeEntity)result!;
        string whole = Scan.Describe(root);
        var random = new Random(input.Length);
        Require(Scan.Describe(Scan.Message(input, Limits, pieceOctets: () => random.Next(1, 40))) == whole, () => "in pieces it is another message");
        Require(root.End.Raw == input.Length, () => "it does not end where the octets end");
        int parts = 0;
        CheckOffsets(root, ref parts);
        Require(parts <= Limits.MaxParts + 1, () => $"{parts} parts");
        foreach ((bool extended, bool utf8) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            byte[] structure = OctetCollector.Written(to => BodyStructure.Write(to, root, extended), utf8);
            ResponseParser.ParseValue(structure, parser => parser.Body(extended), utf8);
        }

        ResponseParser.ParseValue(OctetCollector.Written(to => Envelope.Write(to, root.Header)), static parser => parser.Envelope());
        return Way(root);
    }

    private static void CheckOffsets(MimeEntity entity, ref int count)
    {
        count++;
        long at = entity.BodyStart.Raw;
        Require(entity.HeaderStart.Raw <= at && at <= entity.End.Raw && entity.BodyWireOctets >= entity.End.Raw - at, () => "offsets out of order");
        foreach (MimeEntity part in entity.Parts)
        {
            Require(part.HeaderStart.Raw >= at && part.End.Raw <= entity.End.Raw, () => "a part outside its multipart");
            at = part.End.Raw;
            CheckOffsets(part, ref count);
        }
    }

    private static string Way(MimeEntity entity)
    {
        string way = $"{entity.IsMultipart}{entity.IsMessage}{entity.BodyLines > 0}{entity.TransferEncoding is "7BIT"}{entity.ContentType.Parameters.Count}({string.Concat(entity.Parts.Take(6).Select(Way))})";
        return way.Length > 300 ? way[..300] : way;
    }

    private sealed class OctetCounter : Imapd.Protocol.Wire.IOctetSink
    {
        public long Octets { get; private set; }

        public void Write(ReadOnlySpan<byte> octets) => Octets += octets.Length;
    }
}
