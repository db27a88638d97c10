namespace Imapd.Master.Supervision;

/// <summary>
/// Waits longer after each failure in a row, but never stops trying: a worker that cannot start slows the service, and
/// the service is there again as soon as it can.
/// </summary>
internal sealed class BackOff
{
    private const int FirstMilliseconds = 100;
    private const int MaxMilliseconds = 5000;

    private int _failures;

    public TimeSpan Delay => Volatile.Read(ref _failures) switch
    {
        0 => TimeSpan.Zero,
        int failures => TimeSpan.FromMilliseconds(
            Math.Min((long)FirstMilliseconds << Math.Min(failures - 1, 10), MaxMilliseconds)),
    };

    public void Failed() => Interlocked.Increment(ref _failures);

    public void Succeeded() => Volatile.Write(ref _failures, 0);
}
