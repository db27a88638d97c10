using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mono.Unix.Native;

namespace Imapd.Tests.Master;

/// <summary>A directory with PEM files, gone when disposed.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("imapd-tls-");

    public string PathOf(string name) => Path.Combine(_directory.FullName, name);

    public string Write(string name, string text)
    {
        string path = PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }

    public string Missing => PathOf("missing.pem");

    /// <summary>A certificate for a day, and its key.</summary>
    public static (string Certificate, string Key, string EncryptedKey) Make() => Make("imapd test", []);

    /// <summary>A certificate and its key, valid from one day, counted from today, to another.</summary>
    public static (string Certificate, string Key, string EncryptedKey) Make(string commonName, IReadOnlyList<string> names, int days = 1, int from = -1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + commonName, key, HashAlgorithmName.SHA256);
        if (names.Count > 0)
        {
            var alternatives = new SubjectAlternativeNameBuilder();
            foreach (string name in names)
            {
                alternatives.AddDnsName(name);
            }
            request.CertificateExtensions.Add(alternatives.Build());
        }
        using X509Certificate2 certificate =
            request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(from), DateTimeOffset.UtcNow.AddDays(days));
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        return (
            certificate.ExportCertificatePem(),
            key.ExportPkcs8PrivateKeyPem(),
            key.ExportEncryptedPkcs8PrivateKeyPem("secret", encryption));
    }

    /// <summary>A certificate with an RSA key of so many bits, and the key behind it.</summary>
    public static string MakeRsa(int bits)
    {
        using var key = RSA.Create(bits);
        var request = new CertificateRequest("CN=imapd test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <summary>Makes a pipe that nobody writes to.</summary>
    public string MakePipe(string name) => Syscall.mkfifo(PathOf(name), FilePermissions.S_IRUSR | FilePermissions.S_IWUSR) == 0
        ? PathOf(name)
        : throw new IOException($"mkfifo: {Stdlib.GetLastError()}");

    /// <summary>Takes the server for itself when it shows a certificate made here.</summary>
    public static bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate?.Subject == "CN=imapd test";

    public void Dispose() => _directory.Delete(recursive: true);
}
