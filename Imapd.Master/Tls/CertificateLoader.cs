using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Imapd.Master.Configuration;

namespace Imapd.Master.Tls;

/// <summary>A certificate, its chain and its key, ready for handshakes.</summary>
/// <param name="Files">Where it was read.</param>
/// <param name="Context">For SslStream.</param>
/// <param name="Names">What servers it is for, in lower case; one may begin with <c>*.</c> (RFC 6125 §6.4).</param>
/// <param name="NotBefore">Since when it is valid.</param>
/// <param name="NotAfter">When it expires.</param>
internal sealed record ServerCertificate(
    CertificateFiles Files, SslStreamCertificateContext Context, IReadOnlyList<string> Names, DateTimeOffset NotBefore,
    DateTimeOffset NotAfter);

/// <summary>Reads certificate and key from PEM files.</summary>
internal static class CertificateLoader
{
    private const string RsaKey = "1.2.840.113549.1.1.1"; // RFC 3279 §2.3.1
    private const string EllipticKey = "1.2.840.10045.2.1"; // RFC 5480 §2.1.1
    private const string KeyLabel = "PRIVATE KEY-----";

    /// <summary>Loads a pair and tries it in a handshake.</summary>
    /// <param name="files">Chain and key.</param>
    /// <exception cref="UsageException">
    /// A file cannot be read, holds something else, the two do not match, or OpenSSL refuses them; begins with the place where the
    /// file is named.
    /// </exception>
    public static ServerCertificate Load(CertificateFiles files)
    {
        var certificate = new PemFile("certificate", files.CertificatePath, files.CertificatePlace);
        PemFile key = files.KeyPath is null ? certificate : new PemFile("key", files.KeyPath, files.KeyPlace);
        string chainText = certificate.Read();
        string keyText = files.KeyPath is null ? chainText : key.Read();
        X509Certificate2Collection chain = ReadChain(chainText, certificate);
        RequireKnownKind(chain[0], certificate);
        RequirePlainKey(keyText, key);
        ServerCertificate loaded = Join(files, chain, chainText, keyText, key);
        return TrialHandshake.Refusal(TlsEndpoint.Options(loaded)) is string refusal
            ? throw certificate.Refuse($"the certificate in {certificate.Path} cannot be used for TLS: {refusal}")
            : loaded;
    }

    private static ServerCertificate Join(CertificateFiles files, X509Certificate2Collection chain, string chainText, string keyText, PemFile key)
    {
        try
        {
            X509Certificate2 leaf = X509Certificate2.CreateFromPem(chainText, keyText);
            chain.RemoveAt(0);
            return new ServerCertificate(
                files, SslStreamCertificateContext.Create(leaf, chain, offline: true), NamesOf(leaf), leaf.NotBefore, leaf.NotAfter);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw key.Refuse($"the key in {key.Path} does not match the certificate in {files.CertificatePath}");
        }
    }

    private static X509Certificate2Collection ReadChain(string text, PemFile file)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            throw file.Refuse($"the certificate in {file.Path} is damaged");
        }
        return chain.Count > 0 ? chain : throw file.Refuse($"there is no certificate in PEM form in {file.Path}");
    }

    // The subject's common name counts only where there is no other (RFC 6125 §6.4.4).
    private static List<string> NamesOf(X509Certificate2 certificate)
    {
        List<string> names = [.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames())];
        if (names.Count == 0 && certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } common)
        {
            names.Add(common);
        }
        return names.ConvertAll(name => name.ToLowerInvariant());
    }

    // .NET has TLS for these two only.
    private static void RequireKnownKind(X509Certificate2 certificate, PemFile file)
    {
        if (certificate.PublicKey.Oid.Value is not (RsaKey or EllipticKey))
        {
            string kind = certificate.PublicKey.Oid switch
            {
                { Value: "1.3.101.112" } => "Ed25519",
                { Value: "1.3.101.113" } => "Ed448",
                { FriendlyName: string name } => name,
                { Value: string number } => number,
                _ => "unknown",
            };
            throw file.Refuse($"the certificate in {file.Path} is for a key of kind {kind}, which is not supported; RSA and ECDSA are");
        }
    }

    private static void RequirePlainKey(string text, PemFile file)
    {
        if (text.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw file.Refuse(
                $"the key in {file.Path} is encrypted; nobody is there to type its password, so store it decrypted (mode 0600)");
        }
        if (!text.Contains(KeyLabel, StringComparison.Ordinal))
        {
            throw file.Refuse($"there is no private key in PEM form in {file.Path}");
        }
    }
}
