using System.Runtime.InteropServices;

namespace Imapd.Bench.Servers;

/// <summary>
/// CPU time of processes to the nanosecond, between its making and <see cref="Milliseconds"/>. Of a server it takes the
/// processes there are then: for commands in sessions that are there already, not for logins.
/// </summary>
internal sealed partial class CpuMeter
{
    private const int SchedulerClock = 2;
    private readonly int? _root;
    private readonly Dictionary<int, double> _before;

    private CpuMeter(int? root)
    {
        _root = root;
        _before = Processes().ToDictionary(id => id, Used);
    }

    /// <summary>Of a process and all it started.</summary>
    public static CpuMeter Of(IServer server) => new(server.ProcessId);

    /// <summary>Of this process: what the clients cost.</summary>
    public static CpuMeter OfClients() => new(null);

    public double Milliseconds() => Processes().Sum(id => Used(id) - _before.GetValueOrDefault(id));

    private int[] Processes() =>
        _root is { } root ? [.. ProcessTree.Processes(root).Select(process => process.Id)] : [Environment.ProcessId];

    /// <summary>0 for a process that has ended.</summary>
    private static double Used(int process)
    {
        // The clock of another process: its number, complemented, over the kind of clock (clock_getcpuclockid(3)).
        int clock = (~process << 3) | SchedulerClock;
        return clock_gettime(clock, out TimeSpec time) == 0 ? time.Seconds * 1e3 + time.Nanoseconds / 1e6 : 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out TimeSpec time);
}
