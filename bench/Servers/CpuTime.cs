namespace Imapd.Bench.Servers;

/// <summary>CPU time of a server's processes in milliseconds, user and system.</summary>
/// <param name="Root">The process all others descend from: the master.</param>
/// <param name="Others">All the others: the workers.</param>
internal readonly record struct CpuTime(double Root, double Others)
{
    public double All => Root + Others;
}
