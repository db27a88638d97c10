using System.Runtime.InteropServices;
using Imapd.Protocol.Handoff;
using Imapd.Worker.Control;
using Imapd.Worker.Login;
using Imapd.Worker.Native;
using Imapd.Worker.Session;
using Mono.Unix.Native;

namespace Imapd.Worker.Modes;

/// <summary>
/// <c>--serve-all</c>: every connection of the master in this one process, a thread for each, under one identity that is never
/// root's. The first thread reads the control channel and passes on what is for the sessions.
/// </summary>
internal sealed class ServeAllMode
{
    // A session's calls are shallow, and what it reads has bounded depth.
    private const int SessionStackOctets = 256 * 1024;

    // How long sessions have to say BYE when the server stops; the master waits a little longer than that.
    private const int StopMilliseconds = 5_000;

    private readonly Dictionary<ulong, SharedSession> _sessions = [];
    private readonly ControlChannel _channel;
    private readonly WorkerArguments _arguments;
    private readonly MailLocation _location;

    private ServeAllMode(ControlChannel channel, WorkerArguments arguments, MailLocation location)
    {
        _channel = channel;
        _arguments = arguments;
        _location = location;
    }

    /// <summary>Runs it.</summary>
    /// <returns>The exit status, one of <see cref="WorkerExit"/>.</returns>
    public static int Run(WorkerArguments arguments)
    {
        ControlChannel channel = WorkerStart.Begin();
        try
        {
            return BecomeAndServe(channel, arguments);
        }
        catch (Exception error) when (error is DropFailedException or SystemCallException)
        {
            _ = channel.Send(new LogRecord(0, LogSeverity.Error, error.Message));
            _ = Syscall._exit(WorkerExit.DropFailed);
            throw;
        }
    }

    private static int BecomeAndServe(ControlChannel channel, WorkerArguments arguments)
    {
        WorkerLimit.Apply(arguments.Limits);
        Become(arguments);
        using MemoryStorage? memory = arguments.IsMemory ? MemoryStorage.Create() : null;
        MailLocation location = memory is null ? arguments.Location : MailLocation.Below(memory.Root);
        string common = location.CommonDirectory
            ?? throw new DropFailedException($"--serve-all cannot serve mail in homes: --mail-location {location}");
        _ = Syscall.chdir("/");
        Sandbox.Enter(
            [common, .. memory is null ? [] : new[] { memory.Parent }, .. arguments.RawLog is { } log ? new[] { log } : []],
            missing => channel.Send(new LogRecord(0, LogSeverity.Warning, missing)));
        return new ServeAllMode(channel, arguments, location).Serve();
    }

    private static void Become(WorkerArguments arguments)
    {
        (uint real, uint effective, uint saved) = Credentials.UserIds();
        bool isRoot = real == 0 || effective == 0 || saved == 0;
        if (!isRoot)
        {
            if (arguments.RunAs is { } other && other != real)
            {
                throw new DropFailedException($"only root can become uid {other}");
            }
            return;
        }
        uint userId = arguments.RunAs ?? throw new DropFailedException("started as root without --run-as");
        Account account = AccountDatabase.FindById(userId)
            ?? throw new DropFailedException($"uid {userId} is nobody's");
        PrivilegeDrop.Become(new UserIdentity(
            account.Name,
            account.UserId,
            account.GroupId,
            AccountDatabase.GroupsOf(account.Name, account.GroupId),
            account.Home,
            account.Shell,
            new Dictionary<string, string>()));
    }

    private int Serve()
    {
        using var stop = new EventDescriptor();
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Set();
        });
        int status = WorkerExit.Normal;
        try
        {
            while (Next(stop.Descriptor))
            {
            }
        }
        catch (InvalidDataException)
        {
            status = WorkerExit.BadHandoff;
        }
        EndAll(ShutdownReason.ServerStopping);
        AwaitSessions();
        return status;
    }

    // False when there will be no more connections.
    private bool Next(int stopDescriptor)
    {
        Span<Poll.Entry> entries = [new(_channel.Descriptor, Poll.In), new(stopDescriptor, Poll.In)];
        _ = Poll.Wait(entries, -1);
        if (entries[1].Happened != 0)
        {
            return false;
        }
        switch (_channel.Receive(out int received, timeoutMilliseconds: 0))
        {
            case null:
                return false;
            case ConnectionHandoff handoff when received != -1:
                Start(handoff, received);
                return true;
            case ShutdownRequest { Id: 0 } request:
                ControlChannel.Close(ref received);
                EndAll(request.Reason);
                return true;
            case ShutdownRequest request:
                ControlChannel.Close(ref received);
                Find(request.Id)?.End(request.Reason);
                return true;
            case { } message:
                if (Find(message.Id) is { } session)
                {
                    session.Deliver(message, received);
                }
                else
                {
                    ControlChannel.Close(ref received);
                }
                return true;
        }
    }

    private void Start(ConnectionHandoff handoff, int stream)
    {
        RawLog? log = RawLogFile.Open(
            _arguments.RawLog,
            WorkerStart.FactsOf(handoff, _arguments),
            line => _channel.Send(new LogRecord(handoff.Id, LogSeverity.Warning, line)));
        var client = new ClientConnection(stream, stream) { RawLog = log };
        SharedSession? control = null;
        try
        {
            control = new SharedSession(_channel, handoff.Id);
            lock (_sessions)
            {
                _sessions[handoff.Id] = control;
            }
            new Thread(() => Session(client, control, handoff), SessionStackOctets) { IsBackground = true }.Start();
        }
        catch (Exception error) when (error is SystemCallException or OutOfMemoryException or ThreadStateException)
        {
            // No thread or no descriptor left: this connection is lost, and the master hears it as one that ended.
            _ = _channel.Send(new LogRecord(handoff.Id, LogSeverity.Error, error.Message));
            _ = _channel.Send(new SessionEnded(handoff.Id, SessionEnd.InternalError, 0, 0));
            Forget(handoff.Id);
            control?.Dispose();
            client.Dispose();
        }
    }

    private void Session(ClientConnection client, SharedSession control, ConnectionHandoff handoff)
    {
        try
        {
            using (client)
            {
                var host = new SharedHost(control, WorkerStart.FactsOf(handoff, _arguments), _arguments, _location);
                _ = new ImapSession(client, host, WorkerStart.OptionsOf(_arguments)).Run();
            }
        }
        finally
        {
            Forget(handoff.Id);
            control.Dispose();
        }
    }

    private SharedSession? Find(ulong id)
    {
        lock (_sessions)
        {
            return _sessions.GetValueOrDefault(id);
        }
    }

    private void Forget(ulong id)
    {
        lock (_sessions)
        {
            _ = _sessions.Remove(id);
            Monitor.PulseAll(_sessions);
        }
    }

    private void EndAll(ShutdownReason reason)
    {
        SharedSession[] sessions;
        lock (_sessions)
        {
            sessions = [.. _sessions.Values];
        }
        foreach (SharedSession session in sessions)
        {
            session.End(reason);
        }
    }

    private void AwaitSessions()
    {
        long deadline = Environment.TickCount64 + StopMilliseconds;
        lock (_sessions)
        {
            while (_sessions.Count > 0)
            {
                long left = deadline - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_sessions, (int)left))
                {
                    return;
                }
            }
        }
    }
}
