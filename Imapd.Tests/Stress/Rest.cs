using System.Globalization;
using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Stress.Actors;
using Imapd.Tests.Stress.Client;
using Imapd.Tests.Stress.Model;

namespace Imapd.Tests.Stress;

/// <summary>When everybody rests, all sessions, a fresh one, the files and the ledger have to agree.</summary>
internal sealed class Rest(StressLedger ledger, Func<ClientSession> connect, IReadOnlyList<SessionActor> sessions, string root)
{
    /// <summary>So many messages may be precious at a time.</summary>
    private const int KeepPrecious = 150;

    /// <summary>Every so many rounds all messages are read whole.</summary>
    private const int ReadAllEvery = 5;

    /// <summary>Every so many rounds the administrator's check looks at all files.</summary>
    private const int CheckEvery = 4;

    /// <summary>How many messages there are.</summary>
    public string Summary { get; private set; } = "";

    /// <exception cref="StressFailure">They do not.</exception>
    public void Agree(int round)
    {
        foreach (SessionActor session in sessions)
        {
            SettleOrConnect(session);
        }

        ClientSession fresh = connect();
        var all = new List<MessageToken>();
        var counts = new List<string>();
        foreach (MailboxLedger mailbox in ledger.Mailboxes)
        {
            LookFresh(fresh, mailbox, round % ReadAllEvery == 0);
            List<SettledMessage> files = LocalFiles.Settled(ledger, mailbox);
            Compare("a fresh session", fresh.View, files, mailbox);
            Search(fresh, files, mailbox);
            Status(fresh, files, mailbox);
            foreach (SessionActor session in sessions.Where(session => session.Session.Mailbox == mailbox))
            {
                Compare("a session", session.Session.View, files, mailbox);
            }

            mailbox.Settle(files);
            all.AddRange(files.Select(file => file.Token));
            counts.Add(string.Create(CultureInfo.InvariantCulture, $"{mailbox.Name} {files.Count}"));
        }

        ledger.CheckPrecious(all.ToHashSet(), KeepPrecious);
        fresh.Drop();
        if (round % CheckEvery == 0)
        {
            CheckFiles();
        }

        Summary = string.Join(", ", counts);
    }

    // It notes what a killed session left as well; that is no damage.
    private void CheckFiles()
    {
        ShellResult result = ImapdProcess.Run("check-mailbox", root);
        if (result.Status == 2 || result.Output.Split('\n').Any(line => line.StartsWith("damage:", StringComparison.Ordinal)))
        {
            throw new StressFailure($"check-mailbox: {result}");
        }
    }

    private static void SettleOrConnect(SessionActor session)
    {
        try
        {
            session.Settle();
        }
        catch (ServerGoneException)
        {
            // Killed just before; it connects again when it acts again.
            session.Session.Drop();
        }
    }

    private static void LookFresh(ClientSession fresh, MailboxLedger mailbox, bool readsAll)
    {
        long since = long.MaxValue - 1;
        fresh.Select(mailbox, isReadOnly: true);
        string body = readsAll ? " BODY.PEEK[]" : "";
        ClientSession.MustBeOk(fresh.Execute(
            new ClientCommand($"UID FETCH 1:* (FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)]{body})") { ForbidsExpunge = true }));
        mailbox.CheckPresent([.. fresh.View.KnownUids], since);
    }

    private static void Compare(string who, ClientView view, List<SettledMessage> files, MailboxLedger mailbox)
    {
        for (int number = 1; number <= Math.Max(view.Count, files.Count); number++)
        {
            (uint uid, int flags) seen = number <= view.Count ? (view.UidOf(number), view.FlagsOf(number)) : (0, 0);
            (uint uid, int flags) file = number <= files.Count ? (files[number - 1].Uid, files[number - 1].Flags) : (0, 0);
            if (seen != file)
            {
                throw new StressFailure(
                    $"{mailbox.Name}: message {number} is UID {seen.uid} ({FlagAlphabet.Text(seen.flags)}) to {who} "
                    + $"and UID {file.uid} ({FlagAlphabet.Text(file.flags)}) on the disk: {mailbox.Find(seen.uid)}, {mailbox.Find(file.uid)}");
            }
        }
    }

    private static void Search(ClientSession fresh, List<SettledMessage> files, MailboxLedger mailbox)
    {
        for (int place = 0; place < FlagAlphabet.Names.Count; place++)
        {
            string name = FlagAlphabet.Names[place];
            string key = name.StartsWith('\\') ? name[1..] : "KEYWORD " + name;
            ClientReply reply = fresh.Execute(new ClientCommand("UID SEARCH " + key));
            ClientSession.MustBeOk(reply);
            uint[] right = [.. files.Where(file => (file.Flags & (1 << place)) != 0).Select(file => file.Uid)];
            if (!reply.Found.SequenceEqual(right))
            {
                throw new StressFailure($"{mailbox.Name}: SEARCH {key} found {string.Join(',', reply.Found)} instead of {string.Join(',', right)}");
            }
        }
    }

    private static void Status(ClientSession fresh, List<SettledMessage> files, MailboxLedger mailbox)
    {
        ClientReply reply = fresh.Execute(new ClientCommand($"STATUS {mailbox.Name} (MESSAGES UNSEEN DELETED SIZE UIDNEXT)"));
        ClientSession.MustBeOk(reply);
        var right = new Dictionary<string, uint>
        {
            ["MESSAGES"] = (uint)files.Count,
            ["UNSEEN"] = (uint)files.Count(file => (file.Flags & FlagAlphabet.Seen) == 0),
            ["DELETED"] = (uint)files.Count(file => (file.Flags & FlagAlphabet.Deleted) != 0),
            ["SIZE"] = (uint)files.Sum(file => file.Token.Wire().Length),
        };
        foreach ((string item, uint number) in right)
        {
            if (reply.StatusItems[item] != number)
            {
                throw new StressFailure($"{mailbox.Name}: STATUS told {item} {reply.StatusItems[item]} instead of {number}");
            }
        }

        if (files.Count > 0 && reply.StatusItems["UIDNEXT"] <= files[^1].Uid)
        {
            throw new StressFailure($"{mailbox.Name}: STATUS told UIDNEXT {reply.StatusItems["UIDNEXT"]}, and there is UID {files[^1].Uid}");
        }
    }
}
