using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Imapd.Master.Configuration;
using Imapd.Master.Logging;
using Imapd.Master.Native;
using Imapd.Master.Spawning;
using Imapd.Master.Supervision;
using Imapd.Master.Tls;
using Mono.Unix.Native;
using Serilog.Core;

namespace Imapd.Master;

/// <summary>The command <c>imapd</c>.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        Descriptors.FillStandard();
        InlineCompletions.Choose();
        ProcessCalls.ExpectChildren();
        // Under inetd standard error can be the client's socket: not a word of ours may go there, nor a worker's.
        bool isClient = Descriptors.Describe(0) is string input
            && input.StartsWith("socket:", StringComparison.Ordinal)
            && input == Descriptors.Describe(2);
        if (isClient)
        {
            Descriptors.Silence(2);
        }
        try
        {
            return arguments is [CheckCommand.Name, ..]
                ? CheckCommand.Run(arguments.AsSpan(1))
                : Run(OptionsParser.Parse(arguments), isClient);
        }
        catch (UsageException error)
        {
            Console.Error.WriteLine("imapd: " + error.Message);
            if (isClient)
            {
                Syscall.syslog(SyslogFacility.LOG_MAIL, SyslogLevel.LOG_ERR, "imapd: " + error.Message);
            }
            return error.ExitStatus;
        }
    }

    private static int Run(OptionValues typed, bool standardErrorIsClient)
    {
        if (typed.IsOn("help"))
        {
            Console.Out.WriteLine(HelpText.Usage);
            return 0;
        }
        if (typed.IsOn("version"))
        {
            Console.Out.WriteLine(HelpText.Version);
            return 0;
        }
        OptionValues written = ConfigLocation.Complete(typed);
        Settings settings = SettingsReader.ForThisProcess().Read(written);
        if (typed.IsOn("dump-config"))
        {
            Console.Out.Write(ConfigDump.Text(settings, written));
            return 0;
        }
        if (settings.UsesPam)
        {
            PamServiceFile.Check(settings.PamService);
        }
        if (typed.IsOn("check-config"))
        {
            CheckFiles(settings);
            return 0;
        }
        if (settings.Mode == RunMode.Preauth)
        {
            throw new UsageException(
                Spawn.Become(
                    settings.WorkerPath,
                    WorkerLauncher.Arguments(settings, "--preauth", runAs: null),
                    ChildEnvironment.Variables).Message);
        }
        using Logger log = standardErrorIsClient
            ? LogSetup.ToSystemLog(settings.LogLevel)
            : LogSetup.ToStandardError(settings.LogLevel);
        Serve(settings, log);
        return 0;
    }

    private static void CheckFiles(Settings settings)
    {
        if (settings.CertificatePath is not null)
        {
            CertificateLoader.Load(settings.CertificatePath, settings.KeyPath);
        }
        if (StartLine.Warning(settings) is string warning)
        {
            Console.Error.WriteLine($"imapd: warning: {warning}");
        }
        Console.Out.WriteLine("configuration is good");
    }

    private static void Serve(Settings settings, Logger log)
    {
        Socket? accepted = settings.Mode == RunMode.Inetd ? TakeInetdSocket() : null;
        using var server = new Server(settings, log);
        ulong descriptors = Descriptors.RaiseLimit();
        ulong needed = MasterLimits.Descriptors(settings.MaxConnections);
        if (descriptors < needed && accepted is null)
        {
            log.Warning(
                "the limit of open files is too low for as many connections limit={Limit} needed={Needed}", descriptors, needed);
        }
        server.Bind();
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, stop.Cancel);
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, stop.Cancel);
        using PosixSignalRegistration reload = OnSignal(PosixSignal.SIGHUP, server.Reload);
        if (accepted is null)
        {
            StartLine.Write(log, settings);
            server.RunAsync(stop.Token).GetAwaiter().GetResult();
            log.Information("stopped");
        }
        else
        {
            server.RunOneAsync(accepted, stop.Token).GetAwaiter().GetResult();
        }
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, Action action) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true; // what the signal would do by itself
            action();
        });

    /// <exception cref="UsageException">Descriptor 0 is no connection of TCP.</exception>
    private static Socket TakeInetdSocket()
    {
        try
        {
            var socket = new Socket(Descriptors.TakeSocket(0));
            Descriptors.Silence(1);
            if (socket.RemoteEndPoint is IPEndPoint)
            {
                return socket;
            }
        }
        catch (Exception error) when (error is SocketException or SystemCallException)
        {
            // said below
        }
        throw new UsageException("--inetd needs an accepted connection on descriptor 0");
    }
}
