namespace Imapd.Tests.Stress.Actors;

/// <summary>When everybody acts, rests and ends.</summary>
internal sealed class StressPace(int actors)
{
    private readonly object _gate = new();
    private int _resting;
    private bool _isPaused;
    private bool _isOver;
    private StressFailure? _failure;

    /// <summary>The first thing that went wrong.</summary>
    public StressFailure? Failure => Volatile.Read(ref _failure);

    /// <summary>Called by an actor between two acts: returns when it may act again, false when it is to end.</summary>
    public bool Next()
    {
        lock (_gate)
        {
            _resting++;
            Monitor.PulseAll(_gate);
            while (_isPaused && !_isOver)
            {
                Monitor.Wait(_gate);
            }

            _resting--;
            return !_isOver;
        }
    }

    /// <summary>Has everybody rest.</summary>
    /// <returns>False when they did not within the time, or something has gone wrong.</returns>
    public bool Pause(TimeSpan patience)
    {
        long end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        lock (_gate)
        {
            _isPaused = true;
            while (_resting < actors && Failure is null && Environment.TickCount64 < end)
            {
                Monitor.Wait(_gate, 100);
            }

            return _resting == actors && Failure is null;
        }
    }

    public void Resume()
    {
        lock (_gate)
        {
            _isPaused = false;
            Monitor.PulseAll(_gate);
        }
    }

    public void Fail(StressFailure failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
            Monitor.PulseAll(_gate);
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.PulseAll(_gate);
        }
    }
}
