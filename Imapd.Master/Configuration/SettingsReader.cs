using System.Globalization;
using System.Net;
using System.Text;
using Imapd.Master.Control;
using Imapd.Master.Native;
using Imapd.Master.Spawning;
using Imapd.Protocol.Handoff;
using Serilog.Events;

namespace Imapd.Master.Configuration;

/// <summary>
/// From <see cref="OptionValues"/> to <see cref="Settings"/>: fills in what was left out and refuses what cannot be, with
/// one line that says what to change, and where it stands.
/// </summary>
/// <param name="effectiveUser">The uid this process runs as.</param>
/// <param name="workerPath">Where imapd-worker is; null: it is not installed.</param>
internal sealed class SettingsReader(uint effectiveUser, string? workerPath)
{
    private const string NobodyName = "nobody";
    private const int Week = 7 * 24 * 3600;

    private static readonly string[] ForListening = ["port", "starttls-port", "host"];
    private static readonly string[] ForServing = ["fork", "tls", "user", "preauth-program", "preauth-account"];
    private static readonly string[] ForMail = ["maildir-path", "mail-location"];

    private bool IsRoot => effectiveUser == 0;

    public static SettingsReader ForThisProcess() => new(Descriptors.EffectiveUser, WorkerLocation.Find());

    /// <exception cref="UsageException">Something cannot be.</exception>
    public Settings Read(OptionValues written)
    {
        RunMode mode = ReadMode(written);
        OptionValues options = ForMode(written, mode);
        CheckTls(options);
        StorageKind storage = ReadStorage(options, mode);
        CheckFork(options, mode, storage);
        var mail = MailPlace.Read(options, storage, isEachHisOwn: options.IsOn("fork") || mode == RunMode.Preauth);
        var settings = new Settings
        {
            ConfigPath = options.Text("config"),
            Mode = mode,
            Listen = mode == RunMode.Listen ? ListenAddresses.Read(options) : [],
            ImplicitTls = options.IsOn("tls"),
            Certificates = ReadCertificates(options),
            ProxyFrom = ProxyNetworks.Read(options),
            Storage = storage,
            MailRoot = mail.Base,
            MailLocation = mail.Location,
            Layout = ReadLayout(options, mail),
            AutoMailboxes = ReadAutoMailboxes(options),
            PrefixAlias = ReadOneOf(options, "prefix-alias", "INBOX.", "INBOX/", "none"),
            Fork = options.IsOn("fork"),
            RunAs = ReadRunAs(options, storage, mode, mail),
            MinUid = (uint)ReadNumber(options, "min-uid", 1000, 1, int.MaxValue),
            PamService = ReadPamService(options),
            LoginNames = LoginNames.Read(options),
            Preauth = PreauthSettings.Read(options),
            InsecureAuth = options.IsOn("insecure-auth"),
            SpareWorkers = ReadNumber(options, "spare-workers", 2, 0, 1000),
            MaxConnections = ReadNumber(options, "max-connections", 2000, 1, 1_000_000),
            MaxPerAddress = ReadNumber(options, "max-per-address", 200, 1, 1_000_000),
            MaxPerUser = ReadNumber(options, "max-per-user", 50, 1, 1_000_000),
            WorkerLimits = WorkerLimit.Read(options),
            UserCgroup = mode == RunMode.Preauth ? null : UserGroupSettings.ReadParent(options),
            UserLimits = UserGroupSettings.ReadLimits(options),
            LoginTimeoutSeconds = ReadNumber(options, "login-timeout", 60, 1, 3600),
            AutologoutSeconds = ReadNumber(options, "autologout", 1800, 1800, Week), // RFC 9051 §5.4 allows no less
            StillHereSeconds = ReadNumber(options, "still-here", 120, 0, Week),
            PeerTimeoutSeconds = ReadNumber(options, "peer-timeout", 300, 0, Week),
            Greeting = ServerWords.ReadText(options, "greeting") ?? "imapd ready",
            IdFields = ServerWords.ReadId(options),
            LoginDisabled = ServerWords.ReadText(options, "login-disabled"),
            AlertPath = Absolute(options.Find("alert-file")),
            HandoverGraceSeconds = ReadNumber(options, "handover-grace", 3600, 0, Week),
            ControlSocketPath = mode != RunMode.Listen ? null
                : ReadControlSocket(options, IsRoot && options.IsOn("fork") ? ControlPath.Default : null),
            MetricsPath = mode == RunMode.Listen ? Absolute(options.Find("metrics-file")) : null,
            RawLogPath = ReadRawLog(options),
            LogLevel = ReadLogLevel(options),
            WorkerPath = workerPath ?? throw new UsageException(
                "imapd-worker is not installed: it is looked for at "
                + string.Join(", ", WorkerLocation.Candidates(AppContext.BaseDirectory))),
        };
        RequireLoopbackForMemory(settings);
        return settings;
    }

