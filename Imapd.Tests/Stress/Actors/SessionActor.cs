using System.Globalization;
using Imapd.Tests.Stress.Client;
using Imapd.Tests.Stress.Model;

namespace Imapd.Tests.Stress.Actors;

/// <summary>A mail client that does whatever comes to its mind: reading, looking, selecting. Changes are in <see cref="SessionChanges"/>.</summary>
internal sealed class SessionActor
{
    private const int FewMessages = 40;
    private const int ManyMessages = 250;
    private readonly StressLedger _ledger;
    private readonly Random _random;
    private readonly SessionChanges _changes;
    private readonly (int Weight, Action Act)[] _acts;

    public SessionActor(StressLedger ledger, ClientSession session, Random random)
    {
        _ledger = ledger;
        _random = random;
        Session = session;
        _changes = new SessionChanges(ledger, session, random);
        _acts =
        [
            (10, Append),
            (16, _changes.Store),
            (8, _changes.MarkDeleted),
            (6, _changes.Copy),
            (5, _changes.Move),
            (5, _changes.Expunge),
            (4, _changes.ExpungeByUid),
            (2, _changes.Close),
            (12, FetchFlags),
            (6, FetchWithoutUids),
            (8, _changes.FetchBodies),
            (6, Search),
            (10, Noop),
            (5, Idle),
            (5, Select),
            (3, Status),
            (5, Pipeline),
            (1, Examine),
        ];
    }

    public ClientSession Session { get; }

    /// <summary>Does one thing.</summary>
    public void Act()
    {
        if (Session.Mailbox is null)
        {
            Select();
            return;
        }

        int choice = _random.Next(_acts.Sum(act => act.Weight));
        foreach ((int weight, Action act) in _acts)
        {
            choice -= weight;
            if (choice < 0)
            {
                act();
                return;
            }
        }
    }

    /// <summary>Everybody else is at rest: hears of everything, and holds it against what it knew.</summary>
    public void Settle()
    {
        if (Session.Mailbox is null)
        {
            Select();
        }

        ClientSession.MustBeOk(Session.Execute(new ClientCommand("NOOP")));
        int[] told = [.. Enumerable.Range(1, Session.View.Count).Select(Session.View.FlagsOf)];
        FetchFlags();
        for (int number = 1; number <= told.Length; number++)
        {
            int now = Session.View.FlagsOf(number);
            if (told[number - 1] != ClientView.Unknown && told[number - 1] != now)
            {
                throw new StressFailure(
                    $"{Session.Mailbox!.Name}: the client was not told that the flags of {number}, UID {Session.View.UidOf(number)}, are "
                    + $"({FlagAlphabet.Text(now)}) and not ({FlagAlphabet.Text(told[number - 1])}) any more");
            }
        }
    }

    private void Append()
    {
        // Not more than a scan of the directories can keep up with.
        if (Session.View.Count < ManyMessages || _random.Next(5) == 0)
        {
            _changes.Append();
        }
        else
        {
            _changes.MarkDeleted();
            _changes.Expunge();
        }
    }

    private void FetchFlags()
    {
        Session.Execute(new ClientCommand("UID FETCH 1:* (FLAGS)"));
    }

    private void FetchWithoutUids()
    {
        int count = Session.View.Count;
        if (count > 0)
        {
            int first = _random.Next(1, count + 1);
            int last = Math.Min(count, first + _random.Next(FewMessages));
            string items = _random.Next(3) switch { 0 => "FLAGS", 1 => "(UID RFC822.SIZE)", _ => "(UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])" };
            Check(Session.Execute(new ClientCommand(Text($"FETCH {first}:{last} {items}")) { ForbidsExpunge = true }));
        }
    }

    private void Search()
    {
        bool byUid = _random.Next(2) == 0;
        int bit = 1 << _random.Next(FlagAlphabet.Names.Count);
        string name = FlagAlphabet.Names[int.TrailingZeroCount(bit)];
        bool isSystem = name.StartsWith('\\');
        string key = isSystem ? name[1..].ToUpperInvariant() : "KEYWORD " + name;
        long since = Session.LastSync;
        ClientReply reply = Session.Execute(new ClientCommand($"{(byUid ? "UID " : "")}SEARCH {key}") { ForbidsExpunge = !byUid });
        ClientSession.MustBeOk(reply);
        foreach (uint found in reply.Found)
        {
            if (!byUid && found > Session.View.Count)
            {
                throw new StressFailure($"SEARCH found {found} of {Session.View.Count}");
            }

            uint uid = byUid ? found : Session.View.UidOf((int)found);
            if (uid != 0 && !Session.Mailbox!.Locked(() => Session.Mailbox.Seen(uid).Flags.IsPossible(bit, bit, since)))
            {
                throw new StressFailure($"SEARCH {key} found {Session.Mailbox!.Find(uid)}, looked at after {since}");
            }
        }
    }

    private void Noop() => ClientSession.MustBeOk(Session.Execute(new ClientCommand("NOOP")));

    private void Idle() => ClientSession.MustBeOk(Session.Idle(_random.Next(200)));

    private void Select() => Select(isReadOnly: false);

    private void Examine() => Select(isReadOnly: true);

    private void Select(bool isReadOnly)
    {
        // Most of the time they all meet in the first.
        MailboxLedger mailbox = _ledger.Mailboxes[_random.Next(4) == 0 ? _random.Next(_ledger.Mailboxes.Count) : 0];
        long since = _ledger.Clock.Next();
        Session.Select(mailbox, isReadOnly);
        ClientReply reply = Session.Execute(new ClientCommand("UID FETCH 1:* (UID FLAGS)"));
        if (reply.IsOk)
        {
            // Those that the client was told to be gone meanwhile are not among these, and need not be.
            mailbox.CheckPresent([.. Session.View.KnownUids], since);
        }
    }

    private void Status()
    {
        MailboxLedger mailbox = _ledger.Mailboxes[_random.Next(_ledger.Mailboxes.Count)];
        uint floor = mailbox.Floor;
        ClientReply reply = Session.Execute(new ClientCommand($"STATUS {mailbox.Name} (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)"));
        ClientSession.MustBeOk(reply);
        mailbox.CheckUidNext(reply.StatusItems["UIDNEXT"], floor);
        mailbox.CheckUidValidity(reply.StatusItems["UIDVALIDITY"]);
    }

    /// <summary>Commands that may not tell of EXPUNGE, so that the numbers in the later ones stay right.</summary>
    private void Pipeline()
    {
        int count = Session.View.Count;
        if (count == 0)
        {
            return;
        }

        var replies = Session.Execute(
        [
            new ClientCommand(Text($"FETCH {_random.Next(1, count + 1)}:{count} (UID FLAGS)")) { ForbidsExpunge = true },
            new ClientCommand("SEARCH UNSEEN") { ForbidsExpunge = true },
            new ClientCommand(Text($"FETCH {count} (UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])")) { ForbidsExpunge = true },
            new ClientCommand("NOOP"),
        ]);
        foreach (ClientReply reply in replies)
        {
            Check(reply);
        }
    }

    /// <summary>OK, or NO because messages are gone.</summary>
    private static void Check(ClientReply reply)
    {
        if (!reply.IsOk && !reply.HasGone)
        {
            throw new StressFailure("answered: " + reply.Status);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
