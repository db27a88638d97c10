using System.Diagnostics;

namespace Imapd.Storage.Maildir.Watch;

/// <summary>Waits for what another process holds, not for ever.</summary>
/// <param name="seconds">The longest wait.</param>
internal sealed class Patience(int seconds)
{
    private const int LongestPauseMilliseconds = 50;

    /// <summary>Tries until it succeeds: at once, then after pauses of 1 ms and twice as long each time, up to 50 ms.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.InUse"/> when the time is up.</exception>
    public void Wait(Func<bool> attempt)
    {
        var watch = Stopwatch.StartNew();
        for (int pause = 1; !attempt(); pause = Math.Min(pause * 2, LongestPauseMilliseconds))
        {
            if (watch.Elapsed.TotalSeconds > seconds)
            {
                throw new StoreException(StoreError.InUse, "Another program has kept the mailbox locked for too long");
            }

            Thread.Sleep(pause);
        }
    }
}
