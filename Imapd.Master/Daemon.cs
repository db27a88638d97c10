using System.Net.Sockets;
using System.Runtime.InteropServices;
using Imapd.Master.Configuration;
using Imapd.Master.Control;
using Imapd.Master.Handover;
using Imapd.Master.Listening;
using Imapd.Master.Native;
using Imapd.Master.Spawning;
using Imapd.Master.Supervision;
using Imapd.Master.Systemd;
using Serilog.Core;

namespace Imapd.Master;

/// <summary>What it takes to start this program once more.</summary>
/// <param name="Executable">Its path, which may have a newer one by then.</param>
/// <param name="Arguments">Its command line, without its own name.</param>
internal sealed record Restart(string Executable, IReadOnlyList<string> Arguments);

/// <summary>A server under its signals, its service manager, and the processes before and after it.</summary>
internal sealed class Daemon : IDisposable
{
    private const PosixSignal TakeOver = (PosixSignal)12; // SIGUSR2

    private readonly Settings _settings;
    private readonly Logger _log;
    private readonly Reaper _reaper = new();
    private readonly Server _server;
    private readonly ServiceManager _manager = ServiceManager.FromEnvironment();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _handedOver = new();
    private readonly MetricsFile? _metrics;
    private readonly Lock _takeOverLock = new();
    private Task<TakeOverResult>? _takeOver; // the last that was begun
    private Successor? _successor;
    private bool _isManaged;
    private volatile bool _stopsAll;

    /// <exception cref="UsageException">The certificate cannot be used, or the control groups cannot.</exception>
    public Daemon(Settings settings, Logger log)
    {
        _settings = settings;
        _log = log;
        _server = new Server(settings, log, _reaper);
        _metrics = settings.MetricsPath is string metrics ? new MetricsFile(metrics, log) : null;
        ulong descriptors = Descriptors.RaiseLimit();
        ulong needed = MasterLimits.Descriptors(settings.MaxConnections);
        if (descriptors < needed && settings.Mode == RunMode.Listen)
        {
            log.Warning(
                "the limit of open files is too low for as many connections limit={Limit} needed={Needed}", descriptors, needed);
        }
    }

