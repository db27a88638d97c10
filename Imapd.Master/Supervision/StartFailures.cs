using Serilog;

namespace Imapd.Master.Supervision;

/// <summary>
/// That a program cannot be started, in few lines: at once, then each time the reason is another, and otherwise once a minute
/// with how often it happened meanwhile. From any thread.
/// </summary>
/// <param name="what">What did not happen, as the line begins.</param>
/// <param name="log">Where it is told.</param>
internal sealed class StartFailures(string what, ILogger log)
{
    private const int QuietMilliseconds = 60_000;

    private readonly Lock _lock = new();
    private string? _reason;
    private long _saidAt;
    private int _untold;

    /// <summary>It happened.</summary>
    public void Failed(string reason) => Failed(reason, Environment.TickCount64);

    /// <inheritdoc cref="Failed(string)"/>
    public void Failed(string reason, long now)
    {
        int untold;
        lock (_lock)
        {
            if (reason == _reason && now - _saidAt < QuietMilliseconds)
            {
                _untold++;
                return;
            }
            untold = _untold;
            (_reason, _saidAt, _untold) = (reason, now, 0);
        }
        if (untold == 0)
        {
            log.Error("{What:l} reason={Reason:q}", what, reason);
        }
        else
        {
            log.Error("{What:l} reason={Reason:q} before={Untold}", what, reason, untold);
        }
    }

    /// <summary>It can be started: the next failure is news again.</summary>
    public void Succeeded()
    {
        lock (_lock)
        {
            (_reason, _untold) = (null, 0);
        }
    }
}
