using System.Net;
using System.Net.Sockets;

namespace Imapd.Master.Configuration;

/// <summary>Every address of <c>--host</c> with every port.</summary>
internal static class ListenAddresses
{
    /// <summary>Where TLS begins with the first octet unless the settings say otherwise (RFC 8314 §3.2).</summary>
    public const int DefaultTlsPort = 993;

    private const int DefaultPort = 143;
    private const int MaxAddresses = 64;

    /// <exception cref="UsageException">An address or a port is none, or one is named twice.</exception>
    public static IReadOnlyList<ListenAddress> Read(OptionValues options)
    {
        bool isTls = options.IsOn("tls");
        List<(int Port, bool ImplicitTls)> ports = [];
        ports.AddRange(options.All("port").Select(port => (ReadPort("port", port), isTls)));
        if (ports.Count == 0)
        {
            ports.Add(isTls ? (DefaultTlsPort, true) : (DefaultPort, false));
        }
        ports.AddRange(options.All("starttls-port").Select(port => (ReadPort("starttls-port", port), false)));

        List<IPAddress> hosts = [.. options.All("host").Select(ReadHost)];
        if (hosts.Count == 0)
        {
            hosts.Add(IPAddress.Loopback);
        }
        if ((long)hosts.Count * ports.Count > MaxAddresses)
        {
            throw new UsageException($"more than {MaxAddresses} addresses to listen on");
        }
        List<ListenAddress> addresses =
            [.. hosts.SelectMany(host => ports.Select(port => new ListenAddress(new(host, port.Port), port.ImplicitTls)))];
        IPEndPoint? twice = addresses.GroupBy(address => address.EndPoint).FirstOrDefault(g => g.Count() > 1)?.Key;
        return twice is null ? addresses : throw new UsageException($"{twice} is named twice");
    }

    /// <summary>
    /// An address as people write it; null: it is none. IPAddress.Parse takes "1", "0x7f.1" and "[::1]:993" as well.
    /// </summary>
    public static IPAddress? ParseAddress(string text) =>
        !text.Contains('[') && IPAddress.TryParse(text, out IPAddress? address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text)
            ? address
            : null;

    private static int ReadPort(string name, OptionValue value) =>
        SettingsReader.ReadNumber(name, value, absent: 0, min: 1, max: 65535);

    private static IPAddress ReadHost(OptionValue value) =>
        ParseAddress(value.Text) ?? throw OptionValues.Refuse("host", value, "is not an IPv4 or IPv6 address");
}
