using CommandLine;

namespace Imapd.Master.Configuration;

/// <summary>
/// The command line as typed, in the form the library that reads it wants: an option of <see cref="OptionTable"/> each.
/// Numbers are kept as text and read by <see cref="SettingsReader"/>, which can say what is wrong with them.
/// </summary>
internal sealed class Options
{
    [Option("config")]
    public string? Config { get; set; }

    [Option('p', "port")]
    public IEnumerable<string> Ports { get; set; } = [];

    [Option("starttls-port")]
    public IEnumerable<string> StartTlsPorts { get; set; } = [];

    [Option('h', "host")]
    public IEnumerable<string> Hosts { get; set; } = [];

    [Option('s', "storage")]
    public string? Storage { get; set; }

    [Option("maildir-path")]
    public string? MaildirPath { get; set; }

    [Option("mail-location")]
    public string? MailLocation { get; set; }

    [Option("layout")]
    public string? Layout { get; set; }

    [Option("prefix-alias")]
    public string? PrefixAlias { get; set; }

    [Option("auto")]
    public IEnumerable<string> AutoMailboxes { get; set; } = [];

    [Option("tls")]
    public bool Tls { get; set; }

    [Option("cert")]
    public IEnumerable<string> Certificates { get; set; } = [];

    [Option("key")]
    public IEnumerable<string> Keys { get; set; } = [];

    [Option("proxy-from")]
    public IEnumerable<string> ProxyFrom { get; set; } = [];

    [Option("fork")]
    public bool Fork { get; set; }

    [Option("user")]
    public string? User { get; set; }

    [Option("min-uid")]
    public string? MinUid { get; set; }

    [Option("pam-service")]
    public string? PamService { get; set; }

    [Option("strip-domain")]
    public IEnumerable<string> StripDomains { get; set; } = [];

    [Option("lowercase-login")]
    public bool LowercaseLogin { get; set; }

    [Option("deny-user")]
    public IEnumerable<string> DenyUsers { get; set; } = [];

    [Option("allow-user")]
    public IEnumerable<string> AllowUsers { get; set; } = [];

    [Option("deny-group")]
    public IEnumerable<string> DenyGroups { get; set; } = [];

    [Option("allow-group")]
    public IEnumerable<string> AllowGroups { get; set; } = [];

    [Option("preauth-program")]
    public string? PreauthProgram { get; set; }

    [Option("preauth-account")]
    public string? PreauthAccount { get; set; }

    [Option("insecure-auth")]
    public bool InsecureAuth { get; set; }

    [Option("spare-workers")]
    public string? SpareWorkers { get; set; }

    [Option("max-connections")]
    public string? MaxConnections { get; set; }

    [Option("max-per-address")]
    public string? MaxPerAddress { get; set; }

    [Option("max-per-user")]
    public string? MaxPerUser { get; set; }

    [Option("worker-limit")]
    public IEnumerable<string> WorkerLimits { get; set; } = [];

    [Option("user-cgroup")]
    public string? UserCgroup { get; set; }

    [Option("user-limit")]
    public IEnumerable<string> UserLimits { get; set; } = [];

    [Option("login-timeout")]
    public string? LoginTimeout { get; set; }

    [Option("autologout")]
    public string? Autologout { get; set; }

    [Option("still-here")]
    public string? StillHere { get; set; }

    [Option("peer-timeout")]
    public string? PeerTimeout { get; set; }

    [Option("greeting")]
    public string? Greeting { get; set; }

    [Option("id")]
    public IEnumerable<string> Id { get; set; } = [];

    [Option("login-disabled")]
    public string? LoginDisabled { get; set; }

    [Option("alert-file")]
    public string? AlertFile { get; set; }

    [Option("rawlog")]
    public string? RawLog { get; set; }

    [Option("handover-grace")]
    public string? HandoverGrace { get; set; }

    [Option("control-socket")]
    public string? ControlSocket { get; set; }

    [Option("metrics-file")]
    public string? MetricsFile { get; set; }

    [Option("preauth")]
    public bool Preauth { get; set; }

    [Option("inetd")]
    public bool Inetd { get; set; }

    [Option("log-level")]
    public string? LogLevel { get; set; }

    [Option("check-config")]
    public bool CheckConfig { get; set; }

    [Option("dump-config")]
    public bool DumpConfig { get; set; }

    [Option("version")]
    public bool Version { get; set; }

    [Option("help")]
    public bool Help { get; set; }

    /// <summary>What is not an option; there is nothing of the kind.</summary>
    [Value(0)]
    public IEnumerable<string> Rest { get; set; } = [];
}
