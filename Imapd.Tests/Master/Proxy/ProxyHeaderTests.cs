using System.Net;
using System.Net.Sockets;
using Imapd.Master.Configuration;
using Imapd.Master.Proxy;
using NUnit.Framework;

namespace Imapd.Tests.Master.Proxy;

/// <summary>The PROXY protocol: what is a header, and that not an octet more is taken.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class ProxyHeaderTests
{
    private static readonly byte[] Block4 = ProxyHeaders.Addresses("192.0.2.7", 4711, "198.51.100.1", 993);
    private static readonly byte[] Block6 = ProxyHeaders.Addresses("2001:db8::7", 4711, "2001:db8::1", 993);
    private static readonly byte[] Fields = [.. ProxyHeaders.Field(2, "mail.example.org"u8.ToArray()), .. ProxyHeaders.Field(4), .. ProxyHeaders.Field(0xee, new byte[300])];

    private static IEnumerable<TestCaseData> Good()
    {
        const string FromIpv4 = "192.0.2.7:4711 198.51.100.1:993";
        const string FromIpv6 = "[2001:db8::7]:4711 [2001:db8::1]:993";
        yield return new TestCaseData(ProxyHeaders.Line("PROXY TCP4 192.0.2.7 198.51.100.1 4711 993"), FromIpv4).SetArgDisplayNames("line, IPv4");
        yield return new TestCaseData(ProxyHeaders.Line("PROXY TCP6 2001:db8::7 2001:DB8:0:0:0:0:0:1 4711 993"), FromIpv6).SetArgDisplayNames("line, IPv6");
        yield return new TestCaseData(
            ProxyHeaders.Line("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535"),
            "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535 [ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535").SetArgDisplayNames("longest line of addresses");
        yield return new TestCaseData(ProxyHeaders.Line("PROXY TCP4 0.0.0.0 255.255.255.255 0 0"), "0.0.0.0:0 255.255.255.255:0").SetArgDisplayNames("line, zeros");
        yield return new TestCaseData(ProxyHeaders.Line("PROXY UNKNOWN"), "nobody").SetArgDisplayNames("line, unknown");
        yield return new TestCaseData(ProxyHeaders.Line("PROXY UNKNOWN \u00ff what ever"), "nobody").SetArgDisplayNames("line, unknown with more");
        yield return new TestCaseData(ProxyHeaders.Line("PROXY UNKNOWN " + new string('f', 91)), "nobody").SetArgDisplayNames("longest line");
        yield return new TestCaseData(ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Tcp4, Block4), FromIpv4).SetArgDisplayNames("binary, IPv4");
        yield return new TestCaseData(ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Tcp6, Block6), FromIpv6).SetArgDisplayNames("binary, IPv6");
        yield return new TestCaseData(ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Tcp4, [.. Block4, .. Fields]), FromIpv4).SetArgDisplayNames("binary, fields");
        yield return new TestCaseData(ProxyHeaders.WithChecksum(ProxyHeaders.Proxy, ProxyHeaders.Tcp6, [.. Block6, .. Fields]), FromIpv6).SetArgDisplayNames("binary, checksum");
        yield return new TestCaseData(ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Unix, new byte[216]), "nobody").SetArgDisplayNames("binary, Unix socket");
        yield return new TestCaseData(ProxyHeaders.Binary(ProxyHeaders.Proxy, 0x12, Block4), "nobody").SetArgDisplayNames("binary, datagrams");
        yield return new TestCaseData(ProxyHeaders.Binary(ProxyHeaders.Proxy, 0), "nobody").SetArgDisplayNames("binary, unspecified");
        yield return new TestCaseData(ProxyHeaders.Binary(ProxyHeaders.Local, 0), "nobody").SetArgDisplayNames("binary, local");
        yield return new TestCaseData(ProxyHeaders.Binary(ProxyHeaders.Local, 0xff, 1, 2, 3), "nobody").SetArgDisplayNames("binary, local with a block");
        yield return new TestCaseData(
            ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Tcp4, [.. Block4, .. ProxyHeaders.Field(1, new byte[4096 - 16 - 12 - 3])]), FromIpv4).SetArgDisplayNames("longest binary");
    }

    private static IEnumerable<TestCaseData> Bad()
    {
        foreach (string line in new[]
        {
            "PROXY", "PROXY ", "PROXY TCP4", "PROXY TCP5 192.0.2.7 198.51.100.1 1 2", "PROXY TCP4 192.0.2.7 198.51.100.1 1", "proxy TCP4 192.0.2.7 198.51.100.1 1 2",
            "PROXY  TCP4 192.0.2.7 198.51.100.1 1 2", "PROXY TCP4 192.0.2.7 198.51.100.1 1 2 ", "PROXY TCP4 192.0.2.7  198.51.100.1 1 2",
            "PROXY TCP4 192.0.2.07 198.51.100.1 1 2", "PROXY TCP4 192.0.2.256 198.51.100.1 1 2", "PROXY TCP4 1 198.51.100.1 1 2", "PROXY TCP4 ::1 ::2 1 2",
            "PROXY TCP6 192.0.2.7 198.51.100.1 1 2", "PROXY TCP6 ::1%1 ::2 1 2", "PROXY TCP6 [::1] ::2 1 2", "PROXY TCP6 1::2::3 ::2 1 2",
            "PROXY TCP4 192.0.2.7 198.51.100.1 01 2", "PROXY TCP4 192.0.2.7 198.51.100.1 1 65536", "PROXY TCP4 192.0.2.7 198.51.100.1 -1 2", "PROXY TCP4 192.0.2.7 198.51.100.1 1 2\rx",
            "PROXY TCP4 192.0.2.7 198.51.100.1 1 2\n", "PROXY UNKNOWN " + new string('f', 92), "EHLO x", "\u0016\u0003\u0001",
        })
        {
            yield return new TestCaseData(ProxyHeaders.Line(line)).SetArgDisplayNames(line);
        }
        yield return Case("version 1 in binary", ProxyHeaders.Binary(0x11, ProxyHeaders.Tcp4, Block4));
        yield return Case("unknown command", ProxyHeaders.Binary(0x22, ProxyHeaders.Tcp4, Block4));
        yield return Case("unknown family", ProxyHeaders.Binary(ProxyHeaders.Proxy, 0x41, Block4));
        yield return Case("unknown protocol", ProxyHeaders.Binary(ProxyHeaders.Proxy, 0x13, Block4));
        yield return Case("too short for IPv4", ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Tcp4, Block4[..11]));
        yield return Case("too short for IPv6", ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Tcp6, Block6[..35]));
        yield return Case("too short for a Unix socket", ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Unix, new byte[215]));
        yield return Case("half a field", ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Tcp4, [.. Block4, 4, 0]));
        yield return Case("a field longer than the header", ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Tcp4, [.. Block4, 4, 0, 2, 1]));
        yield return Case("too long", ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Tcp4, [.. Block4, .. ProxyHeaders.Field(1, new byte[4096 - 16 - 12 - 2])]));
        yield return Case("wrong checksum", ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Tcp4, [.. Block4, .. ProxyHeaders.Field(3, 1, 2, 3, 4)]));
        yield return Case("checksum of another length", ProxyHeaders.Binary(ProxyHeaders.Proxy, ProxyHeaders.Tcp4, [.. Block4, .. ProxyHeaders.Field(3, 1, 2, 3)]));

        static TestCaseData Case(string name, byte[] octets) => new TestCaseData(octets).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Good))]
    public void A_header_is_read_and_every_beginning_of_it_waits_for_the_rest(byte[] octets, string expected)
    {
        for (int length = 0; length < octets.Length; length++)
        {
            Assert.That(ProxyHeaderParser.Parse(octets.AsSpan(0, length), out _, out int soFar), Is.EqualTo(ProxyHeaderState.Incomplete), $"{length} octets");
            Assert.That(soFar, Is.EqualTo(length));
        }

        ProxyHeaderState state = ProxyHeaderParser.Parse([.. octets, .. "\r\na LOGIN"u8], out ProxyHeader? header, out int taken);

        Assert.That((state, taken), Is.EqualTo((ProxyHeaderState.Whole, octets.Length)));
        Assert.That(header!.Source is null ? "nobody" : $"{header.Source} {header.Destination}", Is.EqualTo(expected));
    }

    [TestCaseSource(nameof(Bad))]
    public void What_is_no_header_is_refused(byte[] octets)
    {
        Assert.That(ProxyHeaderParser.Parse(octets, out ProxyHeader? header, out _), Is.EqualTo(ProxyHeaderState.Malformed));
        Assert.That(header, Is.Null);
    }

    [Test]
    public async Task A_header_split_anywhere_is_read_and_what_follows_stays(CancellationToken cancel)
    {
        foreach (byte[] octets in new[]
        {
            ProxyHeaders.Line("PROXY TCP4 192.0.2.7 198.51.100.1 4711 993"),
            ProxyHeaders.WithChecksum(ProxyHeaders.Proxy, ProxyHeaders.Tcp4, Block4),
        })
        {
            byte[] all = [.. octets, .. "a NOOP\r\n"u8];
            for (int split = 1; split < all.Length; split++)
            {
                using TcpPair pair = await TcpPair.ConnectAsync();
                pair.Client.NoDelay = true;
                Task<ProxyHeader> reading = ProxyHeaderReader.ReadAsync(pair.Server, cancel);
                pair.Client.Send(all.AsSpan(0, split));
                await EmptyAsync(pair.Server, split < octets.Length, cancel);
                pair.Client.Send(all.AsSpan(split));
                pair.Client.Shutdown(SocketShutdown.Send);

                Assert.That((await reading).Source, Is.EqualTo(new IPEndPoint(IPAddress.Parse("192.0.2.7"), 4711)));
                Assert.That(await RestAsync(pair.Server, cancel), Is.EqualTo("a NOOP\r\n"));
            }
        }
    }

    [TestCase("", "nothing was sent")]
    [TestCase("PROXY TCP4 192", "it ended within the header")]
    [TestCase("a LOGIN", "it is no header")]
    public async Task A_connection_without_a_header_is_told_apart(string sent, string said, CancellationToken cancel)
    {
        using TcpPair pair = await TcpPair.ConnectAsync();
        pair.Client.Send(System.Text.Encoding.ASCII.GetBytes(sent));
        pair.Client.Shutdown(SocketShutdown.Send);

        var error = Assert.ThrowsAsync<InvalidDataException>(() => ProxyHeaderReader.ReadAsync(pair.Server, cancel))!;

        Assert.That(error.Message, Is.EqualTo(said));
    }

    [TestCase("--proxy-from 10.0.0.0/8", "10.0.0.0/8")]
    [TestCase("--proxy-from 192.0.2.1,2001:db8::/32 --proxy-from ::1", "192.0.2.1/32 2001:db8::/32 ::1/128")]
    public void Proxies_are_addresses_and_networks(string line, string expected)
    {
        Settings settings = new SettingsReader(1234, "/bin/true").Read(OptionsParser.Parse(line.Split(' ')));

        Assert.That(string.Join(' ', settings.ProxyFrom), Is.EqualTo(expected));
    }

    [TestCase("10.0.0.1/8")]
    [TestCase("10.0.0.0/33")]
    [TestCase("10.0.0.0/")]
    [TestCase("10/8")]
    [TestCase("proxy.example.org")]
    [TestCase("192.0.2.1,")]
    [TestCase("::/129")]
    public void What_is_neither_is_refused(string value)
    {
        var error = Assert.Throws<UsageException>(
            () => new SettingsReader(1234, "/bin/true").Read(OptionsParser.Parse(["--proxy-from", value])))!;

        Assert.That(error.Message, Does.StartWith("--proxy-from '").And.Contain("is not an address, or a network such as 10.0.0.0/8"));
    }

    // Until the reader has taken the first piece, as far as it is the header's; then it waits for the second.
    private static async Task EmptyAsync(Socket socket, bool isAllHeader, CancellationToken cancel)
    {
        while (isAllHeader && socket.Available > 0)
        {
            cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task<string> RestAsync(Socket socket, CancellationToken cancel)
    {
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancel);
    }
}
