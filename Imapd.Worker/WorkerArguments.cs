using System.Collections.Frozen;
using System.Globalization;
using Imapd.Protocol.Handoff;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Import;
using Imapd.Worker.Login;
using Imapd.Worker.Modes;
using Imapd.Worker.Session;

namespace Imapd.Worker;

/// <summary>What the worker was started as.</summary>
internal enum WorkerMode
{
    /// <summary>One connection, handed over by the master; the process becomes its user.</summary>
    Connection,

    /// <summary>All connections of a master, under one identity.</summary>
    ServeAll,

    /// <summary>One password checked, and no more.</summary>
    Authenticate,

    /// <summary>Standard input and output, as the user who started it.</summary>
    Preauthenticated,

    /// <summary>A mailbox checked, and no session at all.</summary>
    CheckMailbox,

    /// <summary>Another program run as an unprivileged account: of this one nothing is left.</summary>
    Program,

    /// <summary>The messages of mboxes brought into mailboxes, and no session either.</summary>
    ImportMbox,
}

/// <summary>The worker's command line. The master writes it, except for <c>--preauth</c>, so it is small and strict.</summary>
internal sealed record WorkerArguments
{
    /// <summary>What to write when the command line is wrong.</summary>
    public const string Usage =
        "usage: imapd-worker --connection | --serve-all | --authenticate | --preauth [--pam-service NAME] [--min-uid N]\n"
        + "           [--insecure-auth] [--mail-location LOCATION] [--run-as UID] [--storage memory|maildir] [--login-timeout SECONDS]\n"
        + "           [--layout maildir++|fs] [--prefix-alias INBOX.|INBOX/|none] [--user-cgroup DIR [--user-limit FILE=VALUE]...] [--limit NAME=N]... [--auto MAILBOX]...\n"
        + "           [--autologout SECONDS] [--still-here SECONDS]\n"
        + "           [--greeting TEXT] [--id none|FIELD[=VALUE]]... [--login-disabled TEXT]\n"
        + "           [--rawlog DIR]\n"
        + "           [--deny-user PATTERN]... [--allow-user PATTERN]... [--deny-group PATTERN]... [--allow-group PATTERN]...\n"
        + "           [--strip-domain DOMAIN]... [--lowercase-login]\n"
        + "           [--preauth-program PATH --preauth-account UID]\n"
        + "       imapd-worker --run-program UID PATH [NAME=VALUE]...\n"
        + "       imapd-worker --check-mailbox PATH [--repair] [--layout maildir++|fs]\n"
        + "       imapd-worker --import-mbox [--mailbox NAME] [--quoting mboxrd|mboxo|none] [--subscribe] --file MBOX...\n"
        + "           [--mail-location LOCATION] [--layout maildir++|fs]\n"
        + "Started by imapd; only --preauth, --check-mailbox and --import-mbox are of use by hand.";

    // A week, which in milliseconds is an int.
    private const int MaxSeconds = 7 * 24 * 3600;

    /// <summary>What the worker is to do.</summary>
    public required WorkerMode Mode { get; init; }

    /// <summary>The file in /etc/pam.d that says who may log in.</summary>
    public string PamService { get; init; } = "imapd";

    /// <summary>The lowest uid that may log in; 0 never may.</summary>
    public uint MinUserId { get; init; } = 1000;

    /// <summary>By which names who may log in.</summary>
    public LoginRules LoginRules { get; init; } = new();

    /// <summary>Passwords are taken in cleartext.</summary>
    public bool InsecureAuth { get; init; }

    /// <summary>Where a user's mail is.</summary>
    public MailLocation Location { get; init; } = MailLocation.Default;

    /// <summary>Where in a user's mail the mailboxes are.</summary>
    public MailboxLayout Layout { get; init; }

    /// <summary>Mailboxes that every user is to have.</summary>
    public IReadOnlyList<AutoMailbox> AutoMailboxes { get; init; } = [];

    /// <summary>The prefix under which every mailbox has a second name; null for none.</summary>
    public string? PrefixAlias { get; init; } = "INBOX.";

    /// <summary>Whom a worker of all connections becomes; null: it stays who it is.</summary>
    public uint? RunAs { get; init; }

    /// <summary>Mail is in memory, for one account called test.</summary>
    public bool IsMemory { get; init; }

    /// <summary>Below which the user's control group is; null: he has none.</summary>
    public string? UserCgroup { get; init; }

    /// <summary>What is written into the files of that group, as <c>FILE=VALUE</c>.</summary>
    public IReadOnlyList<string> UserLimits { get; init; } = [];

    /// <summary>What the kernel gives the process at most once it is the user.</summary>
    public IReadOnlyList<WorkerLimit> Limits { get; init; } = [];

