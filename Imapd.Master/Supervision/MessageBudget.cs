namespace Imapd.Master.Supervision;

/// <summary>A bucket of tokens: a burst at once, then so many a second.</summary>
internal sealed class MessageBudget(int burst, int perSecond)
{
    private const long WholeToken = 1000;

    private long _milliTokens = (long)burst * WholeToken;
    private long _filledAt = Environment.TickCount64;

    /// <summary>Takes one; false: none is left. For one thread at a time.</summary>
    public bool TryTake() => TryTake(Environment.TickCount64);

    /// <inheritdoc cref="TryTake()"/>
    public bool TryTake(long now)
    {
        _milliTokens = Math.Min((long)burst * WholeToken, _milliTokens + ((now - _filledAt) * perSecond));
        _filledAt = now;
        if (_milliTokens < WholeToken)
        {
            return false;
        }
        _milliTokens -= WholeToken;
        return true;
    }
}
