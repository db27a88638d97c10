using System.Globalization;
using System.Net;
using Imapd.Master.Native;
using Imapd.Master.Spawning;
using Serilog.Events;

namespace Imapd.Master.Configuration;

/// <summary>
/// From <see cref="Options"/> to <see cref="Settings"/>: fills in what was left out and refuses what cannot be, with one
/// line that says what to change.
/// </summary>
/// <param name="effectiveUser">The uid this process runs as.</param>
/// <param name="workerPath">Where imapd-worker is; null: it is not installed.</param>
internal sealed class SettingsReader(uint effectiveUser, string? workerPath)
{
    private const string NobodyName = "nobody";

    private bool IsRoot => effectiveUser == 0;

    public static SettingsReader ForThisProcess() => new(Descriptors.EffectiveUser, WorkerLocation.Find());

    /// <exception cref="UsageException">Something cannot be.</exception>
    public Settings Read(Options options)
    {
        RunMode mode = ReadMode(options);
        CheckTls(options);
        StorageKind storage = ReadStorage(options, mode);
        CheckFork(options, mode, storage);
        string? mailRoot = ReadMailRoot(options, storage, mode);
        var settings = new Settings
        {
            Mode = mode,
            Listen = mode == RunMode.Listen ? ListenAddresses.Read(options) : [],
            ImplicitTls = options.Tls,
            CertificatePath = Absolute(options.Certificate),
            KeyPath = Absolute(options.Key),
            Storage = storage,
            MailRoot = mailRoot,
            Layout = ReadOneOf("--layout", options.Layout, "maildir++", "fs"),
            PrefixAlias = ReadOneOf("--prefix-alias", options.PrefixAlias, "INBOX.", "INBOX/", "none"),
            Fork = options.Fork,
            RunAs = ReadRunAs(options, storage, mode, mailRoot),
            MinUid = (uint)ReadNumber("--min-uid", options.MinUid, 1000, 1, int.MaxValue),
            PamService = ReadPamService(options.PamService),
            InsecureAuth = options.InsecureAuth,
            SpareWorkers = ReadNumber("--spare-workers", options.SpareWorkers, 2, 0, 1000),
            MaxConnections = ReadNumber("--max-connections", options.MaxConnections, 2000, 1, 1_000_000),
            MaxPerAddress = ReadNumber("--max-per-address", options.MaxPerAddress, 200, 1, 1_000_000),
            MaxPerUser = ReadNumber("--max-per-user", options.MaxPerUser, 50, 1, 1_000_000),
            LoginTimeoutSeconds = ReadNumber("--login-timeout", options.LoginTimeout, 60, 1, 3600),
            LogLevel = ReadLogLevel(options.LogLevel),
            CheckOnly = options.CheckConfig,
            WorkerPath = workerPath ?? throw new UsageException(
                "imapd-worker is not installed: it is looked for at "
                + string.Join(", ", WorkerLocation.Candidates(AppContext.BaseDirectory))),
        };
        RequireLoopbackForMemory(settings);
        return settings;
    }

    /// <summary>A whole number in decimal.</summary>
    /// <exception cref="UsageException">It is none, or out of its range.</exception>
    public static int ReadNumber(string option, string? text, int absent, int min, int max)
    {
        if (text is null)
        {
            return absent;
        }
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            && value >= min && value <= max
            ? value
            : throw new UsageException($"{option} '{text}' is not a number from {min} to {max}");
    }

    /// <summary>One of some words; the first when there is none.</summary>
    private static string ReadOneOf(string option, string? text, params ReadOnlySpan<string> words)
    {
        text ??= words[0];
        return words.Contains(text)
            ? text
            : throw new UsageException($"{option} '{text}' is none of {string.Join(", ", words)}");
    }

    private static string? Absolute(string? path) => path is null ? null : Path.GetFullPath(path);

    private static RunMode ReadMode(Options options)
    {
        if (options.Preauth && options.Inetd)
        {
            throw new UsageException("--preauth and --inetd exclude each other");
        }
        RunMode mode = options.Preauth ? RunMode.Preauth : options.Inetd ? RunMode.Inetd : RunMode.Listen;
        if (mode != RunMode.Listen && (options.Ports.Any() || options.StartTlsPorts.Any() || options.Hosts.Any()))
        {
            throw new UsageException("--port, --starttls-port and --host have no use with --preauth or --inetd");
        }
        if (mode == RunMode.Preauth && (options.Fork || options.Tls || options.User is not null))
        {
            throw new UsageException("--fork, --tls and --user have no use with --preauth");
        }
        return mode;
    }

