using System.Net.Sockets;
using Imapd.Master.Native;
using Microsoft.Win32.SafeHandles;

namespace Imapd.Master.Spawning;

/// <summary>A started child and the master's end of its control channel.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int SigKill = 9;

    private readonly SafeFileHandle _process;
    private readonly TaskCompletionSource<ExitStatus> _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

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

    public void Kill()
    {
        if (!Ended.IsCompleted)
        {
            try
            {
                ProcessCalls.Signal(_process, SigKill);
            }
            catch (ObjectDisposedException)
            {
                // it has ended just now
            }
        }
    }

    public void Dispose()
    {
        Channel.Dispose();
        _process.Dispose();
    }

    private static WorkerProcess Watch(int pid, ControlChannel channel, Reaper reaper)
    {
        SafeFileHandle? process = null;
        try
        {
            process = ProcessCalls.Open(pid);
            var worker = new WorkerProcess(pid, process, channel);
            reaper.Watch(process, status => worker._ended.TrySetResult(status));
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
