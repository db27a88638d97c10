using System.Globalization;

namespace Imapd.Master.Tls;

/// <summary>How near the end of a certificate is, whether its beginning is to come, and what is said of it.</summary>
internal static class CertificateExpiry
{
    private static readonly int[] WarningDays = [14, 7, 1, 0];

    /// <summary>0: nothing needs to be said; each larger number is said once, the last that it has expired.</summary>
    public static int Stage(ServerCertificate certificate, DateTimeOffset now) =>
        WarningDays.Count(days => certificate.NotAfter - now <= TimeSpan.FromDays(days));

    /// <summary>The warning, for log and terminal.</summary>
    public static string Text(ServerCertificate certificate, DateTimeOffset now)
    {
        string when = Time(certificate.NotAfter);
        string file = File(certificate);
        return certificate.NotAfter <= now
            ? $"certificate has expired file={file} notAfter={when}"
            : string.Create(CultureInfo.InvariantCulture, $"certificate expires file={file} notAfter={when} days={(int)(certificate.NotAfter - now).TotalDays}");
    }

    /// <summary>The warning that clients will not trust it yet; null: there is nothing to say.</summary>
    public static string? NotYet(ServerCertificate certificate, DateTimeOffset now) => certificate.NotBefore > now
        ? $"certificate is not valid yet file={File(certificate)} notBefore={Time(certificate.NotBefore)}"
        : null;

    private static string File(ServerCertificate certificate) => Logging.LogText.Value(certificate.Files.CertificatePath);

    private static string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
