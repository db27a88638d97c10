using System.Net;
using Imapd.Protocol.Handoff;
using Serilog.Events;

namespace Imapd.Master.Configuration;

/// <summary>Where mail is kept.</summary>
internal enum StorageKind
{
    /// <summary>A Maildir on a private tmpfs directory, gone when the server ends; the account test.</summary>
    Memory,

    /// <summary>Maildirs on disk.</summary>
    Maildir,
}

/// <summary>How this process came by its connections.</summary>
internal enum RunMode
{
    /// <summary>It listens.</summary>
    Listen,

    /// <summary>One accepted socket on descriptor 0.</summary>
    Inetd,

    /// <summary>Descriptors 0 and 1 are the client, who is the user that started it.</summary>
    Preauth,
}

/// <summary>An address and port to listen on.</summary>
/// <param name="EndPoint">Where.</param>
/// <param name="ImplicitTls">TLS from the first octet; else cleartext, with STARTTLS when there is a certificate.</param>
internal readonly record struct ListenAddress(IPEndPoint EndPoint, bool ImplicitTls);

/// <summary>Where a certificate is.</summary>
/// <param name="CertificatePath">PEM file with the chain, leaf first.</param>
/// <param name="KeyPath">PEM file with the key; null: it is in the certificate's file.</param>
internal sealed record CertificateFiles(string CertificatePath, string? KeyPath)
{
    /// <summary>File and line that name the certificate; null: the command line.</summary>
    public string? CertificatePlace { get; init; }

    /// <summary>File and line that name the key; null: the command line, or nothing does.</summary>
    public string? KeyPlace { get; init; }
}

/// <summary>Command line and configuration file, checked: nothing in here needs to be looked at again.</summary>
internal sealed record Settings
{
    /// <summary>The configuration file that was read; null: none was.</summary>
    public string? ConfigPath { get; init; }

    public RunMode Mode { get; init; }

    public required IReadOnlyList<ListenAddress> Listen { get; init; }

    /// <summary>The inetd socket begins with a handshake.</summary>
    public bool ImplicitTls { get; init; }

    /// <summary>
    /// One for each name the server is called by; the first is for clients that name none, or another. None: no TLS at all.
    /// </summary>
    public IReadOnlyList<CertificateFiles> Certificates { get; init; } = [];

    /// <summary>There is a certificate, so handshakes are possible.</summary>
    public bool HasCertificate => Certificates.Count > 0;

    /// <summary>Sources whose connections begin with a header of the PROXY protocol.</summary>
    public IReadOnlyList<IPNetwork> ProxyFrom { get; init; } = [];

    public StorageKind Storage { get; init; }

    /// <summary>What <c>maildir-path</c> says, when it is what says where mail is.</summary>
    public string? MailRoot { get; init; }

    /// <summary>Where a user's mail is; null: in memory.</summary>
    public MailLocation? MailLocation { get; init; }

    /// <summary>Where in a user's mail the mailboxes are: <c>maildir++</c> or <c>fs</c>.</summary>
    public string Layout { get; init; } = "maildir++";

    /// <summary>Mailboxes that every user is to have.</summary>
    public IReadOnlyList<AutoMailbox> AutoMailboxes { get; init; } = [];

    /// <summary>The prefix under which every mailbox has a second name, or <c>none</c>.</summary>
    public string PrefixAlias { get; init; } = "INBOX.";

    /// <summary>One worker per connection, which becomes the user; else one worker for all.</summary>
    public bool Fork { get; init; }

    /// <summary>The uid that the one worker for all takes on; null: it stays what it is.</summary>
    public uint? RunAs { get; init; }

    public uint MinUid { get; init; }

    public required string PamService { get; init; }

    /// <summary>Who may log in, by which names.</summary>
    public LoginNames LoginNames { get; init; } = new();

    /// <summary>Who says who clients are; null: nobody does.</summary>
    public PreauthSettings? Preauth { get; init; }

    public bool InsecureAuth { get; init; }

    public int SpareWorkers { get; init; }

    public int MaxConnections { get; init; }

    public int MaxPerAddress { get; init; }

    public int MaxPerUser { get; init; }

    public IReadOnlyList<WorkerLimit> WorkerLimits { get; init; } = [];

    /// <summary>Below which a control group is made for each user; null: none is.</summary>
    public string? UserCgroup { get; init; }

    /// <summary>What is written into such a group's files, as <c>FILE=VALUE</c>.</summary>
    public IReadOnlyList<string> UserLimits { get; init; } = [];

    public int LoginTimeoutSeconds { get; init; }

    /// <summary>How long a client may ask for nothing.</summary>
    public int AutologoutSeconds { get; init; }

    /// <summary>How often a client in IDLE is sent a line; 0: never.</summary>
    public int StillHereSeconds { get; init; }

    /// <summary>How long a client's host may answer nothing at all; 0: as long as the system has it.</summary>
    public int PeerTimeoutSeconds { get; init; }

    /// <summary>What the greeting says behind its code.</summary>
    public string Greeting { get; init; } = "imapd ready";

    /// <summary>What ID answers, see <see cref="ServerWords.ReadId"/>.</summary>
    public IReadOnlyList<string> IdFields { get; init; } = [];

    /// <summary>Why nobody may log in; null: everybody may.</summary>
    public string? LoginDisabled { get; init; }

    /// <summary>What everybody who logs in is alerted with; null: nothing.</summary>
    public string? AlertPath { get; init; }

    /// <summary>How long sessions may go on after another process has taken the listeners over.</summary>
    public int HandoverGraceSeconds { get; init; }

    /// <summary>Where <c>imapd status</c> and its like ask, see <see cref="Control.ControlPath"/>; null: nowhere.</summary>
    public string? ControlSocketPath { get; init; }

    /// <summary>Where counters are written for Prometheus; null: nowhere.</summary>
    public string? MetricsPath { get; init; }

    /// <summary>Where what was said in each session is kept; null: nowhere.</summary>
    public string? RawLogPath { get; init; }

    public LogEventLevel LogLevel { get; init; }

    /// <summary>Absolute path of imapd-worker.</summary>
    public required string WorkerPath { get; init; }

    /// <summary>Passwords are checked by PAM.</summary>
    public bool UsesPam => Mode != RunMode.Preauth && Storage == StorageKind.Maildir;
}
