using System.Diagnostics;
using Imapd.Bench.Client;
using Imapd.Bench.Mail;
using Imapd.Bench.Report;
using Imapd.Bench.Servers;

namespace Imapd.Bench.Lines;

/// <summary>From the rename into new/ to the EXISTS that an idling client reads.</summary>
internal sealed class DeliveryLine() : Line("delivery", MailSet.Drop)
{
    private const int PauseMilliseconds = 300;

    public override bool IsRepeated => false;

    public override IReadOnlyList<string> Rows => ["delivery to EXISTS in IDLE, median", "delivery to EXISTS in IDLE, 95 of 100"];

    public override IReadOnlyList<Sample?> Measure(Side side)
    {
        using WireClient client = side.Login();
        client.Command("SELECT Drop");
        client.Send("a IDLE\r\n");
        client.ReadContinuation();
        side.WaitUntilQuiet();
        var dice = new Dice(5);
        var milliseconds = new List<double>();
        var server = CpuMeter.Of(side.Server);
        for (int number = 0; number < side.Scale.Deliveries; number++)
        {
            // Deliveries at moments that fit no timer of a server.
            Thread.Sleep(PauseMilliseconds + dice.Below(PauseMilliseconds));
            long moment = side.Maker.Deliver(side.DirectoryOf("Drop"), number);
            client.ReadUntilExists();
            milliseconds.Add(Stopwatch.GetElapsedTime(moment).TotalMilliseconds);
        }
        double cpu = server.Milliseconds() / side.Scale.Deliveries;
        side.Touch();
        client.Send("DONE\r\n");
        client.ReadAnswer("IDLE");
        client.Command("LOGOUT");
        milliseconds.Sort();
        return [new Sample(milliseconds[milliseconds.Count / 2], cpu), new Sample(milliseconds[milliseconds.Count * 95 / 100])];
    }
}
