using Imapd.Protocol.Mime;
using Imapd.Tests.Protocol;
using Imapd.Tests.Responses;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>The value of a To field: every address is a whole one, groups end, and the envelope is the grammar.</summary>
internal sealed class AddressTarget : FuzzTarget
{
    public override string Name => "addresses";

    public override IReadOnlyList<string> Dictionary { get; } =
        ["a@b", "<a@b>", "\"q\" ", "(c)", ",", ";", ":", "g: ", "<@r,@s:a@b>", "@", "[1.2.3.4]", "\\", "\"", "(", ")", "<", ">", ".", " . ", "=?utf-8?q?x?=", "\r\n ", "\0", "mailto:"];

    public override IEnumerable<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            "a@b", "A B <a@b>", "\"q \\\" r\" <a@b>, c@d (comment)", "g: a@b, C <c@d>;, e@f", "<@x,@y:a@b>", "a b c", "undisclosed-recipients:;",
            "a . b @ c . d", "(a (nested) comment) x@[1.2.3.4]", "<mailto:a@b>", "J\u00c3\u00b6rg <j@x>", "a@b c@d", "g: h: i@j;;", "",
        }.Select(Latin1),
    ];

    public override object? Exercise(byte[] input)
    {
        var addresses = new List<Address>();
        var reader = new AddressReader(input);
        while (reader.TryRead(out Address address))
        {
            addresses.Add(address);
        }

        return (addresses, reader.IsInGroup);
    }

    public override string Check(byte[] input, object? result)
    {
        (List<Address> addresses, bool isInGroup) = ((List<Address>, bool))result!;
        Require(!isInGroup, () => "a group has no end");
        Require(addresses.Count <= input.Length + 1, () => $"{addresses.Count} addresses in {input.Length} octets");
        byte[] header = [.. "To: "u8, .. input, .. "\r\n\r\n"u8];
        ResponseValue envelope = ResponseParser.ParseValue(
            OctetCollector.Written(to => Envelope.Write(to, header)), static parser => parser.Envelope());

        // A line end that no white space follows ends the field.
        Require(input.Contains((byte)'\n') || envelope.Items[5].Items.Count == addresses.Count, () => $"{addresses.Count} addresses, {envelope.Items[5].Items.Count} told");
        return string.Concat(addresses.Take(20).Select(static a => $"{(a.Name is null ? 0 : 1)}{(a.Route is null ? 0 : 1)}{(a.Mailbox is null ? 0 : 1)}{(a.Host is null ? 0 : 1)} "));
    }
}
