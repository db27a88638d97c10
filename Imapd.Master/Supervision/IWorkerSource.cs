namespace Imapd.Master.Supervision;

/// <summary>Where a session gets its worker from.</summary>
internal interface IWorkerSource
{
    /// <summary>A running worker; waits a bounded time while none can be started.</summary>
    /// <exception cref="WorkerUnavailableException">None could be started in time.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Task<WorkerLink> TakeAsync(CancellationToken cancel);

    /// <summary>Keeps workers ready until cancelled, then ends those it still has, within a bounded time.</summary>
    Task RunAsync(CancellationToken stop);
}

/// <summary>No worker could be started; the log says why.</summary>
internal sealed class WorkerUnavailableException() : Exception("no worker could be started");
