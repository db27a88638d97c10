using Imapd.Protocol.Handoff;
using Imapd.Worker.Control;
using Imapd.Worker.Session;

namespace Imapd.Worker.Modes;

/// <summary>
/// <c>--connection</c>: waits, warm, for one connection, serves it, and ends. The control channel's end means that the master is
/// gone, and then there is nothing to wait for.
/// </summary>
internal static class ConnectionMode
{
    /// <summary>Runs it.</summary>
    /// <returns>The exit status, one of <see cref="WorkerExit"/>.</returns>
    public static int Run(WorkerArguments arguments)
    {
        using ControlChannel channel = WorkerStart.Begin();
        try
        {
            switch (channel.Receive(out int stream))
            {
                case null:
                    return WorkerExit.Normal;
                case ConnectionHandoff handoff when stream != -1:
                    var host = new ConnectionHost(channel, WorkerStart.FactsOf(handoff, arguments), arguments);
                    RawLog? log = RawLogFile.Open(arguments.RawLog, host.Facts, line => host.Log(LogSeverity.Warning, line));
                    using (var client = new ClientConnection(stream, stream) { RawLog = log })
                    {
                        host.Preauthenticate();
                        SessionEnd end = new ImapSession(client, host, WorkerStart.OptionsOf(arguments)).Run();
                        return WorkerStart.StatusOf(end);
                    }
                case ShutdownRequest:
                    return WorkerExit.Normal;
                default:
                    return WorkerExit.BadHandoff;
            }
        }
        catch (InvalidDataException)
        {
            return WorkerExit.BadHandoff;
        }
    }
}
