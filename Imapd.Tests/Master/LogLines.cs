using Serilog.Core;
using Serilog.Events;

namespace Imapd.Tests.Master;

/// <summary>The lines of a log, as they would be written.</summary>
internal sealed class LogLines : ILogEventSink
{
    private readonly Lock _lock = new();
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    public void Emit(LogEvent logEvent)
    {
        lock (_lock)
        {
            _all.Add(Imapd.Master.Logging.LineFormatter.Render(logEvent));
        }
    }
}
