using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Imapd.Master.Configuration;
using Imapd.Master.Listening;
using Imapd.Master.Proxy;
using Imapd.Master.Spawning;
using Imapd.Master.Tls;
using Imapd.Protocol.Handoff;
using Serilog;

namespace Imapd.Master.Supervision;

/// <summary>Listeners, sessions and workers together, from the first bind to the last goodbye.</summary>
internal sealed class Server : IDisposable
{
    private const int MaxRefusalsInFlight = 200;

    private readonly Settings _settings;
    private readonly ILogger _log;
    private readonly SessionParts _parts;
    private readonly Admission _admission;
    private readonly SemaphoreSlim _refusals = new(MaxRefusalsInFlight);
    private readonly MessageBudget _refusalLines =
        new(MasterLimits.RefusalLinesPerSecond, MasterLimits.RefusalLinesPerSecond);
    private readonly ProxyIntake _proxies;
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<Socket, Task> _running = new();
    private readonly List<Listener> _listeners = [];

    /// <exception cref="UsageException">The certificate cannot be used, or the control groups cannot.</exception>
    public Server(Settings settings, ILogger log, Reaper reaper)
    {
        _settings = settings;
        _log = log;
        _admission = new Admission(settings.MaxConnections, settings.MaxPerAddress);
        var launcher = new WorkerLauncher(settings, reaper);
        var counters = new Counters();
        _proxies = new ProxyIntake(settings.ProxyFrom, counters, log);
        UserGroups? groups = settings.UserCgroup is string parent ? new UserGroups(parent) : null;
        groups?.Prepare(settings.UserLimits);
        _parts = new SessionParts(
            settings,
            log,
            settings.HasCertificate ? new TlsEndpoint(settings, log) : null,
            settings.Fork
                ? new SpareWorkers(launcher, settings.Mode == RunMode.Inetd ? 0 : settings.SpareWorkers, counters, log)
                : new SharedWorker(launcher, counters, log),
            new Authenticators(launcher, settings, log),
            new UserSessions(settings.MaxPerUser),
            new SourcePenalties(MasterLimits.MaxPenalties),
            new SessionTable(MasterLimits.MaxUnauthenticated(settings.MaxConnections)))
        {
            Counters = counters,
            Groups = groups,
            Alert = settings.AlertPath is string alert ? new AlertFile(alert, log) : null,
        };
    }

    /// <summary>Where it listens, with the ports the kernel chose where none was asked for.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. _listeners.Select(listener => listener.EndPoint)];

    /// <summary>The listening sockets, to be passed on.</summary>
    public IReadOnlyList<SafeHandle> Sockets => [.. _listeners.Select(listener => listener.Handle)];

    /// <summary>Where it listens, and whether a connection there begins with TLS.</summary>
    public IReadOnlyList<ListenAddress> Addresses =>
        [.. _listeners.Select(listener => new ListenAddress(listener.EndPoint, listener.ImplicitTls))];

    /// <summary>What has happened so far.</summary>
    public Counters Counters => _parts.Counters;

    /// <summary>The certificates in use, the first of them for clients that name no server.</summary>
    public IReadOnlyList<ServerCertificate> Certificates => _parts.Tls?.Certificates.Current.All ?? [];

    /// <summary>Addresses whose failed logins are remembered.</summary>
    public int SourcesWithFailures => _parts.Penalties.Count;

    /// <summary>All sessions as they are now, the oldest first.</summary>
    public IReadOnlyList<SessionView> Sessions =>
        [.. _parts.Sessions.All.Select(session => session.View()).OrderBy(view => view.ConnectedAt)];

    /// <summary>How many are connected, and how many of them are logged in.</summary>
    public (int Connections, int LoggedIn) Count
    {
        get
        {
            IReadOnlyList<Session> all = _parts.Sessions.All;
            return (all.Count, all.Count(session => session.User is not null));
        }
    }

    /// <summary>Called every second by the thread that looks after all sessions: while it is called, that works.</summary>
    public Action? Tick { get; set; }

    /// <summary>Listens on the sockets it was passed and on every address of the settings that is not among them, or on none.</summary>
    /// <param name="passed">Listening sockets, taken over.</param>
    /// <param name="isComplete">They are all there is to listen on; else those that the settings do not name are closed.</param>
    /// <exception cref="UsageException">An address cannot be had.</exception>
    public void Bind(IReadOnlyList<(Socket Socket, ListenAddress Address)> passed, bool isComplete)
    {
        foreach ((Socket socket, ListenAddress address) in passed)
        {
            if (isComplete || _settings.Listen.Contains(address))
            {
                _listeners.Add(new Listener(socket, address.ImplicitTls, _log));
            }
            else
            {
                socket.Dispose();
            }
        }
        foreach (ListenAddress address in isComplete ? [] : _settings.Listen)
        {
            if (!EndPoints.Contains(address.EndPoint))
            {
                _listeners.Add(new Listener(address, _log));
            }
        }
    }

