using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Stress.Client;
using Imapd.Tests.Stress.Servers;

namespace Imapd.Tests.Stress.Actors;

/// <summary>Kills workers in the middle of what they do, and holds others up for a while.</summary>
internal sealed class Reaper(IReadOnlyList<IStressServer> servers, Random random, Recording trace)
{
    private const int SignalContinue = 18;
    private const int SignalStop = 19;
    private int _kills;

    /// <summary>How many connections may have been lost.</summary>
    public int Kills => Volatile.Read(ref _kills);

    public void Act()
    {
        Thread.Sleep(random.Next(100, 700));
        IReadOnlyList<int> workers = servers[random.Next(servers.Count)].Workers;
        if (workers.Count == 0)
        {
            return;
        }

        int worker = workers[random.Next(workers.Count)];
        try
        {
            if (random.Next(3) == 0)
            {
                Interlocked.Increment(ref _kills);
                trace.Add("kill", $"{worker}");
                Native.Signal(worker, Native.SignalKill);
            }
            else
            {
                trace.Add("stop", $"{worker}");
                Native.Signal(worker, SignalStop);
                Thread.Sleep(random.Next(10, 300));
                Native.Signal(worker, SignalContinue);
                trace.Add("continue", $"{worker}");
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            trace.Add("ended", $"{worker}");
        }
    }
}
