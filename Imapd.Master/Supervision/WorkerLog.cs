using Imapd.Master.Native;
using Imapd.Protocol.Handoff;
using Serilog;
using Serilog.Events;

namespace Imapd.Master.Supervision;

/// <summary>What the log says of workers.</summary>
internal static class WorkerLog
{
    /// <summary>A line the worker asked for; its words are quoted, whose they are is ours.</summary>
    /// <param name="log">The log.</param>
    /// <param name="record">The worker's words.</param>
    /// <param name="about">Fields of ours.</param>
    public static void Write(ILogger log, LogRecord record, string about) => log.Write(
        record.Severity switch
        {
            LogSeverity.Error => LogEventLevel.Error,
            LogSeverity.Warning => LogEventLevel.Warning,
            LogSeverity.Information => LogEventLevel.Information,
            _ => LogEventLevel.Debug,
        },
        "worker says {Text:q} {About:l}",
        record.Text,
        about);

    /// <summary>Its exit status decides how loud it is said. True: it crashed.</summary>
    public static bool Ended(
        ILogger log, int pid, ExitStatus exit, IReadOnlyList<IWorkerClient> clients, bool wasKilled)
    {
        bool isCrash = false;
        string sessions = string.Join(',', clients.Take(5).Select(client => SessionId.Format(client.Id)));
        switch (exit)
        {
            case var _ when wasKilled:
            case { Signal: 0, Status: WorkerExit.Normal or WorkerExit.LoginFailed }:
            case { Signal: 0, Status: WorkerExit.ProtocolAbuse or WorkerExit.LoginTimeout }:
                log.Debug("worker ended pid={Pid} status={Status} signal={Signal}", pid, exit.Status, exit.Signal);
                break;
            case { Signal: 0, Status: WorkerExit.DropFailed }:
                log.Error("worker could not become the user and ended pid={Pid} session={Sessions}", pid, sessions);
                break;
            case { Signal: 0, Status: WorkerExit.BadHandoff }:
                log.Error("worker refused what it was given pid={Pid} session={Sessions}", pid, sessions);
                isCrash = true;
                break;
            default:
                log.Error(
                    "worker crashed pid={Pid} status={Status} signal={Signal} session={Sessions}",
                    pid,
                    exit.Status,
                    exit.Signal,
                    sessions);
                isCrash = true;
                break;
        }
        return isCrash;
    }
}
