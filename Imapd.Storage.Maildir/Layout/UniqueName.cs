using System.Globalization;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>Makes the base names of new messages: <c>sec.MusecPpidQn.host</c> (maildir(5)).</summary>
/// <param name="hostName">This host's name; a slash, colon or comma in it is written in octal, as maildir(5) has it.</param>
internal sealed class UniqueName(string hostName)
{
    private static int _counter;

    private readonly string _host = hostName
        .Replace("/", "\\057", StringComparison.Ordinal)
        .Replace(":", "\\072", StringComparison.Ordinal)
        .Replace(",", "\\054", StringComparison.Ordinal);

    /// <summary>A name that no other call on this host gives.</summary>
    /// <remarks>The counter is the process's: two sessions in it may ask in the same microsecond.</remarks>
    public string Next()
    {
        long microseconds = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        return At(microseconds, (uint)Interlocked.Increment(ref _counter));
    }

    /// <summary>The name for a time since 1970 and a count; by their names, messages sort as they came.</summary>
    internal string At(long microseconds, uint count)
    {
        (long seconds, long rest) = Math.DivRem(microseconds, 1_000_000);
        return string.Create(
            CultureInfo.InvariantCulture, $"{seconds}.M{rest:D6}P{Environment.ProcessId}Q{count}.{_host}");
    }
}