    private static void CheckTls(Options options)
    {
        if (options.Certificate is null && options.Tls)
        {
            throw new UsageException("--tls needs a certificate: --cert FILE");
        }
        if (options.Certificate is null && options.StartTlsPorts.Any())
        {
            throw new UsageException("--starttls-port needs a certificate: --cert FILE");
        }
        if (options.Certificate is null && options.Key is not null)
        {
            throw new UsageException("--key needs a certificate: --cert FILE");
        }
    }

    private static StorageKind ReadStorage(Options options, RunMode mode) => options.Storage switch
    {
        null => options.Fork || mode == RunMode.Preauth ? StorageKind.Maildir : StorageKind.Memory,
        "maildir" => StorageKind.Maildir,
        "memory" when options.Fork => throw new UsageException(
            "--fork serves the Maildirs of the system's users and cannot be used with --storage memory"),
        "memory" when mode == RunMode.Preauth => throw new UsageException(
            "--preauth serves the Maildir of the invoking user and cannot be used with --storage memory"),
        "memory" => StorageKind.Memory,
        string other => throw new UsageException($"--storage '{other}' is neither memory nor maildir"),
    };

    private void CheckFork(Options options, RunMode mode, StorageKind storage)
    {
        if (options.Fork && !IsRoot)
        {
            throw new UsageException("--fork needs root, to become the user who logs in");
        }
        if (options.Fork && options.User is not null)
        {
            throw new UsageException("--user has no use with --fork: each process becomes the user who logs in");
        }
        if (mode == RunMode.Preauth && IsRoot)
        {
            throw new UsageException("--preauth serves the user who starts it, and never root");
        }
        if (storage == StorageKind.Memory && options.MaildirPath is not null)
        {
            throw new UsageException("--maildir-path has no use with --storage memory (add --storage maildir)");
        }
    }

    private static string? ReadMailRoot(Options options, StorageKind storage, RunMode mode)
    {
        if (storage == StorageKind.Memory)
        {
            return null;
        }
        string? path = options.MaildirPath ?? (options.Fork || mode == RunMode.Preauth ? null : "/var/mail");
        if (path is null)
        {
            return null;
        }
        string absolute = Path.GetFullPath(path);
        return Directory.Exists(absolute)
            ? absolute
            : throw new UsageException($"--maildir-path {absolute} is not a directory");
    }

    private uint? ReadRunAs(Options options, StorageKind storage, RunMode mode, string? mailRoot)
    {
        if (options.Fork || mode == RunMode.Preauth)
        {
            return null;
        }
        if (options.User is not null)
        {
            uint user = Accounts.FindUser(options.User)
                ?? throw new UsageException($"--user '{options.User}' is not a user of this host");
            return user switch
            {
                0 => throw new UsageException("--user must not be root"),
                _ when IsRoot => user,
                _ when user == effectiveUser => null,
                _ => throw new UsageException($"--user {options.User} needs root"),
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
        uint owner = Accounts.OwnerOfDirectory(mailRoot!)
            ?? throw new UsageException($"--maildir-path {mailRoot} cannot be looked at");
        return owner != 0 ? owner : throw new UsageException(
            $"--maildir-path {mailRoot} belongs to root, and root serves no mail: name a user with --user, or add --fork");
    }

    private static string ReadPamService(string? service)
    {
        service ??= "imapd";
        bool isName = service.Length is > 0 and <= 64
            && service[0] != '.'
            && service.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        return isName ? service : throw new UsageException($"--pam-service '{service}' is not a name of a PAM service");
    }

    private static LogEventLevel ReadLogLevel(string? level) => level switch
    {
        "error" => LogEventLevel.Error,
        "warning" => LogEventLevel.Warning,
        null or "info" => LogEventLevel.Information,
        "debug" => LogEventLevel.Debug,
        _ => throw new UsageException($"--log-level '{level}' is none of error, warning, info, debug"),
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