    /// <summary>The control socket's path; null: there is none.</summary>
    /// <param name="options">What was written.</param>
    /// <param name="absent">What it is when nothing was.</param>
    /// <exception cref="UsageException">It is too long for a socket's address.</exception>
    public static string? ReadControlSocket(OptionValues options, string? absent) => options.Find("control-socket") switch
    {
        null => absent,
        { Text: OptionTable.NoFile } => null,
        { } written when Encoding.UTF8.GetByteCount(Absolute(written)!) <= ControlPath.MaxOctets => Absolute(written),
        { } written => throw OptionValues.Refuse("control-socket", written, $"is longer than {ControlPath.MaxOctets} octets"),
    };

    /// <summary>A whole number in decimal.</summary>
    /// <exception cref="UsageException">It is none, or out of its range.</exception>
    public static int ReadNumber(string name, OptionValue? written, int absent, int min, int max)
    {
        if (written is not OptionValue value)
        {
            return absent;
        }
        return int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= min && number <= max
            ? number
            : throw OptionValues.Refuse(name, value, $"is not a number from {min} to {max}");
    }

    private static int ReadNumber(OptionValues options, string name, int absent, int min, int max) =>
        ReadNumber(name, options.Find(name), absent, min, max);

    /// <summary>One of some words; the first when there is none.</summary>
    private static string ReadOneOf(OptionValues options, string name, params string[] words)
    {
        if (options.Find(name) is not OptionValue value)
        {
            return words[0];
        }
        return words.Contains(value.Text)
            ? value.Text
            : throw OptionValues.Refuse(name, value, $"is none of {string.Join(", ", words)}");
    }

    private static List<AutoMailbox> ReadAutoMailboxes(OptionValues options)
    {
        List<AutoMailbox> mailboxes = [];
        foreach (OptionValue written in options.All("auto"))
        {
            if (!AutoMailbox.TryParse(written.Text, out AutoMailbox? mailbox, out string problem))
            {
                throw OptionValues.Refuse("auto", written, problem);
            }
            if (mailboxes.Exists(other => other.Use == mailbox.Use || other.Name == mailbox.Name))
            {
                throw OptionValues.Refuse("auto", written, "comes after another for the same use or of the same name");
            }
            mailboxes.Add(mailbox);
        }
        return mailboxes;
    }

    // What is written into the location is nearer to the mail.
    private static string ReadLayout(OptionValues options, MailPlace mail)
    {
        string layout = ReadOneOf(options, "layout", "maildir++", "fs");
        return mail.Location?.Layout ?? layout;
    }

    // A path in the file belongs to the file's directory, as an include does; one that was typed, to where it was typed.
    public static string? Absolute(OptionValue? written) => written switch
    {
        null => null,
        { Place: string place } value => Path.GetFullPath(value.Text, Path.GetDirectoryName(place)!),
        { } value => Path.GetFullPath(value.Text),
    };

    private static RunMode ReadMode(OptionValues options)
    {
        bool isPreauth = options.IsOn("preauth");
        if (isPreauth && options.IsOn("inetd"))
        {
            throw new UsageException("--preauth and --inetd exclude each other");
        }
        RunMode mode = isPreauth ? RunMode.Preauth : options.IsOn("inetd") ? RunMode.Inetd : RunMode.Listen;
        if (mode != RunMode.Listen && ForListening.Any(options.IsOnCommandLine))
        {
            throw new UsageException("--port, --starttls-port and --host have no use with --preauth or --inetd");
        }
        if (mode == RunMode.Preauth && ForServing.Any(options.IsOnCommandLine))
        {
            throw new UsageException($"--{string.Join(", --", ForServing)} have no use with --preauth");
        }
        return mode;
    }

    // What the file says of the daemon does not concern a connection that is there already.
    private static OptionValues ForMode(OptionValues options, RunMode mode) => mode switch
    {
        RunMode.Preauth => options.Without([.. ForListening, .. ForServing, "storage", "rawlog"]),
        RunMode.Inetd => options.Without(ForListening),
        _ => options,
    };

    private static void CheckTls(OptionValues options)
    {
        if (options.Find("cert") is not null)
        {
            return;
        }
        foreach (string name in (ReadOnlySpan<string>)["tls", "starttls-port", "key"])
        {
            if (options.Find(name) is { Text: not "no" })
            {
                throw new UsageException($"{options.Called(name)} needs a certificate: {(options.Find(name)?.Place is null ? "--" : "")}cert FILE");
            }
        }
    }

    private static List<CertificateFiles> ReadCertificates(OptionValues options)
    {
        IReadOnlyList<OptionValue> certificates = options.All("cert");
        IReadOnlyList<OptionValue> keys = options.All("key");
        return keys.Count == 0 || keys.Count == certificates.Count
            ? [.. certificates.Select((file, index) => ReadPair(file, keys.Count == 0 ? null : keys[index]))]
            : throw new UsageException(
                $"{options.Called("key")}: there are {certificates.Count} of cert and {keys.Count} of key; give each certificate its key, "
                + "in the same order, or no key at all when each is in its certificate's file");
    }

