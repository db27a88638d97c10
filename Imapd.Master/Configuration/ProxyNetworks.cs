using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Imapd.Master.Configuration;

/// <summary>Addresses and networks of <c>--proxy-from</c>.</summary>
internal static class ProxyNetworks
{
    /// <summary>All of them; an address by itself is a network of one.</summary>
    /// <exception cref="UsageException">One is neither.</exception>
    public static IReadOnlyList<IPNetwork> Read(OptionValues options) =>
        [.. options.All("proxy-from").SelectMany(value => value.Text.Split(',').Select(text => Read(value with { Text = text })))];

    private static IPNetwork Read(OptionValue value)
    {
        string[] parts = value.Text.Split('/');
        if (parts.Length <= 2 && ListenAddresses.ParseAddress(parts[0]) is IPAddress address)
        {
            int bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
            try
            {
                int prefix = parts.Length == 1 ? bits : int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture);
                var network = new IPNetwork(address, prefix);
                if (network.BaseAddress.Equals(address)) // later frameworks take any address and set the rest to zero
                {
                    return network;
                }
            }
            catch (Exception error) when (error is FormatException or OverflowException or ArgumentException)
            {
                // said below
            }
        }
        throw OptionValues.Refuse(
            "proxy-from", value, "is not an address, or a network such as 10.0.0.0/8 with nothing but zeros behind its prefix");
    }
}
