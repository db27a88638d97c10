using Imapd.Master.Native;
using Imapd.Master.Spawning;
using Imapd.Protocol.Handoff;
using Serilog;

namespace Imapd.Master.Supervision;

/// <summary>What a worker's messages about one session are given to.</summary>
internal interface IWorkerClient
{
    ulong Id { get; }

    /// <summary>A message, in the order sent. Must not wait. False: no honest worker would send it now.</summary>
    bool Handle(HandoffMessage message);

    /// <summary>The worker has ended; nothing more will come.</summary>
    void WorkerEnded(ExitStatus exit, bool isCrash);
}

/// <summary>
/// A worker and the sessions it serves: one, or all. Believes nothing: what is garbage, too much, or about sessions it
/// was not given ends the worker.
/// </summary>
internal sealed class WorkerLink
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly WorkerProcess _process;
    private readonly ILogger _log;
    private readonly bool _isShared;
    private readonly MessageBudget _budget;
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, IWorkerClient> _clients = [];
    private ulong _firstId;
    private bool _isOver;
    private bool _wasKilled;

    public WorkerLink(WorkerProcess process, bool isShared, ILogger log)
    {
        _process = process;
        _isShared = isShared;
        _log = log;
        int factor = isShared ? MasterLimits.SharedWorkerFactor : 1;
        _budget = new MessageBudget(
            MasterLimits.WorkerBurstMessages * factor, MasterLimits.WorkerMessagesPerSecond * factor);
        Ended = RunAsync();
        _ = CloseChannelAfterEndAsync();
    }

    public int Pid => _process.Pid;

    /// <summary>Completes when it was reaped and everything it sent was handled. True: it ended as it should not.</summary>
    public Task<bool> Ended { get; }

    /// <summary>It was given a session.</summary>
    public bool WasUsed => Volatile.Read(ref _firstId) != 0;

    /// <summary>Gives it a session to answer for. False: it has ended.</summary>
    public bool TryAttach(IWorkerClient client)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return false;
            }
            _clients.Add(client.Id, client);
            _firstId = _firstId == 0 ? client.Id : _firstId;
            return true;
        }
    }

    public void Detach(ulong id)
    {
        lock (_lock)
        {
            _clients.Remove(id);
        }
    }

    /// <inheritdoc cref="ControlChannel.SendAsync"/>
    public ValueTask<bool> SendAsync(HandoffMessage message, System.Runtime.InteropServices.SafeHandle? descriptor = null) =>
        _process.Channel.SendAsync(message, descriptor);

    /// <summary>Tells it that it gets no more sessions and ends with those it has.</summary>
    public void FinishSending() => _process.Channel.FinishSending();

    public void Kill()
    {
        Volatile.Write(ref _wasKilled, true);
        _process.Kill();
    }

    private async Task<bool> RunAsync()
    {
        await Task.Yield();
        while (true)
        {
            (ChannelEvent what, HandoffMessage? message) = await _process.Channel.ReceiveAsync().ConfigureAwait(false);
            if (what == ChannelEvent.Closed)
            {
                break;
            }
            if (what == ChannelEvent.Garbage || !_budget.TryTake() || !Dispatch(message!))
            {
                _log.Error(
                    "worker ended for what it sent pid={Pid} message={Message}",
                    Pid,
                    what == ChannelEvent.Garbage ? "garbage" : message!.GetType().Name);
                _process.Kill();
                break;
            }
        }
        if (await Task.WhenAny(_process.Ended, Task.Delay(MasterLimits.EndGrace)).ConfigureAwait(false) != _process.Ended)
        {
            _process.Kill();
        }
        ExitStatus exit = await _process.Ended.ConfigureAwait(false);
        return Finish(exit);
    }

    private bool Dispatch(HandoffMessage message)
    {
        if (message is LogRecord { Id: 0 } record)
        {
            WorkerLog.Write(_log, record, $"pid={Pid}");
            return true;
        }
        IWorkerClient? client;
        lock (_lock)
        {
            if (!_clients.TryGetValue(message.Id, out client))
            {
                // A session that the master has just ended may still be spoken of; one that never was may not.
                return _isShared || (message.Id == _firstId && _firstId != 0);
            }
        }
        return client.Handle(message);
    }

    private bool Finish(ExitStatus exit)
    {
        List<IWorkerClient> clients;
        lock (_lock)
        {
            _isOver = true;
            clients = [.. _clients.Values];
            _clients.Clear();
        }
        bool isCrash = WorkerLog.Ended(_log, Pid, exit, clients, Volatile.Read(ref _wasKilled));
        foreach (IWorkerClient client in clients)
        {
            client.WorkerEnded(exit, isCrash);
        }
        return isCrash;
    }

    // A descendant of the worker could hold the channel open; it shall not hold the session.
    private async Task CloseChannelAfterEndAsync()
    {
        await _process.Ended.ConfigureAwait(false);
        await Task.WhenAny(Ended, Task.Delay(LastWords)).ConfigureAwait(false);
        _process.Dispose();
    }
}