    /// <summary>Seconds a client may take to log in.</summary>
    public int LoginTimeoutSeconds { get; init; } = 60;

    /// <summary>Seconds without a command after which a client is logged out.</summary>
    public int AutologoutSeconds { get; init; } = SessionLimits.AutologoutMilliseconds / 1000;

    /// <summary>Seconds between lines to a client in IDLE; 0 for none.</summary>
    public int StillHereSeconds { get; init; } = SessionLimits.StillHereMilliseconds / 1000;

    /// <summary>What the greeting says behind its code.</summary>
    public string Greeting { get; init; } = "imapd ready";

    /// <summary>What ID answers; null for what it does by itself.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? IdFields { get; init; }

    /// <summary>Why nobody may log in now; null when everybody may.</summary>
    public string? LoginDisabled { get; init; }

    /// <summary>Where protocol logs are made; null: nowhere.</summary>
    public string? RawLog { get; init; }

    /// <summary>The program that says who a client is, or that is to be run; null: there is none.</summary>
    public string? PreauthProgram { get; init; }

    /// <summary>Whom it runs as; never 0.</summary>
    public uint PreauthAccount { get; init; }

    /// <summary>What it finds in its environment besides the account's.</summary>
    public IReadOnlyDictionary<string, string> ProgramEnvironment { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The mailbox or tree to be checked.</summary>
    public string? CheckPath { get; init; }

    /// <summary>The mboxes to be imported, absolute paths.</summary>
    public IReadOnlyList<string> ImportFiles { get; init; } = [];

    /// <summary>The mailbox they are imported into; null for one of each file's name.</summary>
    public string? ImportMailbox { get; init; }

    /// <summary>How lines are quoted in them.</summary>
    public MboxQuoting Quoting { get; init; }

    /// <summary>The mailboxes are subscribed to.</summary>
    public bool IsSubscribed { get; init; }

    /// <summary>What is checked is repaired as well.</summary>
    public bool IsRepair { get; init; }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="ArgumentException">It is wrong; the message says where.</exception>
    public static WorkerArguments Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
        {
            throw new ArgumentException("a mode is missing");
        }
        if (arguments[0] == "--check-mailbox")
        {
            return ParseCheck(arguments);
        }
        if (arguments[0] == RunProgramMode.Option)
        {
            return ParseProgram(arguments);
        }
        var read = new WorkerArguments
        {
            Mode = arguments[0] switch
            {
                "--connection" => WorkerMode.Connection,
                "--serve-all" => WorkerMode.ServeAll,
                "--authenticate" => WorkerMode.Authenticate,
                "--preauth" => WorkerMode.Preauthenticated,
                "--import-mbox" => WorkerMode.ImportMbox,
                _ => throw new ArgumentException($"'{arguments[0]}' is no mode"),
            },
        };
        for (int index = 1; index < arguments.Count; index++)
        {
            string option = arguments[index];
            if (option == "--insecure-auth")
            {
                read = read with { InsecureAuth = true };
                continue;
            }
            if (option == "--lowercase-login")
            {
                read = read with { LoginRules = read.LoginRules with { IsLowercased = true } };
                continue;
            }
            if (option == "--subscribe")
            {
                read = read with { IsSubscribed = true };
                continue;
            }
            index++;
            string value = index < arguments.Count
                ? arguments[index]
                : throw new ArgumentException($"{option} is unknown or wants a value");
            read = read.With(option, value);
        }
        return read.Location.Layout is { } layout ? read.With("--layout", layout) : read;
    }

    private static WorkerArguments ParseCheck(IReadOnlyList<string> arguments)
    {
        if (arguments.Count < 2 || arguments[1].Length == 0)
        {
            throw new ArgumentException("--check-mailbox wants a path");
        }
        var read = new WorkerArguments { Mode = WorkerMode.CheckMailbox, CheckPath = arguments[1] };
        for (int index = 2; index < arguments.Count; index++)
        {
            read = arguments[index] switch
            {
                "--repair" => read with { IsRepair = true },
                "--layout" when index + 1 < arguments.Count => read.With("--layout", arguments[++index]),
                _ => throw new ArgumentException("--check-mailbox takes a path, and behind it --repair and --layout NAME"),
            };
        }
        return read;
    }

