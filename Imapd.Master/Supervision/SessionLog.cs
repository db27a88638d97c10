using System.Net;
using Imapd.Protocol.Handoff;
using Serilog;

namespace Imapd.Master.Supervision;

/// <summary>What the log says of one session, always with the same fields: stable for whoever searches it.</summary>
internal sealed class SessionLog(ILogger log, ulong id, IPEndPoint peer, IPEndPoint local)
{
    private const string Where = "session={Session} rip={PeerAddress} rport={PeerPort} lip={LocalAddress} tls={Tls}";

    private readonly string _session = SessionId.Format(id);

    public void Login(string user, string tls) => log.Information(
        "login user={User} " + Where, user, _session, peer.Address, peer.Port, local.Address, tls);

    public void LoginFailed(LoginFailure reason, string user, string tls, bool isRepeated) => log.Information(
        "login failed reason={Reason} user={User:q} " + Where + " repeated={Repeated}",
        ReasonName(reason),
        user,
        _session,
        peer.Address,
        peer.Port,
        local.Address,
        tls,
        isRepeated ? "yes" : "no");

    public void Logout(string user, TimeSpan duration, SessionEnded? ended, string reason) => log.Information(
        "logout user={User} session={Session} rip={PeerAddress} duration={Seconds} in={In} out={Out} reason={Reason}",
        user,
        _session,
        peer.Address,
        (long)duration.TotalSeconds,
        ended?.OctetsIn,
        ended?.OctetsOut,
        reason);

    public void Closed(TimeSpan duration, string reason, string tls) => log.Information(
        "closed before login reason={Reason} duration={Seconds} " + Where,
        reason,
        (long)duration.TotalSeconds,
        _session,
        peer.Address,
        peer.Port,
        local.Address,
        tls);

    public void HandshakeFailed(string reason) => log.Information(
        "tls failed reason={Reason:q} session={Session} rip={PeerAddress} rport={PeerPort}",
        reason,
        _session,
        peer.Address,
        peer.Port);

    public void Replaced(string user) => log.Information(
        "session ended for newer ones of the same user user={User} session={Session}", user, _session);

    public void Kicked(string? user) => log.Information(
        "session ended by the administrator user={User} session={Session}", user ?? "-", _session);

    public void WorkerSays(LogRecord record, string? user) => WorkerLog.Write(
        log, record, $"user={Logging.LogText.Value(user ?? "-")} session={_session} rip={peer.Address}");

    public void Failed(Exception error) => log.Error(error, "session failed session={Session}", _session);

    public void NoWorker() => log.Error("no worker for session={Session} rip={PeerAddress}", _session, peer.Address);

    private static string ReasonName(LoginFailure reason) => reason switch
    {
        LoginFailure.BadCredentials => "bad-credentials",
        LoginFailure.Expired => "expired",
        LoginFailure.Unavailable => "unavailable",
        LoginFailure.RefusedByPolicy => "refused-by-policy",
        LoginFailure.Limit => "limit",
        _ => "none",
    };
}
