using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Imapd.Master.Configuration;

namespace Imapd.Master.Tls;

/// <summary>A certificate, its chain and its key, ready for handshakes.</summary>
/// <param name="Files">Where it was read.</param>
/// <param name="Context">For SslStream.</param>
/// <param name="Names">What servers it is for, in lower case; one may begin with <c>*.</c> (RFC 6125 §6.4).</param>
/// <param name="NotAfter">When it expires.</param>
internal sealed record ServerCertificate(
    CertificateFiles Files, SslStreamCertificateContext Context, IReadOnlyList<string> Names, DateTimeOffset NotAfter);

/// <summary>Reads certificate and key from PEM files.</summary>
internal static class CertificateLoader
{
    private const int MaxFileOctets = 1 << 20;
    private const string KeyLabel = "PRIVATE KEY-----";

    /// <summary>Loads a pair.</summary>
    /// <param name="files">Chain and key.</param>
    /// <exception cref="UsageException">A file cannot be read, holds something else, or the two do not match.</exception>
    public static ServerCertificate Load(CertificateFiles files)
    {
        (string certificatePath, string? keyPath) = files;
        string chainText = ReadText("certificate", certificatePath);
        string keyText = keyPath is null ? chainText : ReadText("key", keyPath);
        string keyFile = keyPath ?? certificatePath;
        X509Certificate2Collection chain = ReadChain(chainText, certificatePath);
        RequirePlainKey(keyText, keyFile);
        try
        {
            X509Certificate2 leaf = X509Certificate2.CreateFromPem(chainText, keyText);
            chain.RemoveAt(0);
            return new ServerCertificate(
                files, SslStreamCertificateContext.Create(leaf, chain, offline: true), NamesOf(leaf), leaf.NotAfter);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new UsageException($"the key in {keyFile} does not match the certificate in {certificatePath}");
        }
    }

    private static string ReadText(string what, string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > MaxFileOctets)
            {
                throw new UsageException($"the {what} file {path} is too large to be one");
            }
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the {what} file {path} cannot be read: {Reason(error)}");
        }
    }

    private static string Reason(Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file",
        UnauthorizedAccessException => "permission denied or not a file",
        _ => error.Message,
    };

    private static X509Certificate2Collection ReadChain(string text, string path)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            throw new UsageException($"the certificate in {path} is damaged");
        }
        return chain.Count > 0 ? chain : throw new UsageException($"there is no certificate in PEM form in {path}");
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

    private static void RequirePlainKey(string text, string path)
    {
        if (text.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new UsageException(
                $"the key in {path} is encrypted; nobody is there to type its password, so store it decrypted (mode 0600)");
        }
        if (!text.Contains(KeyLabel, StringComparison.Ordinal))
        {
            throw new UsageException($"there is no private key in PEM form in {path}");
        }
    }
}
