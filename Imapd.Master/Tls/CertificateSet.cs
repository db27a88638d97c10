using System.Globalization;
using Imapd.Master.Configuration;

namespace Imapd.Master.Tls;

/// <summary>The certificates of one reading of the files, and which of them a client is shown. Never changes.</summary>
internal sealed class CertificateSet
{
    private static readonly IdnMapping International = new();

    private readonly Dictionary<string, ServerCertificate> _byName = [];

    private CertificateSet(IReadOnlyList<ServerCertificate> all)
    {
        All = all;
        foreach (ServerCertificate certificate in all)
        {
            foreach (string name in certificate.Names)
            {
                _byName.TryAdd(name, certificate); // of two with one name the first counts
            }
        }
    }

    /// <summary>In the order of the settings.</summary>
    public IReadOnlyList<ServerCertificate> All { get; }

    /// <summary>Reads all of them, or none.</summary>
    /// <exception cref="UsageException">One of them cannot be used; says which and why.</exception>
    public static CertificateSet Load(IReadOnlyList<CertificateFiles> files) => new([.. files.Select(CertificateLoader.Load)]);

    /// <summary>
    /// The certificate that has the name, else one whose wildcard stands for its first label (RFC 6125 §6.4.3), else the first.
    /// </summary>
    /// <param name="serverName">What the client called the server (RFC 6066 §3); null or empty: nothing.</param>
    public ServerCertificate For(string? serverName)
    {
        if (string.IsNullOrEmpty(serverName))
        {
            return All[0];
        }
        string name = Ascii(serverName).ToLowerInvariant();
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return _byName.TryGetValue(name, out ServerCertificate? found)
            || (dot > 0 && _byName.TryGetValue("*" + name[dot..], out found))
                ? found
                : All[0];
    }

    // .NET decodes what came as "xn--"; certificates have it encoded.
    private static string Ascii(string name)
    {
        try
        {
            return International.GetAscii(name);
        }
        catch (ArgumentException)
        {
            return name;
        }
    }
}
