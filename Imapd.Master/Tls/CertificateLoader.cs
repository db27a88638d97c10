using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Imapd.Master.Configuration;

namespace Imapd.Master.Tls;

/// <summary>A certificate, its chain and its key, ready for handshakes.</summary>
/// <param name="Context">For SslStream.</param>
/// <param name="NotAfter">When it expires, in local time.</param>
internal sealed record ServerCertificate(SslStreamCertificateContext Context, DateTime NotAfter);

/// <summary>Reads certificate and key from PEM files.</summary>
internal static class CertificateLoader
{
    private const int MaxFileOctets = 1 << 20;
    private const string KeyLabel = "PRIVATE KEY-----";

    /// <summary>Loads a pair.</summary>
    /// <param name="certificatePath">The chain, leaf first.</param>
    /// <param name="keyPath">The key; null: it is in the same file.</param>
    /// <exception cref="UsageException">A file cannot be read, holds something else, or the two do not match.</exception>
    public static ServerCertificate Load(string certificatePath, string? keyPath)
    {
        string chainText = ReadText("certificate", certificatePath);
        string keyText = keyPath is null ? chainText : ReadText("key", keyPath);
        string keyFile = keyPath ?? certificatePath;
        X509Certificate2Collection chain = ReadChain(chainText, certificatePath);
        RequirePlainKey(keyText, keyFile);
        try
        {
            X509Certificate2 leaf = X509Certificate2.CreateFromPem(chainText, keyText);
            chain.RemoveAt(0);
            return new ServerCertificate(SslStreamCertificateContext.Create(leaf, chain, offline: true), leaf.NotAfter);
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