    /// <summary>
    /// Serves until told to stop, then asks all sessions to end and waits for them, but not for ever. When another process
    /// has taken the listeners over, those that are here may go on for a while before that.
    /// </summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken handedOver)
    {
        using var workersStop = new CancellationTokenSource();
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(stop, handedOver);
        Task workers = _parts.Workers.RunAsync(workersStop.Token);
        Task deadlines = CheckDeadlinesAsync(workersStop.Token);
        await Task.WhenAll(_listeners.Select(listener => listener.RunAsync(Accept, listening.Token))).ConfigureAwait(false);
        foreach (Listener listener in _listeners)
        {
            listener.Dispose();
        }
        if (!stop.IsCancellationRequested)
        {
            await DrainAsync(stop).ConfigureAwait(false);
        }
        await workersStop.CancelAsync().ConfigureAwait(false);
        await EndSessionsAsync().ConfigureAwait(false);
        await deadlines.ConfigureAwait(false);
        await workers.ConfigureAwait(false);
    }

    /// <summary>Serves one connection that somebody else accepted, to its end or until told to stop.</summary>
    public async Task RunOneAsync(Socket client, CancellationToken stop)
    {
        using var workersStop = new CancellationTokenSource();
        Task workers = _parts.Workers.RunAsync(workersStop.Token);
        Task deadlines = CheckDeadlinesAsync(workersStop.Token);
        Accept(client, _settings.ImplicitTls);
        var stopped = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = stop.Register(stopped.SetResult);
        await Task.WhenAny(Task.WhenAll(_running.Values), stopped.Task).ConfigureAwait(false);
        await workersStop.CancelAsync().ConfigureAwait(false);
        await EndSessionsAsync().ConfigureAwait(false);
        await deadlines.ConfigureAwait(false);
        await workers.ConfigureAwait(false);
    }

    /// <summary>Told of each session that logged in, and how many its user has here then.</summary>
    public Action<string, int>? UserAdded
    {
        get => _parts.Users.Added;
        set => _parts.Users.Added = value;
    }

    /// <summary>Makes room for the sessions that a user has in the process that took over, and passes on how many there are in all.</summary>
    public void MakeRoom(string user, int elsewhere)
    {
        foreach (IUserSession session in _parts.Users.MakeRoom(user, elsewhere))
        {
            ((Session)session).Replace();
        }
        UserAdded?.Invoke(user, elsewhere + _parts.Users.Count(user));
    }

    /// <summary>Ends a user's sessions, or the one with this id; the number of those that are.</summary>
    public int Kick(string userOrSession) => _parts.Sessions.All.Count(session =>
        (session.User == userOrSession || SessionId.Format(session.Id) == userOrSession) && session.Kick());

    /// <summary>Reads certificates and keys again; sessions that run keep theirs.</summary>
    public void Reload() => _parts.Tls?.Certificates.Reload();

    public void Dispose()
    {
        foreach (Listener listener in _listeners)
        {
            listener.Dispose();
        }
        _parts.Tls?.Dispose();
        _refusals.Dispose();
        _ending.Dispose();
    }

    private void Accept(Socket client, bool implicitTls)
    {
        try
        {
            client.NoDelay = true;
            PeerTimeout.Set(client, _settings.PeerTimeoutSeconds);
            IPEndPoint peer = Plain((IPEndPoint)client.RemoteEndPoint!);
            IPEndPoint local = Plain((IPEndPoint)client.LocalEndPoint!);
            Task running = _proxies.Expects(peer.Address)
                ? AdmitForProxyAsync(client, implicitTls, peer, local)
                : Admit(client, implicitTls, peer, local);
            _running[client] = running;
            _ = running.ContinueWith(
                _ => _running.TryRemove(client, out Task? _), TaskScheduler.Default);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            client.Dispose(); // gone before it could be looked at
        }
    }

    private async Task AdmitForProxyAsync(Socket client, bool implicitTls, IPEndPoint proxy, IPEndPoint local)
    {
        if (await _proxies.IdentifyAsync(client, proxy, local, _ending.Token).ConfigureAwait(false) is { } known)
        {
            await Admit(client, implicitTls, Plain(known.Peer), Plain(known.Local)).ConfigureAwait(false);
        }
    }

