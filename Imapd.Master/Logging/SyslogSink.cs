using Mono.Unix.Native;
using Serilog.Core;
using Serilog.Events;

namespace Imapd.Master.Logging;

/// <summary>The log of a server whose standard error is the client's connection, as inetd starts it.</summary>
internal sealed class SyslogSink : ILogEventSink
{
    public void Emit(LogEvent logEvent) => Syscall.syslog(
        SyslogFacility.LOG_MAIL, Level(logEvent.Level), "imapd: " + LineFormatter.Render(logEvent));

    private static SyslogLevel Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => SyslogLevel.LOG_CRIT,
        LogEventLevel.Error => SyslogLevel.LOG_ERR,
        LogEventLevel.Warning => SyslogLevel.LOG_WARNING,
        LogEventLevel.Information => SyslogLevel.LOG_INFO,
        _ => SyslogLevel.LOG_DEBUG,
    };
}
