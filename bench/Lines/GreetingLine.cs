using System.Diagnostics;
using Imapd.Bench.Report;
using Imapd.Bench.Servers;
using Imapd.Tests.EndToEnd.Harness;

namespace Imapd.Bench.Lines;

/// <summary>From connect(2), in clear, to the greeting read.</summary>
/// <param name="hasSpareWorkers">False: what starting a worker takes is part of it; that is only about imapd.</param>
internal sealed class GreetingLine(bool hasSpareWorkers) : Line(hasSpareWorkers ? "greeting" : "greeting-cold")
{
    private const int Greetings = 200;
    private const int WarmUps = 10;

    public override bool IsRepeated => false;

    public override IReadOnlyList<string> Rows => hasSpareWorkers
        ? ["connect to greeting, median", "connect to greeting, 95 of 100"]
        : ["connect to greeting without spare workers, median", "connect to greeting without spare workers, 95 of 100"];

    public override IReadOnlyList<Sample?> Measure(Side side)
    {
        if (!hasSpareWorkers && side.Server is not ImapdServer)
        {
            return [null, null];
        }
        using IServer server = side.StartFresh(new StartOptions(HasSpareWorkers: hasSpareWorkers));
        var milliseconds = new List<double>();
        for (int i = 0; i < WarmUps + Greetings; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using ImapClient client = ImapClient.ConnectClear(server.ClearPort);
            double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            client.Command("LOGOUT");
            if (i >= WarmUps)
            {
                milliseconds.Add(elapsed);
            }
        }
        milliseconds.Sort();
        return [new Sample(milliseconds[Greetings / 2]), new Sample(milliseconds[Greetings * 95 / 100])];
    }
}