    /// <summary>Serves a connection, or refuses it; completes when that is over. Does not take long itself.</summary>
    private Task Admit(Socket client, bool implicitTls, IPEndPoint peer, IPEndPoint local)
    {
        AdmissionVerdict verdict = _admission.TryEnter(SourceAddress.Of(peer.Address));
        if (verdict != AdmissionVerdict.Admitted)
        {
            Refuse(client, implicitTls, peer, verdict);
            return Task.CompletedTask;
        }
        _parts.Counters.Add(Counter.ConnectionsAccepted);
        var session = new Session(_parts, client, peer, local);
        _parts.Sessions.Add(session)?.Abort("too-many-before-login");
        return RunAsync(session, implicitTls);
    }

    // A socket of a service manager may be for both families, and calls an IPv4 address by a name in IPv6.
    private static IPEndPoint Plain(IPEndPoint endPoint) => endPoint.Address.IsIPv4MappedToIPv6
        ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port)
        : endPoint;

    private async Task RunAsync(Session session, bool implicitTls)
    {
        await Task.Yield(); // the accept loop goes on
        await session.RunAsync(implicitTls).ConfigureAwait(false);
        _admission.Leave(session.Source);
    }

    private void Refuse(Socket client, bool implicitTls, IPEndPoint peer, AdmissionVerdict verdict)
    {
        _parts.Counters.Add(verdict == AdmissionVerdict.TooMany ? Counter.RefusedTooMany : Counter.RefusedTooManyFromAddress);
        bool mayLog;
        lock (_refusalLines)
        {
            mayLog = _refusalLines.TryTake();
        }
        if (mayLog)
        {
            _log.Warning(
                "connection refused reason={Reason} rip={PeerAddress} rport={PeerPort} connections={Connections}",
                verdict,
                peer.Address,
                peer.Port,
                _admission.Total);
        }
        if (_refusals.Wait(0))
        {
            _ = RefuseAsync(client, implicitTls, verdict);
        }
        else
        {
            client.Dispose();
        }
    }

    private async Task RefuseAsync(Socket client, bool implicitTls, AdmissionVerdict verdict)
    {
        await Task.Yield();
        ReadOnlyMemory<byte> line =
            verdict == AdmissionVerdict.TooMany ? ByeLines.TooMany : ByeLines.TooManyFromAddress;
        using var deadline = new CancellationTokenSource(MasterLimits.RefusalTimeout);
        SslStream? tls = null;
        try
        {
            tls = implicitTls ? await _parts.Tls!.TryHandshakeAsync(client, deadline.Token).ConfigureAwait(false) : null;
            if (!implicitTls || tls is not null)
            {
                await Goodbye.SayAsync(client, tls, line).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException
            or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // it was not to be served anyway
        }
        finally
        {
            tls?.Dispose();
            client.Dispose();
            _refusals.Release();
        }
    }

    private async Task CheckDeadlinesAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                foreach (Session session in _parts.Sessions.All)
                {
                    session.CheckDeadlines(Environment.TickCount64);
                }
                _parts.Tls?.Certificates.Tick();
                Tick?.Invoke();
            }
        }
        catch (OperationCanceledException)
        {
            // stopping has its own deadline
        }
    }

    private async Task DrainAsync(CancellationToken stop)
    {
        var isOver = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = stop.Register(() => isOver.TrySetResult());
        Task grace = Task.Delay(TimeSpan.FromSeconds(_settings.HandoverGraceSeconds), CancellationToken.None);
        while (!_running.IsEmpty && !isOver.Task.IsCompleted && !grace.IsCompleted)
        {
            await Task.WhenAny(Task.WhenAll(_running.Values), isOver.Task, grace).ConfigureAwait(false);
        }
    }

    private async Task EndSessionsAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        foreach (Session session in _parts.Sessions.All)
        {
            session.AskToEnd(ShutdownReason.ServerStopping);
        }
        await Task.WhenAny(Task.WhenAll(_running.Values), Task.Delay(MasterLimits.StrangerEndGrace)).ConfigureAwait(false);
        _parts.Authenticators.End();
        foreach (Session session in _parts.Sessions.All.Where(session => session.User is null))
        {
            session.Abort("shutdown");
        }
        TimeSpan left = MasterLimits.EndGrace - MasterLimits.StrangerEndGrace;
        await Task.WhenAny(Task.WhenAll(_running.Values), Task.Delay(left)).ConfigureAwait(false);
        foreach (Session session in _parts.Sessions.All)
        {
            session.Abort("shutdown");
        }
        await Task.WhenAny(Task.WhenAll(_running.Values), Task.Delay(MasterLimits.Linger)).ConfigureAwait(false);
    }
}
