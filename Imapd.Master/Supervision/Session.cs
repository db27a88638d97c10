using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Imapd.Master.Native;
using Imapd.Protocol.Handoff;

namespace Imapd.Master.Supervision;

/// <summary>
/// One accepted connection, from its first octet to its last: handshake, worker, and what the worker may ask for.
/// Who the user is comes from the one message the worker sends before it becomes him, and from nowhere else.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "RunAsync owns and ends them; disposing under a late Abort would throw in it.")]
internal sealed class Session : IWorkerClient, IUserSession
{
    private const int HandoffAttempts = 3;
    private const string TlsFailed = "tls-failed";

    private readonly SessionParts _parts;
    private readonly ClientTransport _transport;
    private readonly IPEndPoint _peer;
    private readonly IPEndPoint _local;
    private readonly SessionLog _log;
    private readonly long _startedAt = Environment.TickCount64;
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private WorkerLink? _link;
    private Task _startingTls = Task.CompletedTask;
    private SessionEnded? _ended;
    private string? _endReason;
    private string? _user;
    private string? _countedAs;
    private long _askedToEndAt;
    private ShutdownReason _askedToEndFor = ShutdownReason.ServerStopping;
    private bool _startTlsWasAsked;

    public Session(SessionParts parts, Socket client, IPEndPoint peer, IPEndPoint local)
    {
        _parts = parts;
        _peer = peer;
        _local = local;
        Source = SourceAddress.Of(peer.Address);
        Id = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
        _log = new SessionLog(parts.Log, Id, peer, local);
        _transport = new ClientTransport(client, parts.Tls, _log, _abort.Token);
    }

    public ulong Id { get; }

    public SourceAddress Source { get; }

    /// <inheritdoc/>
    public TimeSpan Idle => _transport.Activity?.Idle ?? TimeSpan.MaxValue;

    /// <summary>The login, as the master recorded it; null before.</summary>
    public string? User => Volatile.Read(ref _user);

    /// <summary>The session as it is now.</summary>
    public SessionView View()
    {
        WorkerLink? link = Volatile.Read(ref _link);
        SessionStage stage = (link, User, Interlocked.Read(ref _askedToEndAt) != 0 || _endReason is not null) switch
        {
            (_, _, true) => SessionStage.Ending,
            (null, _, _) => SessionStage.Connecting,
            (_, null, _) => SessionStage.NotAuthenticated,
            _ => SessionStage.Authenticated,
        };
        return new SessionView(
            SessionId.Format(Id),
            User,
            _peer,
            _local,
            DateTimeOffset.UtcNow - TimeSpan.FromMilliseconds(Environment.TickCount64 - _startedAt),
            stage,
            _transport.Activity,
            _transport.TlsName,
            link?.Pid);
    }

    /// <summary>Serves the connection to its end. Never throws; the socket is closed when it completes.</summary>
    public async Task RunAsync(bool implicitTls)
    {
        try
        {
            await ServeAsync(implicitTls).ConfigureAwait(false);
        }
        catch (Exception error) when (ClientTransport.IsExpected(error))
        {
            Finish("disconnected");
        }
        catch (WorkerUnavailableException)
        {
            _log.NoWorker();
            Finish("no-worker");
        }
        catch (Exception error)
        {
            _log.Failed(error);
            Finish("internal-error");
        }
        await CleanUpAsync().ConfigureAwait(false);
    }

    /// <summary>Ends it now, without a word to the client.</summary>
    public void Abort(string reason)
    {
        Finish(reason);
        _ = _abort.CancelAsync(); // what follows from it is not for the caller, who has other sessions to look after
        if (_parts.Settings.Fork)
        {
            _link?.Kill();
        }
        _transport.Break();
    }

