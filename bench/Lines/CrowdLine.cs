using Imapd.Bench.Client;
using Imapd.Bench.Mail;
using Imapd.Bench.Report;

namespace Imapd.Bench.Lines;

/// <summary>Many clients of a few users, each sending one command after the other.</summary>
internal sealed class CrowdLine(Scale scale) : Line("crowd", MailSet.Crowd)
{
    public override IReadOnlyList<string> Rows => [$"{scale.Clients} clients at once, mixed commands, each command"];

    public override IReadOnlyList<Sample?> Measure(Side side)
    {
        var clients = new List<WireClient>();
        try
        {
            for (int number = 0; number < side.Scale.Clients; number++)
            {
                clients.Add(side.Login(side.Crowd[number % side.Crowd.Count]));
                clients[number].Command("SELECT INBOX");
            }
            side.WaitUntilQuiet();
            Sample sample = side.Measure(() => Run(clients, side.Scale), side.Scale.Clients * side.Scale.CommandsPerClient);
            side.Touch();
            return [sample];
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private static string Run(List<WireClient> clients, Scale scale)
    {
        Task[] running = [.. clients.Select((client, number) => Task.Factory.StartNew(
            () => Run(client, number, scale), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WaitAll(running);
        // What each is told of the others' changes depends on who comes first.
        return "";
    }

    private static void Run(WireClient client, int number, Scale scale)
    {
        var dice = new Dice((ulong)number);
        for (int i = 0; i < scale.CommandsPerClient; i++)
        {
            int message = 1 + dice.Below(scale.Mixed / 10);
            client.Command(dice.Below(100) switch
            {
                < 30 => $"FETCH {message} (UID FLAGS ENVELOPE)",
                < 50 => $"FETCH {message} (UID BODY.PEEK[])",
                < 60 => $"FETCH {message}:* (UID FLAGS)",
                < 70 => $"STORE {message} {(dice.Percent(50) ? '+' : '-')}FLAGS (\\Flagged)",
                < 80 => "NOOP",
                < 90 => "UID SEARCH UNSEEN",
                < 95 => "UID SEARCH SUBJECT \"ma\"",
                _ => "SELECT INBOX",
            });
        }
    }
}
