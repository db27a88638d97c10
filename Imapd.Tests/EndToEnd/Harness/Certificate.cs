using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Imapd.Tests.EndToEnd.Harness;

/// <summary>A self-signed certificate for localhost as PEM files, as an administrator would have them.</summary>
internal sealed class Certificate : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        Hash = certificate.GetCertHashString();
        CertificatePem = certificate.ExportCertificatePem();
        KeyPem = key.ExportPkcs8PrivateKeyPem();
        CertificateFile = _directory.Write("cert.pem", CertificatePem + "\n");
        KeyFile = _directory.Write("key.pem", KeyPem + "\n");
    }

    public string Hash { get; }

    public string CertificatePem { get; }

    public string KeyPem { get; }

    public string CertificateFile { get; }

    public string KeyFile { get; }

    public void Dispose() => _directory.Dispose();
}
