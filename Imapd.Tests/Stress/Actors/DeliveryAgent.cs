using System.Globalization;
using Imapd.Tests.Stress.Client;
using Imapd.Tests.Stress.Model;
using Mono.Unix.Native;

namespace Imapd.Tests.Stress.Actors;

/// <summary>Adds messages as mail transfer agents do.</summary>
internal sealed class DeliveryAgent(StressLedger ledger, Random random, Recording trace, Action<string> own)
{
    private const int EnoughMessages = 200;
    private int _count;

    public void Act()
    {
        MailboxLedger mailbox = ledger.Mailboxes[random.Next(3) == 0 ? random.Next(ledger.Mailboxes.Count) : 0];
        if (LocalFiles.In(mailbox.Directory, "cur").Length > EnoughMessages)
        {
            return;
        }

        MessageToken token = ledger.NewToken(random);
        string name = string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.M{++_count}P{Environment.ProcessId}.mta");
        string tmp = Path.Combine(mailbox.Directory, "tmp", name);
        string arrived = Path.Combine(mailbox.Directory, "new", name);
        File.WriteAllText(tmp, random.Next(4) == 0 ? token.Wire() : token.OnDisk());
        own(tmp);
        mailbox.Delivered(name, token);
        ledger.MustBeSomewhere(token);
        if (random.Next(3) == 0)
        {
            Must(Syscall.link(tmp, arrived), arrived);
            Must(Syscall.unlink(tmp), tmp);
        }
        else
        {
            Must(Syscall.rename(tmp, arrived), arrived);
        }

        trace.Add("delivered", $"{token.Id} {arrived}");
    }

    private static void Must(int result, string path)
    {
        if (result != 0)
        {
            throw new IOException($"{path}: {Stdlib.GetLastError()}");
        }
    }
}