    /// <summary>Asks the worker to say goodbye; who does not follow is ended by <see cref="CheckDeadlines"/>.</summary>
    public void AskToEnd(ShutdownReason reason)
    {
        lock (_lock)
        {
            if (_askedToEndAt == 0)
            {
                _askedToEndFor = reason;
                Interlocked.Exchange(ref _askedToEndAt, Environment.TickCount64);
            }
        }
        if (_link is WorkerLink link)
        {
            _ = link.SendAsync(new ShutdownRequest(Id, reason)).AsTask();
        }
        else
        {
            Abort(NameOf(reason));
        }
    }

    /// <summary>Ends it because its user has begun newer ones and is over his limit.</summary>
    public void Replace()
    {
        _parts.Counters.Add(Counter.SessionsReplaced);
        _log.Replaced(User ?? "-");
        AskToEnd(ShutdownReason.ReplacedBySameUser);
    }

    /// <summary>Ends it because the administrator wants it ended. False: it is ending already.</summary>
    public bool Kick()
    {
        if (Interlocked.Read(ref _askedToEndAt) != 0 || _endReason is not null)
        {
            return false;
        }
        _log.Kicked(User);
        _parts.Counters.Add(Counter.SessionsEndedByAdministrator);
        AskToEnd(ShutdownReason.AdministratorRequest);
        return true;
    }

    /// <summary>Ends what should have ended long ago. Called every second.</summary>
    public void CheckDeadlines(long now)
    {
        double loginMilliseconds =
            (_parts.Settings.LoginTimeoutSeconds * 1000) + MasterLimits.LoginBackstop.TotalMilliseconds;
        long askedAt = Interlocked.Read(ref _askedToEndAt);
        if (askedAt != 0 && now - askedAt > (User is null ? MasterLimits.StrangerEndGrace : MasterLimits.EndGrace).TotalMilliseconds)
        {
            Abort(NameOf(_askedToEndFor));
        }
        else if (_transport.ClientEndedAt is > 0 and long endedAt && now - endedAt > MasterLimits.AfterClient.TotalMilliseconds)
        {
            Abort("disconnected");
        }
        else if (User is null && now - _startedAt > loginMilliseconds)
        {
            Abort("login-timeout");
        }
    }