    private static CertificateFiles ReadPair(OptionValue certificate, OptionValue? key) =>
        new(Absolute(certificate)!, Absolute(key)) { CertificatePlace = certificate.Place, KeyPlace = key?.Place };

    private static StorageKind ReadStorage(OptionValues options, RunMode mode)
    {
        bool isFork = options.IsOn("fork");
        return options.Find("storage") switch
        {
            null => isFork || mode == RunMode.Preauth ? StorageKind.Maildir : StorageKind.Memory,
            { Text: "maildir" } => StorageKind.Maildir,
            { Text: "memory" } when isFork => throw new UsageException(
                $"{options.Called("fork")} serves the Maildirs of the system's users and cannot be used with {options.Called("storage")} memory"),
            { Text: "memory" } when mode == RunMode.Preauth => throw new UsageException(
                "--preauth serves the Maildir of the invoking user and cannot be used with --storage memory"),
            { Text: "memory" } => StorageKind.Memory,
            { } other => throw OptionValues.Refuse("storage", other, "is neither memory nor maildir"),
        };
    }

    private void CheckFork(OptionValues options, RunMode mode, StorageKind storage)
    {
        if (options.IsOn("fork") && !IsRoot)
        {
            throw new UsageException($"{options.Called("fork")} needs root, to become the user who logs in");
        }
        if (options.IsOn("fork") && options.Find("user") is not null)
        {
            throw new UsageException(
                $"{options.Called("user")} has no use with {options.Called("fork")}: each process becomes the user who logs in");
        }
        if (mode == RunMode.Preauth && IsRoot)
        {
            throw new UsageException("--preauth serves the user who starts it, and never root");
        }
        if (storage == StorageKind.Memory && ForMail.FirstOrDefault(options.IsOnCommandLine) is string place)
        {
            throw new UsageException($"--{place} has no use with --storage memory (add --storage maildir)");
        }
    }

    private uint? ReadRunAs(OptionValues options, StorageKind storage, RunMode mode, MailPlace mail)
    {
        if (options.IsOn("fork") || mode == RunMode.Preauth)
        {
            return null;
        }
        if (options.Find("user") is OptionValue name)
        {
            uint user = Accounts.FindUser(name.Text) ?? throw OptionValues.Refuse("user", name, "is not a user of this host");
            return user switch
            {
                0 => throw OptionValues.Refuse("user", name, "must not be root"),
                _ when IsRoot => user,
                _ when user == effectiveUser => null,
                _ => throw OptionValues.Refuse("user", name, "needs root"),
            };
        }
        if (!IsRoot)
        {
            return null;
        }
        if (storage == StorageKind.Memory)
        {
            return Accounts.FindUser(NobodyName)
                ?? throw new UsageException($"there is no user {NobodyName} to serve as: name one with --user");
        }
        string directory = mail.Location!.CommonDirectory!;
        uint owner = Accounts.OwnerOfDirectory(directory)
            ?? throw new UsageException($"{directory}, where the mail is, cannot be looked at");
        return owner != 0 ? owner : throw new UsageException(
            $"{directory}, where the mail is, belongs to root, and root serves no mail: name a user with --user, or add --fork");
    }

    private static string ReadPamService(OptionValues options)
    {
        if (options.Find("pam-service") is not OptionValue service)
        {
            return "imapd";
        }
        bool isName = service.Text.Length is > 0 and <= 64
            && service.Text[0] != '.'
            && service.Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        return isName ? service.Text : throw OptionValues.Refuse("pam-service", service, "is not a name of a PAM service");
    }

    private string? ReadRawLog(OptionValues options)
    {
        if (options.Find("rawlog") is not OptionValue value)
        {
            return null;
        }
        if (value.Text.StartsWith(RawLogDirectory.Home, StringComparison.Ordinal))
        {
            return options.IsOn("fork") || options.IsOn("preauth")
                ? RawLogDirectory.CheckAtHome(value)
                : throw new UsageException($"{options.Called("rawlog")}, in the homes, needs --fork or --preauth: one worker for all has no home");
        }
        if (IsRoot && !options.IsOn("fork"))
        {
            throw new UsageException($"{options.Called("rawlog")}, as root, needs --fork: the one worker for all cannot write where only root can");
        }
        return RawLogDirectory.Check(value with { Text = Absolute(value)! }, effectiveUser);
    }

    private static LogEventLevel ReadLogLevel(OptionValues options) => ReadOneOf(options, "log-level", "info", "error", "warning", "debug") switch
    {
        "error" => LogEventLevel.Error,
        "warning" => LogEventLevel.Warning,
        "debug" => LogEventLevel.Debug,
        _ => LogEventLevel.Information,
    };

    private static void RequireLoopbackForMemory(Settings settings)
    {
        foreach (ListenAddress address in settings.Listen)
        {
            if (settings.Storage == StorageKind.Memory && !IPAddress.IsLoopback(address.EndPoint.Address))
            {
                throw new UsageException(
                    $"--host {address.EndPoint.Address} is not a loopback address, and --storage memory has an account "
                    + "whose password everybody knows");
            }
        }
    }
}
