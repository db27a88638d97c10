using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Imapd.Master.Native;
using Imapd.Master.Spawning;
using Imapd.Master.Supervision;
using Imapd.Master.Systemd;
using Microsoft.Win32.SafeHandles;

namespace Imapd.Master.Handover;

/// <summary>The master that takes this one's place: the same command line, perhaps a newer executable.</summary>
internal sealed class Successor : IDisposable
{
    /// <summary>Starting, reading the configuration and the certificate, binding new addresses.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int MaxReasonOctets = 1000;
    private const int MaxUserOctets = 1024;

    private readonly Socket _channel;

    private readonly SafeFileHandle _process;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="SystemCallException">It cannot be watched.</exception>
    private Successor(int pid, Socket channel, Reaper reaper)
    {
        Pid = pid;
        _channel = channel;
        _process = ProcessCalls.Open(pid);
        reaper.Watch(_process, () =>
        {
            _ = ProcessCalls.Reap(_process);
            _process.Dispose();
            _ended.TrySetResult();
        });
    }

    public int Pid { get; }

    /// <summary>True when the successor wants the sessions ended; false when it has ended itself.</summary>
    public Task<bool> WantsEnd { get; private set; } = Task.FromResult(false);

    /// <summary>
    /// Starts it, passes it the listening sockets and waits until it accepts.
    /// </summary>
    /// <param name="path">The executable.</param>
    /// <param name="arguments">The command line that this process was started with.</param>
    /// <param name="listeners">The sockets; both accept until this process stops.</param>
    /// <param name="isManaged">They are the service manager's.</param>
    /// <param name="reaper">Takes its status.</param>
    /// <param name="hasSessions">Told how many sessions a user has there, as often as one logs in.</param>
    /// <param name="stop">This process shall end: so shall one that has not taken over by then.</param>
    /// <exception cref="SystemCallException">It could not be started at all.</exception>
    /// <exception cref="NoSuccessorException">It ended again, and nothing has changed.</exception>
    public static async Task<Successor> StartAsync(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyList<SafeHandle> listeners,
        bool isManaged,
        Reaper reaper,
        Action<string, int> hasSessions,
        CancellationToken stop)
    {
        (SafeSocketHandle ours, SafeSocketHandle theirs) = UnixSockets.StreamPair();
        var channel = new Socket(ours);
        try
        {
            int pid;
            using (theirs)
            using (SafeFileHandle empty = Descriptors.OpenNull())
            {
                pid = Spawn.Start(path, arguments, Variables(listeners.Count, isManaged), empty, [.. listeners, theirs]);
            }
            var successor = new Successor(pid, channel, reaper);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
            deadline.CancelAfter(Patience);
            byte said = await successor.HearAsync(deadline.Token).ConfigureAwait(false);
            if (stop.IsCancellationRequested) // also when it became ready at the same moment
            {
                await successor.EndAsync().ConfigureAwait(false);
                throw new NoSuccessorException("this process was told to stop");
            }
            if (said != Predecessor.Ready)
            {
                if (deadline.IsCancellationRequested)
                {
                    ProcessCalls.KillGroup(pid);
                    throw new NoSuccessorException($"the new process was not ready within {Patience.TotalSeconds} s");
                }
                throw new NoSuccessorException(await successor.HearReasonAsync(deadline.Token).ConfigureAwait(false));
            }
            successor.WantsEnd = successor.WaitForEndAsync(hasSessions);
            return successor;
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    /// <summary>Ends it as SIGTERM does and waits until it is gone, but not for ever. It can say nothing any more.</summary>
    public async Task EndAsync()
    {
        try
        {
            ProcessCalls.Terminate(_process);
        }
        catch (ObjectDisposedException)
        {
            return; // it has gone already
        }
        _channel.Dispose(); // it waits for the end of this process, as far as it can see
        Task patience = Task.Delay(MasterLimits.EndGrace + MasterLimits.Linger + MasterLimits.Linger);
        if (await Task.WhenAny(_ended.Task, patience).ConfigureAwait(false) == patience)
        {
            ProcessCalls.KillGroup(Pid);
        }
    }

    public void Dispose() => _channel.Dispose();

    private static List<string> Variables(int sockets, bool isManaged)
    {
        List<string> variables =
        [
            .. ChildEnvironment.Variables,
            .. ServiceManager.Environment,
            $"{Predecessor.Variable}={sockets.ToString(CultureInfo.InvariantCulture)}",
        ];
        if (isManaged)
        {
            variables.Add(Predecessor.ManagedVariable + "=1");
        }
        return variables;
    }

    private async Task<bool> WaitForEndAsync(Action<string, int> hasSessions)
    {
        byte said;
        while ((said = await HearAsync(CancellationToken.None).ConfigureAwait(false)) == Predecessor.Sessions)
        {
            byte[] numbers = await HearAsync(new byte[sizeof(int) + sizeof(ushort)]).ConfigureAwait(false);
            int octets = BinaryPrimitives.ReadUInt16BigEndian(numbers.AsSpan(sizeof(int)));
            byte[] user = await HearAsync(new byte[Math.Min(octets, MaxUserOctets)]).ConfigureAwait(false);
            if (user.Length > 0)
            {
                hasSessions(Encoding.UTF8.GetString(user), BinaryPrimitives.ReadInt32BigEndian(numbers));
            }
        }
        return said == Predecessor.End;
    }

    // Empty when it was killed, or is of a kind that gives no reason: then its log is all there is.
    private async Task<string> HearReasonAsync(CancellationToken cancel)
    {
        var reason = new List<byte>();
        while (reason.Count < MaxReasonOctets && await HearAsync(cancel).ConfigureAwait(false) is not 0 and byte octet)
        {
            reason.Add(octet);
        }
        string text = Encoding.UTF8.GetString([.. reason]);
        return text.Length == 0 ? "the new process ended and gave no reason" : text;
    }

    // The buffer, filled; all zeros when the successor has gone meanwhile, and empty if it was to hold nothing.
    private async Task<byte[]> HearAsync(byte[] buffer)
    {
        for (int index = 0; index < buffer.Length; index++)
        {
            buffer[index] = await HearAsync(CancellationToken.None).ConfigureAwait(false);
        }
        return buffer;
    }

    private async Task<byte> HearAsync(CancellationToken cancel)
    {
        byte[] octet = new byte[1];
        try
        {
            return await _channel.ReceiveAsync(octet, cancel).ConfigureAwait(false) == 1 ? octet[0] : (byte)0;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            return 0;
        }
    }
}

/// <summary>No other process took over; the message says why.</summary>
internal sealed class NoSuccessorException(string reason) : Exception(reason);
