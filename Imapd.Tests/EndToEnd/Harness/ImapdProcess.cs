using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Imapd.Tests.Architecture;

namespace Imapd.Tests.EndToEnd.Harness;

/// <summary>A running out/imapd: its ports, its log, its workers.</summary>
internal sealed class ImapdProcess : IDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();

    private ImapdProcess(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = "/" };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                _log.Enqueue(line.Data);
            }
        };
        _process.BeginErrorReadLine();
        _process.StandardInput.Close();
    }

    public static string Executable { get; } = Repository.Combine("out", "imapd");

    public int Id => _process.Id;

    /// <summary>The port with implicit TLS, when there is one.</summary>
    public int TlsPort { get; private init; }

    /// <summary>The port that starts in clear, when there is one.</summary>
    public int ClearPort { get; private init; }

    public string Log => string.Join('\n', _log);

    public IReadOnlyList<string> LogLines => [.. _log];

    /// <summary>Worker processes and password checkers; those that wait for a connection are among them.</summary>
    public IReadOnlyList<ProcessView> Workers => ProcessView.ChildrenOf(Id);

    /// <summary>Starts imapd with a port for TLS and one that starts in clear, and waits until both are open.</summary>
    public static ImapdProcess StartTls(Certificate certificate, params string[] options)
    {
        return StartTlsThrough([], certificate, options);
    }

    /// <summary>The same, started by a program that becomes imapd, such as env or prlimit.</summary>
    public static ImapdProcess StartTlsThrough(string[] launcher, Certificate certificate, params string[] options)
    {
        int tls = FreePort();
        int clear = FreePort(but: tls);
        string[] all =
        [
            .. launcher, Executable, "--config", "none", "--control-socket", "none",
            "--tls", "--cert", certificate.CertificateFile, "--key", certificate.KeyFile,
            "-p", Text(tls), "--starttls-port", Text(clear), .. options,
        ];
        return new ImapdProcess(all) { TlsPort = tls, ClearPort = clear }.WaitUntilReady();
    }

    /// <summary>Starts imapd with one port that starts in clear, and waits until it is open.</summary>
    public static ImapdProcess StartClear(params string[] options)
    {
        int port = FreePort();
        return new ImapdProcess([Executable, "--config", "none", "--control-socket", "none", "-p", Text(port), .. options]) { ClearPort = port }.WaitUntilReady();
    }

    /// <summary>Runs imapd with options that make it end by itself.</summary>
    public static ShellResult Run(params string[] options) => Shell.Run(Executable, options);

    /// <summary>A port that nobody listens on, and not the one named: the kernel may choose the same twice.</summary>
    public static int FreePort(int but = 0)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return port == but ? FreePort(but) : port;
    }

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The worker that serves this user. Waits until there is exactly one.</summary>
    public ProcessView WorkerOf(SystemUser user)
    {
        ProcessView? found = null;
        Wait.Until(
            () =>
            {
                var workers = Workers.Where(worker => worker.UserId == user.UserId && !worker.IsZombie).ToList();
                found = workers.Count == 1 ? workers[0] : null;
                return found is not null;
            },
            $"one worker runs as {user.Name}");
        return found!;
    }

    /// <summary>Waits until a line of the log holds every one of the texts, and returns it.</summary>
    public string WaitForLog(params string[] texts)
    {
        string? line = null;
        try
        {
            Wait.Until(
                () => (line = _log.FirstOrDefault(candidate => texts.All(text => candidate.Contains(text, StringComparison.OrdinalIgnoreCase)))) is not null,
                $"the log holds {string.Join(" and ", texts)}");
        }
        catch (TimeoutException error)
        {
            string state = _process.HasExited ? $"it has ended with status {_process.ExitCode}" : "it runs";
            throw new TimeoutException($"{error.Message}; {state}, and the log holds\n{Log}", error);
        }
        return line!;
    }

    public void Signal(int signal) => Native.Signal(Id, signal);

    /// <summary>Asks it to stop and returns its exit status.</summary>
    public int Stop()
    {
        if (!_process.HasExited)
        {
            Signal(Native.SignalTerminate);
            if (!_process.WaitForExit(StopPatience))
            {
                throw new TimeoutException($"imapd does not stop\n{Log}");
            }
        }
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public void WaitForExit()
    {
        if (!_process.WaitForExit(StopPatience))
        {
            throw new TimeoutException($"imapd did not end; its log holds\n{Log}");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    private ImapdProcess WaitUntilReady()
    {
        int[] ports = [.. new[] { TlsPort, ClearPort }.Where(port => port != 0)];
        try
        {
            Wait.Until(() => _process.HasExited || (ports.All(IsOpen) && !_log.IsEmpty), "imapd listens");
        }
        catch (TimeoutException)
        {
            Dispose();
            throw;
        }
        if (_process.HasExited)
        {
            _process.WaitForExit();
            throw new InvalidOperationException($"imapd ended with status {_process.ExitCode}\n{Log}");
        }
        return this;
    }

    /// <summary>Looks in the kernel's table: connecting would already be a session.</summary>
    private static bool IsOpen(int port)
    {
        string local = $":{port:X4} ";
        return File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6"))
            .Any(line => line.Contains(local, StringComparison.Ordinal) && line.Contains(" 0A ", StringComparison.Ordinal));
    }
}
