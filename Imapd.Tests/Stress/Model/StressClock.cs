namespace Imapd.Tests.Stress.Model;

/// <summary>
/// The order of things: every call gives a larger number. What got its number before an event began happened before it.
/// </summary>
internal sealed class StressClock
{
    private long _now;

    public long Next() => Interlocked.Increment(ref _now);
}
