using Imapd.Master.Configuration;
using Serilog;

namespace Imapd.Master;

/// <summary>The one line that says what was started, once everything is bound.</summary>
internal static class StartLine
{
    public static void Write(ILogger log, Settings settings)
    {
        log.Information(
            "{Version:l} ready tls={Tls:l} {Cleartext:l}={Addresses:l} mode={Mode:l} storage={Storage:l}",
            HelpText.Version,
            Join(settings, implicitTls: true),
            settings.HasCertificate ? "starttls" : "cleartext",
            Join(settings, implicitTls: false),
            settings.Fork ? "fork" : "shared",
            Storage(settings));
        if (Warning(settings) is string warning)
        {
            log.Warning("{Warning:l}", warning);
        }
    }

    /// <summary>What is allowed and yet hardly meant; null for nothing.</summary>
    public static string? Warning(Settings settings) => settings.LoginDisabled is not null
        ? $"nobody can log in: login-disabled says \"{settings.LoginDisabled}\""
        : !settings.HasCertificate && !settings.InsecureAuth
        ? "nobody can log in: there is no certificate, and no --insecure-auth"
        : null;

    private static string Join(Settings settings, bool implicitTls)
    {
        string joined = string.Join(
            ',', settings.Listen.Where(a => a.ImplicitTls == implicitTls).Select(a => a.EndPoint.ToString()));
        return joined.Length == 0 ? "none" : joined;
    }

    private static string Storage(Settings settings) => settings.Storage == StorageKind.Memory
        ? "memory (gone at exit; loopback only; account test, password test)"
        : $"{settings.MailLocation} pam={settings.PamService}";
}
