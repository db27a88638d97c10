using System.Net.Sockets;
using Imapd.Master.Native;
using Microsoft.Win32.SafeHandles;

namespace Imapd.Master.Spawning;

/// <summary>A started child and the master's end of its control channel.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly SafeFileHandle _process;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<ExitStatus> _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _isReaped;

    private WorkerProcess(int pid, SafeFileHandle process, ControlChannel channel)
    {
        Pid = pid;
        _process = process;
        Channel = channel;
    }

    public int Pid { get; }

    public ControlChannel Channel { get; }

    /// <summary>Completes when the child has ended and was reaped.</summary>
    public Task<ExitStatus> Ended => _ended.Task;

    /// <summary>Starts a program with a new channel as its descriptor 3.</summary>
    /// <exception cref="SystemCallException">It could not be started, or not be watched; nothing is left of it.</exception>
    public static WorkerProcess Start(string path, IReadOnlyList<string> arguments, SafeFileHandle empty, Reaper reaper)
    {
        (ControlChannel ours, SafeSocketHandle theirs) = ControlChannel.Create();
        using (theirs)
        {
            return Start(path, arguments, empty, reaper, ours, theirs);
        }
    }

    /// <summary>Starts a program with one end of a channel; takes the other over, whatever happens.</summary>
    /// <exception cref="SystemCallException">It could not be started, or not be watched; nothing is left of it.</exception>
    public static WorkerProcess Start(
        string path,
        IReadOnlyList<string> arguments,
        SafeFileHandle empty,
        Reaper reaper,
        ControlChannel ours,
        SafeSocketHandle theirs)
    {
        try
        {
            int pid = Spawn.Start(path, arguments, ChildEnvironment.Variables, empty, theirs);
            return Watch(pid, ours, reaper);
        }
        catch
        {
            ours.Dispose();
            throw;
        }
    }

    /// <summary>Ends it, and with it what it has started: a module of PAM may be waiting for a program.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            // Until its status is taken its number is nobody else's.
            if (!_isReaped)
            {
                ProcessCalls.KillGroup(Pid);
            }
        }
    }

    /// <summary>Closes the channel. The child is watched until it has ended, and reaped, all the same.</summary>
    public void Dispose() => Channel.Dispose();

    private void Reap()
    {
        ExitStatus status;
        lock (_lock)
        {
            status = ProcessCalls.Reap(_process);
            _isReaped = true;
            _process.Dispose();
        }
        _ended.TrySetResult(status);
    }

    private static WorkerProcess Watch(int pid, ControlChannel channel, Reaper reaper)
    {
        SafeFileHandle? process = null;
        try
        {
            process = ProcessCalls.Open(pid);
            var worker = new WorkerProcess(pid, process, channel);
            reaper.Watch(process, worker.Reap);
            return worker;
        }
        catch (SystemCallException)
        {
            process?.Dispose();
            ProcessCalls.KillUnwatched(pid);
            throw;
        }
    }
}
