using System.Collections.Frozen;
using System.Globalization;
using Serilog.Events;

namespace Imapd.Master.Configuration;

/// <summary>Every option, in the order of the documents. Command line, file, dump and documents are held to it by tests.</summary>
internal static class OptionTable
{
    public static IReadOnlyList<OptionRow> Rows { get; } =
    [
        new("config", "FILE", settings => One(settings.ConfigPath ?? NoFile)) { IsCommandLineOnly = true },
        new("port", "N", settings => Ports(settings, settings.ImplicitTls)) { Repeats = true },
        new("starttls-port", "N", settings => settings.ImplicitTls ? Ports(settings, implicitTls: false) : []) { Repeats = true },
        new("host", "ADDRESS", settings => settings.Listen.Select(a => a.EndPoint.Address.ToString()).Distinct()) { Repeats = true },
        new("tls", null, settings => Switch(settings.ImplicitTls)),
        new("cert", "FILE", settings => settings.Certificates.Select(files => files.CertificatePath)) { Repeats = true, IsOfOneFile = true },
        new("key", "FILE", settings => settings.Certificates.Select(files => files.KeyPath).OfType<string>()) { Repeats = true, IsOfOneFile = true },
        new("proxy-from", "NETWORK", settings => settings.ProxyFrom.Select(network => network.ToString())) { Repeats = true },
        new("fork", null, settings => Switch(settings.Fork)),
        new("storage", "KIND", settings => One(settings.Storage == StorageKind.Memory ? "memory" : "maildir")),
        new("maildir-path", "BASE", settings => One(settings.MailRoot)),
        new("mail-location", "LOCATION", settings => One(settings.MailRoot is null ? settings.MailLocation?.ToString() : null)),
        new("layout", "LAYOUT", settings => One(settings.Layout)),
        new("prefix-alias", "PREFIX", settings => One(settings.PrefixAlias)),
        new("auto", "MAILBOX", settings => settings.AutoMailboxes.Select(mailbox => mailbox.ToString())) { Repeats = true },
        new("user", "NAME", settings => One(settings.RunAs is uint user ? Number(user) : null)),
        new("min-uid", "N", settings => One(Number(settings.MinUid))),
        new("pam-service", "NAME", settings => One(settings.PamService)),
        new("strip-domain", "DOMAIN", settings => settings.LoginNames.Of("strip-domain")) { Repeats = true },
        new("lowercase-login", null, settings => Switch(settings.LoginNames.IsLowercased)),
        new("deny-user", "PATTERN", settings => settings.LoginNames.Of("deny-user")) { Repeats = true },
        new("allow-user", "PATTERN", settings => settings.LoginNames.Of("allow-user")) { Repeats = true },
        new("deny-group", "PATTERN", settings => settings.LoginNames.Of("deny-group")) { Repeats = true },
        new("allow-group", "PATTERN", settings => settings.LoginNames.Of("allow-group")) { Repeats = true },
        new("preauth-program", "PROGRAM", settings => One(settings.Preauth?.Path)),
        new("preauth-account", "NAME", settings => One(settings.Preauth is { } preauth ? Number(preauth.Account) : null)),
        new("insecure-auth", null, settings => Switch(settings.InsecureAuth)),
        new("login-timeout", "N", settings => One(Number(settings.LoginTimeoutSeconds))),
        new("spare-workers", "N", settings => One(Number(settings.SpareWorkers))),
        new("max-connections", "N", settings => One(Number(settings.MaxConnections))),
        new("max-per-address", "N", settings => One(Number(settings.MaxPerAddress))),
        new("max-per-user", "N", settings => One(Number(settings.MaxPerUser))),
        new("worker-limit", "NAME=N", settings => settings.WorkerLimits.Select(limit => limit.ToString())) { Repeats = true },
        new("user-cgroup", "DIR", settings => One(settings.UserCgroup)),
        new("user-limit", "FILE=VALUE", settings => settings.UserLimits) { Repeats = true },
        new("autologout", "N", settings => One(Number(settings.AutologoutSeconds))),
        new("still-here", "N", settings => One(Number(settings.StillHereSeconds))),
        new("peer-timeout", "N", settings => One(Number(settings.PeerTimeoutSeconds))),
        new("greeting", "TEXT", settings => One(settings.Greeting)),
        new("id", "FIELD=VALUE", settings => settings.IdFields.DefaultIfEmpty(NoFile)) { Repeats = true },
        new("login-disabled", "TEXT", settings => One(settings.LoginDisabled)),
        new("alert-file", "FILE", settings => One(settings.AlertPath)),
        new("handover-grace", "N", settings => One(Number(settings.HandoverGraceSeconds))),
        new("control-socket", "PATH", settings => One(settings.ControlSocketPath ?? NoFile)),
        new("metrics-file", "FILE", settings => One(settings.MetricsPath)),
        new("rawlog", "DIR", settings => One(settings.RawLogPath)),
        new("log-level", "LEVEL", settings => One(Level(settings.LogLevel))),
        new("preauth", null, settings => Switch(settings.Mode == RunMode.Preauth)) { IsCommandLineOnly = true },
        new("inetd", null, settings => Switch(settings.Mode == RunMode.Inetd)) { IsCommandLineOnly = true },
        new("check-config", null, _ => []) { IsCommandLineOnly = true },
        new("dump-config", null, _ => []) { IsCommandLineOnly = true },
        new("version", null, _ => []) { IsCommandLineOnly = true },
        new("help", null, _ => []) { IsCommandLineOnly = true },
    ];

    /// <summary>What <c>--config</c>, <c>--control-socket</c> and <c>--id</c> are given when there shall be none.</summary>
    public const string NoFile = "none";

    private static readonly FrozenDictionary<string, OptionRow> ByName = Rows.ToFrozenDictionary(row => row.Name);

    /// <summary>The option of this name; null: there is none.</summary>
    public static OptionRow? Find(string name) => ByName.GetValueOrDefault(name);

    private static IEnumerable<string> One(string? value) => value is null ? [] : [value];

    private static IEnumerable<string> Switch(bool isOn) => One(isOn ? "yes" : "no");

    private static IEnumerable<string> Ports(Settings settings, bool implicitTls) => settings.Listen
        .Where(address => address.ImplicitTls == implicitTls)
        .Select(address => Number(address.EndPoint.Port))
        .Distinct();

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Error => "error",
        LogEventLevel.Warning => "warning",
        LogEventLevel.Debug => "debug",
        _ => "info",
    };
}
