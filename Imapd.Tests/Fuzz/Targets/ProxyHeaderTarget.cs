using Imapd.Master.Proxy;
using Imapd.Tests.Master.Proxy;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>What a proxy says first: a header ends where it ends, whatever follows and however little came of it at first.</summary>
internal sealed class ProxyHeaderTarget : FuzzTarget
{
    private static readonly byte[] Block4 = ProxyHeaders.Addresses("192.0.2.7", 4711, "198.51.100.1", 993);

    public override string Name => "proxy-header";

    public override int MaxInputOctets => ProxyHeaderParser.MaxOctets;

    public override IEnumerable<byte[]> Seeds { get; } =
    [
        ProxyHeaders.Line("PROXY TCP4 192.0.2.7 198.51.100.1 4711 993"),
        ProxyHeaders.Line("PROXY TCP6 2001:db8::7 2001:db8::1 4711 993"),
        ProxyHeaders.Line("PROXY UNKNOWN whatever"),
        ProxyHeaders.Binary(ProxyHeaders.Local, 0),
        ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Tcp4, [.. Block4, .. ProxyHeaders.Field(2, "mail.example.org"u8.ToArray())]),
        ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Tcp6, ProxyHeaders.Addresses("2001:db8::7", 4711, "2001:db8::1", 993)),
        ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Unix, new byte[216]),
        ProxyHeaders.WithChecksum(ProxyHeaders.Proxy, ProxyHeaders.Tcp4, Block4),
    ];

    public override IReadOnlyList<string> Dictionary => ["PROXY ", "TCP4 ", "TCP6 ", "UNKNOWN", "\r\n", "\r\n\r\n\0\r\nQUIT\n", "::", "255.255.255.255", "\x21\x11", "\x21\x21", "\0\x0c"];

    public override object? Exercise(byte[] input)
    {
        ProxyHeaderState state = ProxyHeaderParser.Parse(input, out ProxyHeader? header, out int octets);
        return (state, header, octets);
    }

    public override string Check(byte[] input, object? result)
    {
        (ProxyHeaderState state, ProxyHeader? header, int octets) = ((ProxyHeaderState, ProxyHeader?, int))result!;
        Require(octets <= input.Length, () => "it is longer than what was sent");
        Require(header is not null == (state == ProxyHeaderState.Whole), () => $"{state} with {header}");
        Require(state != ProxyHeaderState.Incomplete || input.Length < MaxInputOctets, () => "it waits for more than there may be");
        if (state == ProxyHeaderState.Malformed)
        {
            Require(Parse([.. input, 0]) == state, () => "more octets mend it");
            return "malformed";
        }
        for (int length = 0; length < octets; length += Math.Max(1, octets / 64))
        {
            Require(Parse(input[..length]) == ProxyHeaderState.Incomplete, () => $"its first {length} octets are no beginning");
        }
        if (state == ProxyHeaderState.Whole)
        {
            ProxyHeaderParser.Parse(input.AsSpan(0, octets), out ProxyHeader? alone, out int same);
            Require(same == octets && alone == header, () => "what follows changes it");
        }
        return $"{state} {input.FirstOrDefault()} {header?.Source?.AddressFamily} {octets / 32}";
    }

    private static ProxyHeaderState Parse(byte[] octets) => ProxyHeaderParser.Parse(octets, out _, out _);
}
