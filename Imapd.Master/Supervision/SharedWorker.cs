using Imapd.Master.Native;
using Imapd.Master.Spawning;
using Imapd.Protocol.Handoff;
using Serilog;

namespace Imapd.Master.Supervision;

/// <summary>The one worker that serves all sessions; when it ends, another is started.</summary>
internal sealed class SharedWorker(WorkerLauncher launcher, Counters counters, ILogger log) : IWorkerSource
{
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(30);

    private readonly BackOff _backOff = new();
    private readonly StartFailures _failures = new("worker not started", log);
    private TaskCompletionSource<WorkerLink> _current = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<WorkerLink> TakeAsync(CancellationToken cancel)
    {
        try
        {
            return await Volatile.Read(ref _current).Task
                .WaitAsync(MasterLimits.WorkerPatience, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new WorkerUnavailableException();
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            long startedAt = Environment.TickCount64;
            if (TryStart() is WorkerLink link)
            {
                _current.TrySetResult(link);
                await WaitAsync(link, stop).ConfigureAwait(false);
                counters.Add(Counter.WorkersCrashed, link.Ended is { IsCompletedSuccessfully: true, Result: true } ? 1 : 0);
                Volatile.Write(ref _current, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            if (Environment.TickCount64 - startedAt > Healthy.TotalMilliseconds)
            {
                _backOff.Succeeded();
            }
            _backOff.Failed();
            try
            {
                await Task.Delay(_backOff.Delay, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task WaitAsync(WorkerLink link, CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stop.Register(stopped.SetResult);
        await Task.WhenAny(link.Ended, stopped.Task).ConfigureAwait(false);
        if (!link.Ended.IsCompleted)
        {
            await link.SendAsync(new ShutdownRequest(0, ShutdownReason.ServerStopping)).ConfigureAwait(false);
            link.FinishSending();
            await Task.WhenAny(link.Ended, Task.Delay(MasterLimits.EndGrace, CancellationToken.None))
                .ConfigureAwait(false);
            link.Kill();
        }
    }

    private WorkerLink? TryStart()
    {
        try
        {
            var link = new WorkerLink(launcher.StartServer(), isShared: true, log);
            _failures.Succeeded();
            counters.Add(Counter.WorkersStarted);
            return link;
        }
        catch (SystemCallException error)
        {
            _failures.Failed(error.Message);
            return null;
        }
    }
}
