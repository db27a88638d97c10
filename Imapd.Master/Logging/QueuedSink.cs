using System.Collections.Concurrent;
using Serilog.Core;
using Serilog.Events;

namespace Imapd.Master.Logging;

/// <summary>
/// Writes on a thread of its own. Whoever reads the log may stop reading (a pipe that nobody empties, a terminal held
/// with Ctrl-S): then lines wait, and in the end are lost and counted, but no session waits for them, nor SIGTERM.
/// </summary>
internal sealed class QueuedSink : ILogEventSink, IDisposable
{
    /// <summary>Lines that wait at most: some megabytes.</summary>
    internal const int MaxWaiting = 10_000;

    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(2);

    private readonly BlockingCollection<LogEvent> _waiting = new(MaxWaiting);
    private readonly Logger _log;
    private readonly Thread _writer;
    private int _lost;

    /// <summary>Takes over the log that is written to.</summary>
    public QueuedSink(Logger log)
    {
        _log = log;
        _writer = new Thread(Run) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        if (!_waiting.TryAdd(logEvent))
        {
            Interlocked.Increment(ref _lost);
        }
    }

    /// <summary>Waits a moment for what is still to be written.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        if (_writer.Join(LastPatience))
        {
            _log.Dispose();
            _waiting.Dispose();
        }
    }

    private void Run()
    {
        foreach (LogEvent logEvent in _waiting.GetConsumingEnumerable())
        {
            _log.Write(logEvent);
            int lost = Interlocked.Exchange(ref _lost, 0);
            if (lost > 0)
            {
                _log.Error("log lines lost because nobody read the log count={Count}", lost);
            }
        }
    }
}
