using System.Buffers;
using Imapd.Protocol.Mime;
using Imapd.Tests.Mime;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>Remembered structures: any octets are one or none, and one that is read can be asked for its parts.</summary>
internal sealed class PartTreeTarget : FuzzTarget
{
    public override string Name => "part-tree";

    public override int MaxInputOctets => 16 * 1024;

    public override IEnumerable<byte[]> Seeds =>
        MailCorpus.Odd.Select(Scan.Octets).Concat(Enumerable.Range(0, 10).Select(static seed => new MailGenerator(seed).Message()))
            .Select(static mail =>
            {
                var tree = new ArrayBufferWriter<byte>();
                return PartTree.TryWrite(Scan.Message(mail), tree) ? tree.WrittenSpan.ToArray() : [];
            });

    // An entity of a dozen octets is an object with its texts.
    public override long MaxAllocatedOctets(int inputOctets) => (1 << 20) + (200L * inputOctets);

    public override object? Exercise(byte[] input) => PartTree.TryRead(input);

    public override string Check(byte[] input, object? result)
    {
        if (result is not MimeEntity root)
        {
            return "none";
        }

        int count = 0;
        string way = Walk(root, 0, ref count);
        Require(count <= MimeLimits.Default.MaxParts + 2, () => $"{count} entities");
        for (int part = 0; part < 4; part++)
        {
            _ = root.FindPart([part]);
            _ = root.FindPart([1, part, int.MaxValue]);
        }

        return way;
    }

    private static string Walk(MimeEntity entity, int depth, ref int count)
    {
        count++;
        Require(depth <= MimeLimits.Default.MaxDepth + 2, () => "too deep");
        Require(
            entity.HeaderStart.Raw <= entity.BodyStart.Raw && entity.BodyStart.Raw <= entity.End.Raw && entity.BodyWireOctets >= 0 && entity.BodyLines >= 0,
            () => "offsets out of order");
        Require(!entity.IsMessage || entity.Parts.Count == 1, () => "a message without the one inside");
        string way = $"{entity.IsMultipart}{entity.IsMessage}(";
        foreach (MimeEntity part in entity.Parts)
        {
            way += way.Length < 200 ? Walk(part, depth + 1, ref count) : "";
        }

        return way + ")";
    }
}
