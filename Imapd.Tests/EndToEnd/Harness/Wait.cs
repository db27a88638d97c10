using System.Diagnostics;

namespace Imapd.Tests.EndToEnd.Harness;

/// <summary>Waiting for something another process does, without assuming how long it takes.</summary>
internal static class Wait
{
    /// <summary>Far more than anything waited for needs; reached only when it does not happen.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <exception cref="TimeoutException">It did not become true; the message says what was waited for.</exception>
    public static void Until(Func<bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"waited in vain until {what}");
            }
            Thread.Sleep(10);
        }
    }
}
