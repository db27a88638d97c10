using System.Net.Security;
using System.Net.Sockets;
using Imapd.Master.Configuration;
using Imapd.Master.Tls;
using NUnit.Framework;
using Serilog.Core;

namespace Imapd.Tests.Master;

/// <summary>Several certificates: which of them a client is shown, seen by the client.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class CertificateSetTests
{
    private readonly List<string> _pems = [];
    private TestCertificates _files = null!;
    private TlsEndpoint _endpoint = null!;

    [OneTimeSetUp]
    public void SetUp()
    {
        _files = new TestCertificates();
        List<CertificateFiles> all =
        [
            Make(0, "first.example.org", []),
            Make(1, "not a name", ["mail.example.org", "xn--mller-kva.example.org"]),
            Make(2, "not a name", ["*.example.org", "*.example.net", "mail.example.org"]),
            Make(3, "ignored.example.org", ["Upper.Example.COM"]),
        ];
        _endpoint = new TlsEndpoint(Settings(all), Logger.None);
    }

    [OneTimeTearDown]
    public void TearDown()
    {
        _endpoint.Dispose();
        _files.Dispose();
    }

    [TestCase("mail.example.org", 1, Description = "a name counts more than a wildcard, and the earlier certificate more than the later")]
    [TestCase("MAIL.example.org", 1)]
    [TestCase("xn--mller-kva.example.org", 1)]
    [TestCase("other.example.org", 2)]
    [TestCase("ignored.example.org", 2, Description = "a common name counts only where there are no other names")]
    [TestCase("first.example.org", 0)]
    [TestCase("a.b.example.net", 0, Description = "a wildcard is one label")]
    [TestCase("example.net", 0)]
    [TestCase("upper.example.com", 3)]
    [TestCase("somewhere.else", 0)]
    [TestCase("", 0, Description = "no name is sent")]
    public async Task A_client_is_shown_the_certificate_with_its_name_and_otherwise_the_first(
        string name, int expected, CancellationToken cancel)
    {
        Assert.That(_pems.IndexOf(await ShownAsync(_endpoint, name, cancel)), Is.EqualTo(expected));
    }

    /// <summary>The certificate that a client who asks for this name gets.</summary>
    internal static async Task<string> ShownAsync(TlsEndpoint endpoint, string name, CancellationToken cancel)
    {
        using TcpPair pair = await TcpPair.ConnectAsync();
        Task<SslStream> server = endpoint.HandshakeAsync(pair.Server, cancel);
        await using var client = new SslStream(new NetworkStream(pair.Client), false, (_, certificate, _, _) => certificate is not null);
        await client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name }, cancel);
        await (await server).DisposeAsync();
        using var shown = new System.Security.Cryptography.X509Certificates.X509Certificate2(client.RemoteCertificate!);
        return shown.ExportCertificatePem();
    }

    internal static Settings Settings(IReadOnlyList<CertificateFiles> certificates) => new()
    {
        Listen = [],
        PamService = "imapd",
        Certificates = certificates,
        WorkerPath = "/bin/true",
    };

    private CertificateFiles Make(int number, string commonName, IReadOnlyList<string> names)
    {
        (string certificate, string key, _) = TestCertificates.Make(commonName, names);
        _pems.Add(certificate);
        return new CertificateFiles(_files.Write($"cert{number}.pem", certificate), _files.Write($"key{number}.pem", key));
    }
}
