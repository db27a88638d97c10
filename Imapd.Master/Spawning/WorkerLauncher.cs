using System.Globalization;
using Imapd.Master.Configuration;
using Imapd.Master.Native;
using Microsoft.Win32.SafeHandles;

namespace Imapd.Master.Spawning;

/// <summary>Starts imapd-worker in one of its modes; its command line is made here and nowhere else.</summary>
internal sealed class WorkerLauncher(Settings settings, Reaper reaper)
{
    private readonly SafeFileHandle _empty = Descriptors.OpenNull();

    /// <summary>A worker that serves one connection, or all when there is no <c>--fork</c>.</summary>
    /// <exception cref="SystemCallException">It could not be started.</exception>
    public WorkerProcess StartServer() => Start(settings.Fork ? "--connection" : "--serve-all", settings.RunAs);

    /// <summary>A process that answers one question about a password, as whoever this process is, and ends.</summary>
    /// <exception cref="SystemCallException">It could not be started.</exception>
    public WorkerProcess StartAuthenticator() => Start("--authenticate", runAs: null);

    /// <summary>The arguments of a worker, without its own name.</summary>
    public static IReadOnlyList<string> Arguments(Settings settings, string mode, uint? runAs)
    {
        List<string> arguments =
        [
            mode,
            "--pam-service", settings.PamService,
            "--min-uid", Number(settings.MinUid),
            "--login-timeout", Number((uint)settings.LoginTimeoutSeconds),
            "--autologout", Number((uint)settings.AutologoutSeconds),
            "--still-here", Number((uint)settings.StillHereSeconds),
            "--greeting", settings.Greeting,
            .. settings.IdFields.DefaultIfEmpty(OptionTable.NoFile).SelectMany(field => new[] { "--id", field }),
            "--storage", settings.Storage == StorageKind.Memory ? "memory" : "maildir",
            "--layout", settings.Layout,
            "--prefix-alias", settings.PrefixAlias,
            .. settings.WorkerLimits.SelectMany(limit => new[] { "--limit", limit.ToString() }),
            .. settings.LoginNames.Arguments(),
            .. settings.AutoMailboxes.SelectMany(mailbox => (string[])["--auto", mailbox.ToString()]),
        ];
        if (settings.InsecureAuth)
        {
            arguments.Add("--insecure-auth");
        }
        if (settings.UserCgroup is not null)
        {
            arguments.AddRange(["--user-cgroup", settings.UserCgroup]);
            arguments.AddRange(settings.UserLimits.SelectMany(limit => (string[])["--user-limit", limit]));
        }
        if (settings.LoginDisabled is not null)
        {
            arguments.AddRange(["--login-disabled", settings.LoginDisabled]);
        }
        if (settings.RawLogPath is not null)
        {
            arguments.AddRange(["--rawlog", settings.RawLogPath]);
        }
        if (settings.MailLocation is not null)
        {
            arguments.AddRange(["--mail-location", settings.MailLocation.ToString()]);
        }
        if (settings.Preauth is { } preauth)
        {
            arguments.AddRange(["--preauth-program", preauth.Path, "--preauth-account", Number(preauth.Account)]);
        }
        if (runAs is uint user)
        {
            arguments.AddRange(["--run-as", Number(user)]);
        }
        return arguments;
    }

    private static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);

    private WorkerProcess Start(string mode, uint? runAs) =>
        WorkerProcess.Start(settings.WorkerPath, Arguments(settings, mode, runAs), _empty, reaper);
}
