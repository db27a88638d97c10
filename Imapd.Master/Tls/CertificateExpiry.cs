using System.Globalization;

namespace Imapd.Master.Tls;

/// <summary>How near the end of a certificate is, and what is said of it.</summary>
internal static class CertificateExpiry
{
    private static readonly int[] WarningDays = [14, 7, 1, 0];

    /// <summary>0: nothing needs to be said; each larger number is said once, the last that it has expired.</summary>
    public static int Stage(ServerCertificate certificate, DateTimeOffset now) =>
        WarningDays.Count(days => certificate.NotAfter - now <= TimeSpan.FromDays(days));

    /// <summary>The warning, for log and terminal.</summary>
    public static string Text(ServerCertificate certificate, DateTimeOffset now)
    {
        string when = certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        string file = Logging.LogText.Value(certificate.Files.CertificatePath);
        return certificate.NotAfter <= now
            ? $"certificate has expired file={file} notAfter={when}"
            : string.Create(CultureInfo.InvariantCulture, $"certificate expires file={file} notAfter={when} days={(int)(certificate.NotAfter - now).TotalDays}");
    }
}