    /// <summary>Serves one connection that somebody else accepted.</summary>
    public void RunOne(Socket accepted)
    {
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, _stop.Cancel);
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, _stop.Cancel);
        _server.RunOneAsync(accepted, _stop.Token).GetAwaiter().GetResult();
    }

    /// <summary>Listens and serves until told to stop.</summary>
    /// <param name="restart">How another process is started to take over.</param>
    /// <param name="predecessor">The process that this one takes over from; null: none.</param>
    /// <exception cref="UsageException">
    /// An address cannot be had, a socket that was passed is none, or the control socket cannot be had.
    /// </exception>
    public void Run(Restart restart, Predecessor? predecessor)
    {
        Bind(predecessor);
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, _stop.Cancel);
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, _stop.Cancel);
        using ControlSocket? control = OpenControl(restart, isFirst: predecessor is null);
        using PosixSignalRegistration reload = OnSignal(PosixSignal.SIGHUP, Reload);
        using PosixSignalRegistration takeOver = OnSignal(TakeOver, () => _ = TakeOverAsync(restart));
        StartLine.Write(_log, _settings);
        long lastAlive = 0;
        _server.Tick = () => TellManager(ref lastAlive);
        _server.UserAdded = predecessor is null ? null : predecessor.SaySessions;
        Task serving = _server.RunAsync(_stop.Token, _handedOver.Token);
        if (predecessor is null)
        {
            _manager.Ready();
        }
        predecessor?.SayReady(); // and it tells the service manager, which listens to nobody else yet
        using CancellationTokenRegistration stopping = _stop.Token.Register(() =>
        {
            _manager.Stopping();
            predecessor?.EndSessions();
        });
        serving.GetAwaiter().GetResult();
        WaitForAsync(predecessor).GetAwaiter().GetResult();
        EndSuccessorAsync().GetAwaiter().GetResult();
        _log.Information("stopped");
    }

    public void Dispose()
    {
        _server.Dispose();
        _metrics?.Dispose();
        _manager.Dispose();
        _stop.Dispose();
        _handedOver.Dispose();
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, Action action) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true; // what the signal would do by itself
            action();
        });

    private void Bind(Predecessor? predecessor)
    {
        int fromManager = predecessor is null ? InheritedSockets.CountFromServiceManager() : 0;
        _isManaged = fromManager > 0 || (predecessor is not null && Predecessor.IsManaged);
        _server.Bind(InheritedSockets.Take(predecessor?.Sockets ?? fromManager, _settings), _isManaged);
    }

    private void Reload()
    {
        _manager.Reloading();
        _server.Reload();
        _manager.Ready();
    }

    // Half of the time allowed, since one message may be late.
    private void TellManager(ref long lastAlive)
    {
        (int connections, int loggedIn) = _server.Count;
        _manager.Status($"{connections} connections, {loggedIn} logged in");
        _metrics?.Tick(() => MetricsFile.Text(_server.Counters, connections, loggedIn));
        if (_manager.Watchdog is TimeSpan allowed && Environment.TickCount64 - lastAlive >= allowed.TotalMilliseconds / 2)
        {
            lastAlive = Environment.TickCount64;
            _manager.Alive();
        }
    }

    // At its usual place it is a convenience; where an administrator asked for one he relies on it.
    private ControlSocket? OpenControl(Restart restart, bool isFirst)
    {
        if (_settings.ControlSocketPath is not string path)
        {
            return null;
        }
        var actions = new ControlActions(
            () =>
            {
                Reload();
                return TakeOverAsync(restart);
            },
            () =>
            {
                _stopsAll = true;
                _stop.Cancel();
            },
            () => _handedOver.IsCancellationRequested);
        try
        {
            if (isFirst && ControlPath.Owner(path) is string owner)
            {
                throw new UsageException($"control-socket {path}: another imapd answers there ({owner}); --control-socket names another, or none");
            }
            return new ControlSocket(path, new ControlAnswers(_server, actions).AnswerAsync, _log);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SocketException)
        {
            if (path != ControlPath.Default)
            {
                throw new UsageException($"control-socket {path} cannot be had: {error.Message}");
            }
            _log.Warning("no control socket path={Path} reason={Reason:q}", path, error.Message);
            return null;
        }
    }

    private Task<TakeOverResult> TakeOverAsync(Restart restart)
    {
        lock (_takeOverLock)
        {
            bool isFree = _takeOver is null || (_takeOver.IsCompleted && _takeOver.Result.Pid is null);
            return !isFree ? Task.FromResult(new TakeOverResult(null, "another process is being started, or has taken over"))
                : _stop.IsCancellationRequested ? Task.FromResult(new TakeOverResult(null, "this process was told to stop"))
                : _takeOver = HandOverAsync(restart);
        }
    }

    private async Task<TakeOverResult> HandOverAsync(Restart restart)
    {
        try
        {
            Successor successor = await StartSuccessorAsync(restart).ConfigureAwait(false);
            _successor = successor;
            _manager.MainProcess(successor.Pid);
            _metrics?.Leave();
            _log.Information("handed over to pid={Pid}, sessions go on here", successor.Pid);
            await _handedOver.CancelAsync().ConfigureAwait(false);
            _ = EndWhenWantedAsync(successor);
            return new TakeOverResult(successor.Pid, null);
        }
        catch (Exception error) when (error is SystemCallException or NoSuccessorException)
        {
            _log.Error("not handed over: {Reason:l}", error.Message);
            return new TakeOverResult(null, error.Message);
        }
    }

    /// <exception cref="SystemCallException">It could not be started.</exception>
    /// <exception cref="NoSuccessorException">It does not take over.</exception>
    private Task<Successor> StartSuccessorAsync(Restart restart) => _settings.Storage == StorageKind.Memory
        ? throw new NoSuccessorException("mail in memory would be lost")
        : Successor.StartAsync(restart.Executable, restart.Arguments, _server.Sockets, _isManaged, _reaper, _server.MakeRoom, _stop.Token);

    // One that is being started was told to end together with this one. One that serves goes on, unless the whole server is to stop:
    // whoever asked may have looked for its control socket before it was there.
    private async Task EndSuccessorAsync()
    {
        Task<TakeOverResult>? takeOver;
        lock (_takeOverLock)
        {
            takeOver = _takeOver;
        }
        if (takeOver is not null)
        {
            await takeOver.ConfigureAwait(false);
        }
        if (_stopsAll && _successor is not null)
        {
            await _successor.EndAsync().ConfigureAwait(false);
        }
    }

    private async Task EndWhenWantedAsync(Successor successor)
    {
        using (successor)
        {
            if (await successor.WantsEnd.ConfigureAwait(false))
            {
                await _stop.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    // While it has sessions, somebody has to be there who can be told to end them.
    private async Task WaitForAsync(Predecessor? predecessor)
    {
        if (predecessor is null)
        {
            return;
        }
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (_stop.Token.Register(() => stopped.TrySetResult()))
        {
            await Task.WhenAny(predecessor.Gone, stopped.Task).ConfigureAwait(false);
        }
        await Task.WhenAny(predecessor.Gone, Task.Delay(MasterLimits.EndGrace + MasterLimits.Linger)).ConfigureAwait(false);
    }
}