    private static WorkerArguments ParseProgram(IReadOnlyList<string> arguments)
    {
        if (arguments.Count < 3)
        {
            throw new ArgumentException($"{RunProgramMode.Option} wants a uid and a path");
        }
        return new WorkerArguments
        {
            Mode = WorkerMode.Program,
            PreauthAccount = Unprivileged(arguments[0], arguments[1]),
            PreauthProgram = AbsolutePath(arguments[0], arguments[2]),
            ProgramEnvironment = arguments.Skip(3).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[^1]),
        };
    }

    private WorkerArguments With(string option, string value) => option switch
    {
        "--pam-service" => this with { PamService = ServiceName(value) },
        "--min-uid" => this with { MinUserId = Number(option, value) },
        "--mail-location" => this with { Location = ReadLocation(value) },
        "--auto" => AutoMailbox.TryParse(value, out AutoMailbox? mailbox, out string problem)
            ? this with { AutoMailboxes = [.. AutoMailboxes, mailbox] }
            : throw new ArgumentException($"--auto {value} {problem}"),
        "--strip-domain" => this with { LoginRules = LoginRules with { StrippedDomains = [.. LoginRules.StrippedDomains, value] } },
        "--deny-user" => this with { LoginRules = LoginRules with { DeniedUsers = [.. LoginRules.DeniedUsers, value] } },
        "--allow-user" => this with { LoginRules = LoginRules with { AllowedUsers = [.. LoginRules.AllowedUsers, value] } },
        "--deny-group" => this with { LoginRules = LoginRules with { DeniedGroups = [.. LoginRules.DeniedGroups, value] } },
        "--allow-group" => this with { LoginRules = LoginRules with { AllowedGroups = [.. LoginRules.AllowedGroups, value] } },
        "--layout" => this with
        {
            Layout = value switch
            {
                "maildir++" => MailboxLayout.MaildirPlusPlus,
                "fs" => MailboxLayout.Fs,
                _ => throw new ArgumentException($"--layout {value}: maildir++ or fs"),
            },
        },
        "--prefix-alias" => this with
        {
            PrefixAlias = value switch
            {
                "none" => null,
                "INBOX." or "INBOX/" => value,
                _ => throw new ArgumentException($"--prefix-alias {value}: INBOX., INBOX/ or none"),
            },
        },
        "--mailbox" => this with { ImportMailbox = value },
        "--file" => this with { ImportFiles = [.. ImportFiles, value] },
        "--quoting" => this with
        {
            Quoting = value switch
            {
                "mboxrd" => MboxQuoting.Mboxrd,
                "mboxo" => MboxQuoting.Mboxo,
                "none" => MboxQuoting.None,
                _ => throw new ArgumentException($"--quoting {value}: mboxrd, mboxo or none"),
            },
        },
        "--user-cgroup" => this with { UserCgroup = AbsolutePath(option, value) },
        "--user-limit" when value.Contains('=', StringComparison.Ordinal) => this with { UserLimits = [.. UserLimits, value] },
        "--limit" => this with { Limits = [.. Limits, WorkerLimit.Parse(value)] },
        "--preauth-program" => this with { PreauthProgram = AbsolutePath(option, value) },
        "--preauth-account" => this with { PreauthAccount = Unprivileged(option, value) },
        "--run-as" => this with { RunAs = Number(option, value) },
        "--login-timeout" => this with { LoginTimeoutSeconds = (int)Math.Clamp(Number(option, value), 1, 3600) },
        "--autologout" => this with { AutologoutSeconds = (int)Math.Clamp(Number(option, value), 1, MaxSeconds) },
        "--still-here" => this with { StillHereSeconds = (int)Math.Min(Number(option, value), MaxSeconds) },
        "--greeting" => this with { Greeting = value },
        "--id" => this with { IdFields = value == "none" ? [] : [.. IdFields ?? [], Session.IdFields.Parse(value)] },
        "--login-disabled" => this with { LoginDisabled = value },
        "--rawlog" => this with { RawLog = value.StartsWith(RawLogFile.Home, StringComparison.Ordinal) ? value : AbsolutePath(option, value) },
        "--storage" => this with
        {
            IsMemory = value switch
            {
                "memory" => true,
                "maildir" => false,
                _ => throw new ArgumentException($"--storage {value}: memory or maildir"),
            },
        },
        _ => throw new ArgumentException($"'{option}' is no option"),
    };

    private static uint Number(string option, string value) =>
        uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
            ? number
            : throw new ArgumentException($"{option} {value}: a number, please");

    private static uint Unprivileged(string option, string value) => Number(option, value) is > 0 and uint account
        ? account
        : throw new ArgumentException($"{option} {value}: not root, please");

    private static string AbsolutePath(string option, string value) =>
        value.StartsWith('/') ? value : throw new ArgumentException($"{option} {value}: an absolute path, please");

    private static MailLocation ReadLocation(string value) =>
        MailLocation.TryParse(value, out MailLocation? location, out string problem)
            ? location
            : throw new ArgumentException($"--mail-location {value} {problem}");

    // libpam makes it part of a path.
    private static string ServiceName(string value) =>
        value.Length > 0 && value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            && value[0] != '.'
            ? value
            : throw new ArgumentException($"--pam-service {value}: letters, digits, '-', '_' and '.'");
}
