using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Imapd.Master.Logging;

/// <summary>Where the log goes.</summary>
internal static class LogSetup
{
    /// <summary>Standard error: with priorities when it is the journal's, else with the time, for people.</summary>
    public static Logger ToStandardError(LogEventLevel level)
    {
        bool forJournal = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("JOURNAL_STREAM"));
        Logger console = new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .WriteTo.Console(new LineFormatter(forJournal), standardErrorFromLevel: LogEventLevel.Verbose)
            .CreateLogger();
        return new LoggerConfiguration().MinimumLevel.Is(level).WriteTo.Sink(new QueuedSink(console)).CreateLogger();
    }

    /// <summary>The system log, as facility mail.</summary>
    public static Logger ToSystemLog(LogEventLevel level) =>
        new LoggerConfiguration().MinimumLevel.Is(level).WriteTo.Sink(new SyslogSink()).CreateLogger();
}
