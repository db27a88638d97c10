using System.Net;
using System.Net.Sockets;
using Imapd.Master.Configuration;
using Imapd.Master.Control;
using Imapd.Master.Handover;
using Imapd.Master.Logging;
using Imapd.Master.Native;
using Imapd.Master.Spawning;
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
            return arguments switch
            {
                [CheckCommand.Name, ..] => CheckCommand.Run(arguments.AsSpan(1)),
                [ImportCommand.Name, ..] => ImportCommand.Run(arguments.AsSpan(1)),
                [string word, ..] when ControlCommand.Find(word) is { } command => ControlCommandLine.Run(command, arguments.AsSpan(1)),
                _ => Run(arguments, isClient),
            };
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

    private static int Run(string[] arguments, bool standardErrorIsClient)
    {
        using Predecessor? predecessor = Predecessor.Find();
        try
        {
            return Run(arguments, standardErrorIsClient, predecessor);
        }
        catch (UsageException error)
        {
            predecessor?.SayWhyNot(error.Message);
            throw;
        }
    }

    private static int Run(string[] arguments, bool standardErrorIsClient, Predecessor? predecessor)
    {
        string executable = Environment.ProcessPath!; // asked now: once replaced, it would be called deleted
        OptionValues typed = OptionsParser.Parse(arguments);
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
        Socket? accepted = settings.Mode == RunMode.Inetd ? TakeInetdSocket() : null;
        using var daemon = new Daemon(settings, log);
        if (accepted is null)
        {
            daemon.Run(new Restart(executable, arguments), predecessor);
        }
        else
        {
            daemon.RunOne(accepted);
        }
        return 0;
    }

    private static void CheckFiles(Settings settings)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        foreach (ServerCertificate certificate in CertificateSet.Load(settings.Certificates).All)
        {
            if (CertificateExpiry.NotYet(certificate, now) is string notYet)
            {
                Console.Error.WriteLine($"imapd: warning: {notYet}");
            }
            if (CertificateExpiry.Stage(certificate, now) > 0)
            {
                Console.Error.WriteLine($"imapd: warning: {CertificateExpiry.Text(certificate, now)}");
            }
        }
        if (StartLine.Warning(settings) is string warning)
        {
            Console.Error.WriteLine($"imapd: warning: {warning}");
        }
        Console.Out.WriteLine("configuration is good");
    }

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