    /// <inheritdoc/>
    public bool Handle(HandoffMessage message)
    {
        switch (message)
        {
            case LoginSucceeded login:
                return LogIn(login);
            case LoginFailed failed when User is null:
                FailLogin(failed);
                return true;
            case StartTlsRequest:
                return BeginStartTls();
            case AuthenticatorRequest when User is null && !_parts.Settings.Fork:
                _ = _parts.Authenticators.StartAsync(Facts(), _link!);
                return true;
            case LogRecord record:
                _log.WorkerSays(record, User);
                return true;
            case SessionEnded ended when _ended is null:
                _ended = ended;
                Finish(ReasonName(ended.Reason));
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    public void WorkerEnded(ExitStatus exit, bool isCrash)
    {
        // Over what a stranger sent. A user's session reads the user's own files: that it ends over them is no attack on anybody.
        if (isCrash && User is null)
        {
            Penalise(guess: 0);
        }
        Finish(isCrash ? "worker-crashed" : "worker-ended");
    }

    private static string NameOf(ShutdownReason reason) => reason switch
    {
        ShutdownReason.AdministratorRequest => "kicked",
        ShutdownReason.ReplacedBySameUser => "replaced",
        _ => "shutdown",
    };

    private string ReasonName(SessionEnd reason) => reason switch
    {
        SessionEnd.Logout => "logout",
        SessionEnd.Disconnected => "disconnected",
        SessionEnd.Autologout => "autologout",
        SessionEnd.LoginTimeout => "login-timeout",
        SessionEnd.TooManyBadCommands => "too-many-bad-commands",
        SessionEnd.TooManyLoginFailures => "too-many-login-failures",
        SessionEnd.Shutdown => NameOf(_askedToEndFor),
        SessionEnd.StartTlsFailed => "starttls-failed",
        SessionEnd.ClientStuck => "client-stuck",
        _ => "internal-error",
    };

    private async Task ServeAsync(bool implicitTls)
    {
        if (implicitTls && !await _transport.HandshakeAsync().ConfigureAwait(false))
        {
            _parts.Counters.Add(Counter.HandshakesFailed);
            Finish(TlsFailed);
            return;
        }
        try
        {
            await SitOutPenaltyAsync().ConfigureAwait(false);
            await HandOverAsync().ConfigureAwait(false);
        }
        catch (WorkerUnavailableException)
        {
            await _transport.SayGoodbyeAsync(ByeLines.NoWorker).ConfigureAwait(false);
            throw;
        }
        await _over.Task.ConfigureAwait(false);
    }

    // Nothing but the socket is held meanwhile: the worker comes afterwards.
    private async Task SitOutPenaltyAsync()
    {
        TimeSpan delay = _parts.Penalties.Delay(Source, Environment.TickCount64);
        if (delay > TimeSpan.Zero)
        {
            _parts.Counters.Add(Counter.ConnectionsDelayed);
            await Task.Delay(delay, _abort.Token).ConfigureAwait(false);
        }
    }

    private async Task HandOverAsync()
    {
        for (int attempt = 0; attempt < HandoffAttempts; attempt++)
        {
            WorkerLink link = await _parts.Workers.TakeAsync(_abort.Token).ConfigureAwait(false);
            if (!link.TryAttach(this))
            {
                continue;
            }
            Volatile.Write(ref _link, link);
            if (await GiveAsync(descriptor => link.SendAsync(Facts(), descriptor)).ConfigureAwait(false))
            {
                if (_abort.IsCancellationRequested && _parts.Settings.Fork)
                {
                    link.Kill();
                }
                return;
            }
            link.Detach(Id);
            Volatile.Write(ref _link, null);
            link.Kill();
        }
        throw new WorkerUnavailableException();
    }

    private async Task<bool> GiveAsync(Func<SafeHandle, ValueTask<bool>> send)
    {
        bool isGiven = await _transport.GiveAsync(send).ConfigureAwait(false);
        if (isGiven && _transport.Tls is not null)
        {
            _ = EndAfterPumpAsync();
        }
        return isGiven;
    }

    private async Task EndAfterPumpAsync()
    {
        await _transport.Pumping.ConfigureAwait(false);
        // The worker has closed its side: it will say why, or end.
        await Task.WhenAny(_over.Task, Task.Delay(MasterLimits.EndGrace)).ConfigureAwait(false);
        Finish("disconnected");
    }

    private ConnectionHandoff Facts() => new(
        Id,
        _peer.Address.ToString(),
        (ushort)_peer.Port,
        _local.Address.ToString(),
        (ushort)_local.Port,
        _transport.Tls,
        _transport.CanStartTls,
        _parts.GuessKey);

    private bool LogIn(LoginSucceeded login)
    {
        bool isForeign = _parts.Settings.Fork && (login.UserId == 0 || login.UserId < _parts.Settings.MinUid);
        if (User is not null || login.User.Length == 0 || isForeign)
        {
            return false;
        }
        // Under --fork two names of one uid are one user; otherwise all sessions have the same uid.
        string countedAs = _parts.Settings.Fork ? $"{login.UserId}" : login.User;
        if (!_parts.Users.TryAdd(countedAs, this, out IUserSession? replaced))
        {
            _parts.Counters.Add(Counter.LoginsOverLimit);
            _log.LoginFailed(LoginFailure.Limit, login.User, _transport.TlsName, isRepeated: false);
            Send(new LoginVerdict(Id, false, "Too many sessions of this user"));
            return true;
        }
        lock (_lock)
        {
            _countedAs = countedAs;
            _user = login.User;
        }
        _parts.Sessions.Authenticated(this);
        _parts.Penalties.Succeed(Source, Environment.TickCount64);
        _parts.Counters.Add(Counter.LoginsSucceeded);
        _log.Login(login.User, _transport.TlsName);
        (replaced as Session)?.Replace();
        Send(new LoginVerdict(Id, true, _parts.Alert?.TextFor(countedAs, Source) ?? ""));
        return true;
    }

    private void FailLogin(LoginFailed failed)
    {
        bool isRepeated = failed.Reason != LoginFailure.Unavailable && !Penalise(failed.Guess);
        _parts.Counters.Add(CounterOf(failed.Reason));
        _parts.Counters.Add(Counter.LoginsRepeated, isRepeated ? 1 : 0);
        _log.LoginFailed(failed.Reason, failed.User, _transport.TlsName, isRepeated);
    }

    private static Counter CounterOf(LoginFailure reason) => reason switch
    {
        LoginFailure.Expired => Counter.LoginsExpired,
        LoginFailure.Unavailable => Counter.LoginsUnavailable,
        LoginFailure.RefusedByPolicy => Counter.LoginsRefusedByPolicy,
        LoginFailure.Limit => Counter.LoginsOverLimit,
        _ => Counter.LoginsBadCredentials,
    };

    // On loopback sit the webmail and the tunnels of everybody: what one of them does wrong is no other's fault.
    private bool Penalise(ulong guess) =>
        IPAddress.IsLoopback(_peer.Address) || _parts.Penalties.Add(Source, guess, Environment.TickCount64);

    // A worker's word, which no counter shall go back for.
    private static long Octets(ulong? said) => (long)Math.Min(said ?? 0, 1UL << 50);

    private bool BeginStartTls()
    {
        if (_startTlsWasAsked || User is not null)
        {
            return false;
        }
        _startTlsWasAsked = true;
        _startingTls = StartTlsAsync();
        return true;
    }

    private async Task StartTlsAsync()
    {
        try
        {
            if (_transport.CanStartTls && await _transport.HandshakeAsync().ConfigureAwait(false))
            {
                await GiveAsync(descriptor => _link!.SendAsync(new StartTlsReply(Id, _transport.Tls), descriptor))
                    .ConfigureAwait(false);
                return;
            }
            _parts.Counters.Add(Counter.HandshakesFailed);
        }
        catch (SystemCallException error)
        {
            _log.Failed(error);
        }
        Send(new StartTlsReply(Id, null));
    }

    private void Send(HandoffMessage message)
    {
        if (_link is WorkerLink link)
        {
            _ = link.SendAsync(message).AsTask();
        }
    }

    private void Finish(string reason)
    {
        lock (_lock)
        {
            _endReason ??= reason;
        }
        _over.TrySetResult();
    }

    private async Task CleanUpAsync()
    {
        await Task.WhenAny(_startingTls, Task.Delay(MasterLimits.EndGrace)).ConfigureAwait(false);
        bool isWanted = Interlocked.Read(ref _askedToEndAt) != 0;
        await _transport.CloseAsync(isWanted ? MasterLimits.Linger : MasterLimits.EndGrace).ConfigureAwait(false);
        if (_link is WorkerLink link)
        {
            if (_parts.Settings.Fork)
            {
                await Task.WhenAny(link.Ended, Task.Delay(MasterLimits.EndGrace)).ConfigureAwait(false);
                if (!link.Ended.IsCompleted)
                {
                    link.Kill();
                }
            }
            link.Detach(Id);
        }
        await _abort.CancelAsync().ConfigureAwait(false);
        if (_countedAs is not null)
        {
            _parts.Users.Remove(_countedAs, this);
            if (_parts.Users.Count(_countedAs) == 0)
            {
                _parts.Groups?.Remove(_countedAs);
            }
        }
        _parts.Sessions.Remove(this);
        _parts.Counters.Add(Counter.OctetsReceived, Octets(_ended?.OctetsIn));
        _parts.Counters.Add(Counter.OctetsSent, Octets(_ended?.OctetsOut));
        var duration = TimeSpan.FromMilliseconds(Environment.TickCount64 - _startedAt);
        if (_user is not null)
        {
            _log.Logout(_user, duration, _ended, _endReason!);
        }
        else if (_endReason != TlsFailed) // that was said with the reason
        {
            _log.Closed(duration, _endReason!, _transport.TlsName);
        }
    }
}
