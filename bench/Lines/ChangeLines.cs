using System.Buffers;
using Imapd.Bench.Client;
using Imapd.Bench.Mail;

namespace Imapd.Bench.Lines;

/// <summary>Changing mail. What a line changes it puts back, or the mailbox is made anew.</summary>
internal static class ChangeLines
{
    private const int AppendedOctets = 10_000;

    public static IEnumerable<Line> All(Scale scale) =>
    [
        new SessionLine("store-all", $"STORE of all {scale.Mixed:N0}", (_, client) => client.Command("STORE 1:* +FLAGS (\\Draft)"), MailSet.Work)
        {
            Before = SelectWork,
            After = (_, client) => client.Command("STORE 1:* -FLAGS.SILENT (\\Draft)"),
            Changes = true,
        },
        new SessionLine(
            "store-one", $"{scale.Batch:N0} STOREs of one message, each",
            (side, client) => Many(side, number => client.Command($"STORE {number * 3} +FLAGS (\\Draft)")), MailSet.Work)
        {
            Before = SelectWork,
            After = (_, client) => client.Command("STORE 1:* -FLAGS.SILENT (\\Draft)"),
            Parts = side => side.Batch,
            Changes = true,
        },
        new SessionLine("append", $"{scale.Batch:N0} APPENDs of 10 KB, each", Append)
        {
            Before = client => client.Command("CREATE Target"),
            After = (side, client) =>
            {
                // Whether they all arrived.
                long exists = client.Command("SELECT Target").Exists;
                if (exists != side.Scale.Batch)
                {
                    throw new InvalidOperationException($"{side.Server.Name} has {exists} of the messages appended");
                }
                DeleteTarget(side, client);
            },
            Parts = side => side.Batch,
            Changes = true,
        },
        new SessionLine("copy", $"COPY of {scale.Batch:N0}", (side, client) => client.Command($"COPY 1:{side.Scale.Batch} Target"), MailSet.Work)
        {
            Before = client =>
            {
                client.Command("CREATE Target");
                SelectWork(client);
            },
            After = DeleteTarget,
            Changes = true,
        },
        new SessionLine("move", $"MOVE of {scale.Batch:N0}", (side, client) => client.Command($"MOVE 1:{side.Scale.Batch} Target"), MailSet.Work)
        {
            Before = client =>
            {
                client.Command("CREATE Target");
                SelectWork(client);
            },
            After = (side, client) =>
            {
                client.Command("SELECT Target");
                client.Command("MOVE 1:* Work");
                DeleteTarget(side, client);
            },
            Compared = answer => answer.Expunges,
            Changes = true,
        },
        new SessionLine("expunge", $"EXPUNGE of {scale.Mixed / 2:N0} of {scale.Mixed:N0}", (_, client) => client.Command("EXPUNGE"), MailSet.Work)
        {
            Prepare = side => side.Write(MailSet.Work),
            Before = client =>
            {
                SelectWork(client);
                client.Command($"STORE 1:{scale.Mixed / 2} +FLAGS.SILENT (\\Deleted)");
            },
            Compared = answer => answer.Expunges,
            Changes = true,
        },
    ];

    private static void SelectWork(WireClient client) => client.Command("SELECT Work");

    private static void DeleteTarget(Side side, WireClient client)
    {
        client.Command("UNSELECT");
        client.Command("DELETE Target");
    }

    private static Answer Append(Side side, WireClient client)
    {
        var buffer = new ArrayBufferWriter<byte>();
        byte[] message = [.. MessageMaker.Small(buffer, 1, 1), .. Prose.Plain.AsSpan(0, AppendedOctets)];
        byte[] wire = new byte[message.Length + message.AsSpan().Count((byte)'\n') + 2];
        int length = 0;
        foreach (byte octet in message)
        {
            if (octet == '\n')
            {
                wire[length++] = (byte)'\r';
            }
            wire[length++] = octet;
        }
        wire[^2] = (byte)'\r';
        wire[^1] = (byte)'\n';
        return Many(side, _ => client.Append("Target", wire));
    }

    private static Answer Many(Side side, Func<int, Answer> command)
    {
        var all = default(Answer);
        for (int number = 1; number <= side.Scale.Batch; number++)
        {
            all = all.Plus(command(number));
        }
        return all;
    }
}
