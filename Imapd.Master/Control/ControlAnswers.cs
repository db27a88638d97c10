using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Imapd.Master.Configuration;
using Imapd.Master.Supervision;
using Imapd.Master.Tls;

namespace Imapd.Master.Control;

/// <summary>What became of the wish that another process take over: exactly one of the two is there.</summary>
/// <param name="Pid">The process that serves now.</param>
/// <param name="Reason">Why none does, and this one goes on.</param>
internal readonly record struct TakeOverResult(int? Pid, string? Reason);

/// <summary>What can be done to a server by command.</summary>
/// <param name="Reload">Reads the certificate again and starts another process to take over.</param>
/// <param name="Stop">Ends this one, as SIGTERM does.</param>
/// <param name="IsHandedOver">Another process has the listening sockets.</param>
internal sealed record ControlActions(Func<Task<TakeOverResult>> Reload, Action Stop, Func<bool> IsHandedOver);

/// <summary>From a line of the control socket to its JSON document. Every document begins with <c>pid</c>.</summary>
internal sealed class ControlAnswers(Server server, ControlActions actions)
{
    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;

    /// <summary>Does what a line says.</summary>
    public async Task<ControlAnswer> AnswerAsync(string line)
    {
        string[] words = line.Split(' ', 2);
        if (ControlCommand.Find(words[0]) is not { } command || words.Length != (command.Operand is null ? 1 : 2) || words[^1].Length == 0)
        {
            return Error($"the request is none of {string.Join(", ", ControlCommand.All.Select(known => known.Synopsis))}");
        }
        switch (command.Name)
        {
            case ControlCommand.Reload:
                TakeOverResult result = await actions.Reload().ConfigureAwait(false);
                return result.Pid is int pid
                    ? Document(json =>
                    {
                        json.WriteNumber("servingPid", pid);
                        json.WriteNumber("sessionsLeft", server.Count.Connections);
                    })
                    : Error("not reloaded: " + result.Reason);
            case ControlCommand.Stop:
                return Document(json => json.WriteBoolean("stopping", true)) with { End = actions.Stop };
            case ControlCommand.Kick:
                int ended = server.Kick(words[1]);
                return Document(json => json.WriteNumber("ended", ended));
            case ControlCommand.Who:
                return Document(WriteSessions);
            default:
                return Document(WriteStatus);
        }
    }

    /// <summary>A document that says what was wrong.</summary>
    public static ControlAnswer Error(string what) => Document(json => json.WriteString("error", what));

    private static ControlAnswer Document(Action<Utf8JsonWriter> write)
    {
        var octets = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(octets))
        {
            json.WriteStartObject();
            json.WriteNumber("pid", Environment.ProcessId);
            write(json);
            json.WriteEndObject();
        }
        octets.Write("\n"u8);
        return new ControlAnswer(octets.WrittenMemory);
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string StageName(SessionStage stage) => stage switch
    {
        SessionStage.Connecting => "connecting",
        SessionStage.NotAuthenticated => "not-authenticated",
        SessionStage.Authenticated => "authenticated",
        _ => "ending",
    };

    private void WriteStatus(Utf8JsonWriter json)
    {
        IReadOnlyList<SessionView> sessions = server.Sessions;
        json.WriteString("version", HelpText.Version);
        json.WriteString("state", actions.IsHandedOver() ? "handed-over" : "serving");
        json.WriteString("startedAt", Time(_startedAt));
        json.WriteNumber("uptimeSeconds", (long)(DateTimeOffset.UtcNow - _startedAt).TotalSeconds);
        json.WriteStartArray("listeners");
        foreach (ListenAddress address in actions.IsHandedOver() ? [] : server.Addresses)
        {
            json.WriteStartObject();
            json.WriteString("address", address.EndPoint.Address.ToString());
            json.WriteNumber("port", address.EndPoint.Port);
            json.WriteBoolean("tls", address.ImplicitTls);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("certificates");
        foreach (ServerCertificate certificate in server.Certificates)
        {
            json.WriteStartObject();
            json.WriteString("file", certificate.Files.CertificatePath);
            json.WriteStartArray("names");
            foreach (string name in certificate.Names)
            {
                json.WriteStringValue(name);
            }
            json.WriteEndArray();
            json.WriteString("notAfter", Time(certificate.NotAfter.ToUniversalTime()));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("connections");
        json.WriteNumber("total", sessions.Count);
        foreach (SessionStage stage in Enum.GetValues<SessionStage>())
        {
            json.WriteNumber(StageName(stage), sessions.Count(session => session.Stage == stage));
        }
        json.WriteEndObject();
        json.WriteStartObject("memoryOctets");
        json.WriteNumber("master", ProcessMemory.PrivateOctets(Environment.ProcessId) ?? 0);
        json.WriteNumber("workers", sessions.Select(session => session.WorkerPid).OfType<int>().Distinct().Sum(pid => ProcessMemory.PrivateOctets(pid) ?? 0));
        json.WriteEndObject();
        json.WriteNumber("addressesWithFailedLogins", server.SourcesWithFailures);
        json.WriteStartObject("counters");
        foreach (CounterRow row in Counters.Rows)
        {
            json.WriteNumber(row.Name, server.Counters.Read(row.Counter));
        }
        json.WriteEndObject();
    }

    private void WriteSessions(Utf8JsonWriter json)
    {
        json.WriteStartArray("sessions");
        foreach (SessionView session in server.Sessions)
        {
            json.WriteStartObject();
            json.WriteString("session", session.Id);
            json.WriteString("user", session.User);
            json.WriteString("address", session.Peer.Address.ToString());
            json.WriteNumber("port", session.Peer.Port);
            json.WriteString("localAddress", session.Local.Address.ToString());
            json.WriteNumber("localPort", session.Local.Port);
            json.WriteString("since", Time(session.ConnectedAt));
            json.WriteString("state", StageName(session.Stage));
            json.WriteString("tls", session.Tls);
            if (session.Activity is TcpActivity activity)
            {
                json.WriteString("activity", activity.IsBusy ? "busy" : "idle");
                json.WriteNumber("activitySeconds", (long)activity.SinceReceived.TotalSeconds);
                json.WriteNumber("octetsReceived", activity.OctetsReceived);
                json.WriteNumber("octetsSent", activity.OctetsSent);
            }
            if (session.WorkerPid is int worker)
            {
                json.WriteNumber("worker", worker);
                json.WriteNumber("memoryOctets", ProcessMemory.PrivateOctets(worker) ?? 0);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
