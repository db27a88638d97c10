using System.Diagnostics.CodeAnalysis;
using Imapd.Master.Native;
using Imapd.Master.Spawning;
using Serilog;

namespace Imapd.Master.Supervision;

/// <summary>One worker per session, a few of them started before there is a client.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "It lives as long as the process.")]
internal sealed class SpareWorkers(WorkerLauncher launcher, int wanted, Counters counters, ILogger log) : IWorkerSource
{
    private readonly Lock _lock = new();
    private readonly Queue<WorkerLink> _spares = [];
    private readonly SemaphoreSlim _wake = new(1);
    private readonly BackOff _backOff = new();
    private readonly StartFailures _failures = new("worker not started", log);
    private bool _isStopped;

    public async Task<WorkerLink> TakeAsync(CancellationToken cancel)
    {
        if (TakeSpare() is WorkerLink spare)
        {
            return spare;
        }
        long deadline = Environment.TickCount64 + (long)MasterLimits.WorkerPatience.TotalMilliseconds;
        do
        {
            await Task.Delay(_backOff.Delay, cancel).ConfigureAwait(false);
            if (TryStart() is WorkerLink link)
            {
                return link;
            }
        }
        while (Environment.TickCount64 < deadline);
        throw new WorkerUnavailableException();
    }

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await _wake.WaitAsync(stop).ConfigureAwait(false);
                while (IsMissing())
                {
                    await Task.Delay(_backOff.Delay, stop).ConfigureAwait(false);
                    if (TryStart() is WorkerLink link)
                    {
                        Keep(link);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            Stop();
        }
    }

    private WorkerLink? TakeSpare()
    {
        lock (_lock)
        {
            while (_spares.TryDequeue(out WorkerLink? spare))
            {
                if (!spare.Ended.IsCompleted)
                {
                    _wake.Release();
                    return spare;
                }
            }
            return null;
        }
    }

    private bool IsMissing()
    {
        lock (_lock)
        {
            int dead = _spares.Count(spare => spare.Ended.IsCompleted);
            return _spares.Count - dead < wanted;
        }
    }

    private void Keep(WorkerLink link)
    {
        lock (_lock)
        {
            if (_isStopped)
            {
                link.Kill();
                return;
            }
            for (int count = _spares.Count; count > 0; count--)
            {
                WorkerLink spare = _spares.Dequeue();
                if (!spare.Ended.IsCompleted)
                {
                    _spares.Enqueue(spare);
                }
            }
            _spares.Enqueue(link);
        }
    }

    private WorkerLink? TryStart()
    {
        try
        {
            var link = new WorkerLink(launcher.StartServer(), isShared: false, log);
            _failures.Succeeded();
            counters.Add(Counter.WorkersStarted);
            _ = WatchAsync(link);
            return link;
        }
        catch (SystemCallException error)
        {
            _backOff.Failed();
            _failures.Failed(error.Message);
            return null;
        }
    }

    private async Task WatchAsync(WorkerLink link)
    {
        bool isCrash = await link.Ended.ConfigureAwait(false);
        counters.Add(Counter.WorkersCrashed, isCrash ? 1 : 0);
        if (link.WasUsed)
        {
            _backOff.Succeeded();
            return;
        }
        // Whoever ends without a session cannot be served with another of its kind at once.
        if (isCrash)
        {
            _backOff.Failed();
        }
        _wake.Release();
    }

    private void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            while (_spares.TryDequeue(out WorkerLink? spare))
            {
                spare.Kill();
            }
        }
    }
}
