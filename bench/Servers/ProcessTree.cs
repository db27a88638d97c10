using System.Globalization;
using Imapd.Tests.EndToEnd.Harness;

namespace Imapd.Bench.Servers;

/// <summary>Sums over a process and everything it started.</summary>
internal static class ProcessTree
{
    /// <summary>USER_HZ of Linux on every architecture .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Memory that no other process shares, in kilobytes.</summary>
    public static int PrivateKilobytes(int root) => Processes(root).Sum(Private);

    /// <summary>Memory in kilobytes where a page that several processes share counts for each in part.</summary>
    public static int ProportionalKilobytes(int root) => Processes(root).Sum(process => process.Kilobytes("Pss"));

    public static int Private(ProcessView process) => process.Kilobytes("Private_Clean") + process.Kilobytes("Private_Dirty");

    /// <summary>CPU time used so far, that of ended and reaped children included.</summary>
    public static CpuTime Cpu(int root)
    {
        (double own, double reaped) = Milliseconds(root);
        double others = Processes(root).Skip(1).Sum(process => Milliseconds(process.Id) is var (used, children) ? used + children : 0);
        return new CpuTime(own, reaped + others);
    }

    public static List<ProcessView> Processes(int root)
    {
        var all = new List<ProcessView> { new(root) };
        for (int i = 0; i < all.Count; i++)
        {
            all.AddRange(ProcessView.ChildrenOf(all[i].Id).Where(child => !child.IsZombie));
        }
        return all;
    }

    /// <summary>utime and stime, then cutime and cstime; the name before them may hold spaces and parentheses.</summary>
    private static (double Own, double Reaped) Milliseconds(int process)
    {
        string stat;
        try
        {
            stat = File.ReadAllText($"/proc/{process}/stat");
        }
        catch (IOException)
        {
            // It ended after it was listed; what it used is in its parent's sum.
            return (0, 0);
        }
        double[] times = [.. stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..15]
            .Select(field => long.Parse(field, CultureInfo.InvariantCulture) * 1000 / TicksPerSecond)];
        return (times[0] + times[1], times[2] + times[3]);
    }
}
