using System.Globalization;
using Imapd.Tests.Stress.Client;
using Imapd.Tests.Stress.Model;

namespace Imapd.Tests.Stress.Actors;

/// <summary>
/// What a mail client changes: it says beforehand in the ledger what may happen, and afterwards what has happened. A
/// connection that ends in between leaves it open.
/// </summary>
internal sealed class SessionChanges(StressLedger ledger, ClientSession session, Random random)
{
    private const int ManyMessages = 30;

    private MailboxLedger Mailbox => session.Mailbox!;

    public void Append()
    {
        MailboxLedger to = random.Next(3) == 0 ? ledger.Mailboxes[random.Next(ledger.Mailboxes.Count)] : Mailbox;
        MessageToken token = ledger.NewToken(random);
        int flags = random.Next(3) == 0 ? 0 : RandomFlags();
        flags &= token.IsPrecious ? ~FlagAlphabet.Deleted : FlagAlphabet.All;
        string wire = token.Wire();
        string list = flags == 0 ? "" : $"({FlagAlphabet.Text(flags)}) ";
        uint floor = to.Floor;
        long start = ledger.Clock.Next();
        ClientReply reply = OrPerhaps(
            () => session.Execute(new ClientCommand(Text($"APPEND {to.Name} {list}{{{wire.Length}+}}\r\n{wire}"))),
            () => to.MayHaveCome(token));
        ClientSession.MustBeOk(reply);
        IReadOnlyList<string> told = reply.Code("APPENDUID");
        to.CheckUidValidity(Number(told[0]));
        to.Locked(() =>
        {
            TrackedMessage message = to.Acknowledge(Number(told[1]), token, floor);
            message.Flags.Begin(FlagAlphabet.All, flags, start).Finish(ledger.Clock.Next(), isCertain: true);
            message.MayBeDeleted |= (flags & FlagAlphabet.Deleted) != 0;
        });
        ledger.MustBeSomewhere(token);
    }

    public void Store() => Store(random.Next(4) == 0 ? 0 : FlagAlphabet.Deleted, RandomFlags());

    public void MarkDeleted() => Store(0, FlagAlphabet.Deleted);

    public void FetchBodies()
    {
        if (Choose(5, message => message.Token is not null) is not { } chosen)
        {
            return;
        }

        string item = random.Next(6) switch
        {
            0 or 1 => "BODY[]",
            2 => "BODY.PEEK[]",
            3 => Text($"BODY.PEEK[]<{random.Next(400)}.{random.Next(1, 400)}>"),
            4 => "(ENVELOPE BODYSTRUCTURE)",
            _ => "(RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS (SUBJECT)])",
        };
        bool isSeen = item == "BODY[]" && !session.IsReadOnly;

        // A session that has not heard yet of \Seen being taken away does not set it again.
        Changing(chosen, isSeen ? FlagAlphabet.Seen : 0, FlagAlphabet.Seen, Command(chosen, $"FETCH {chosen.Set} {item}"), null, isCertain: false);
    }

    public void Copy()
    {
        if (Choose(8, message => message.Token is not null) is { } chosen)
        {
            MailboxLedger to = ledger.Mailboxes[random.Next(ledger.Mailboxes.Count)];
            CopyOrMove("COPY", chosen, to);
        }
    }

    public void Move()
    {
        MailboxLedger to = ledger.Mailboxes[random.Next(ledger.Mailboxes.Count)];
        if (!session.IsReadOnly && to != Mailbox && Choose(8, message => message.Token is not null) is { } chosen)
        {
            Mailbox.Locked(() =>
            {
                foreach (uint uid in chosen.Uids)
                {
                    Mailbox.Seen(uid).MayBeMoved = true;
                }
            });
            CopyOrMove("MOVE", chosen, to);
        }
    }

    public void Expunge()
    {
        if (session.IsReadOnly)
        {
            return;
        }

        MailboxLedger mailbox = Mailbox;
        List<(TrackedMessage Message, int Version)> deleted = SurelyDeleted();
        ClientSession.MustBeOk(session.Execute(new ClientCommand("EXPUNGE")));
        MustBeGone(mailbox, deleted, [.. session.View.KnownUids]);
    }

    public void ExpungeByUid()
    {
        if (!session.IsReadOnly && Choose(ManyMessages, _ => true) is { } chosen)
        {
            string set = string.Join(',', chosen.Uids);
            List<(TrackedMessage Message, int Version)> deleted = [.. SurelyDeleted().Where(entry => chosen.Uids.Contains(entry.Message.Uid))];
            ClientSession.MustBeOk(session.Execute(new ClientCommand("UID EXPUNGE " + set)));
            MustBeGone(Mailbox, deleted, [.. session.View.KnownUids]);
        }
    }

    public void Close()
    {
        MailboxLedger mailbox = Mailbox;
        List<(TrackedMessage Message, int Version)> deleted = session.IsReadOnly ? [] : SurelyDeleted();
        string command = random.Next(4) == 0 ? "UNSELECT" : "CLOSE";
        session.Unselect(command);
        if (command == "CLOSE")
        {
            mailbox.Locked(() =>
            {
                foreach ((TrackedMessage message, int version) in deleted)
                {
                    message.MustBeGone |= message.Flags.Version == version;
                }
            });
        }
    }

    private static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static ClientCommand Command(Selection chosen, string text) =>
        new(chosen.Prefix + text) { ForbidsExpunge = !chosen.ByUid && (text.StartsWith("FETCH", StringComparison.Ordinal) || text.StartsWith("STORE", StringComparison.Ordinal)) };

    private static void MustBeGone(MailboxLedger mailbox, List<(TrackedMessage Message, int Version)> deleted, HashSet<uint> left)
    {
        mailbox.Locked(() =>
        {
            foreach ((TrackedMessage message, int version) in deleted)
            {
                if (message.Flags.Version == version && left.Contains(message.Uid))
                {
                    throw new StressFailure($"{mailbox.Name}: not expunged: {message}");
                }
            }
        });
    }

    /// <summary>Those of the view that have \Deleted for certain, unless somebody changes that from now on.</summary>
    private List<(TrackedMessage Message, int Version)> SurelyDeleted()
    {
        long now = ledger.Clock.Next();
        return Mailbox.Locked(() => session.View.KnownUids.Select(Mailbox.Seen)
            .Where(message => message.MayBeDeleted && !message.Flags.IsPossible(FlagAlphabet.Deleted, 0, now))
            .Select(message => (message, message.Flags.Version)).ToList());
    }

    private Selection? Choose(int most, Func<TrackedMessage, bool> isSuitable) =>
        Selection.Choose(random, session.View, Mailbox, most, isSuitable);

    private int RandomFlags()
    {
        int flags = 0;
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            flags |= 1 << random.Next(FlagAlphabet.Names.Count);
        }

        return flags;
    }

    private void Store(int without, int flags)
    {
        flags &= ~without;
        bool mayDelete = (flags & FlagAlphabet.Deleted) != 0;
        int kind = random.Next(without == 0 && flags == FlagAlphabet.Deleted ? 1 : 5);
        if (session.IsReadOnly || Choose(ManyMessages, message => !mayDelete || message.Token is { IsPrecious: false }) is not { } chosen)
        {
            return;
        }

        if (mayDelete)
        {
            Mailbox.Locked(() =>
            {
                foreach (uint uid in chosen.Uids)
                {
                    Mailbox.Seen(uid).MayBeDeleted = true;
                }
            });
        }

        bool isSilent = random.Next(3) == 0;
        (string sign, int mask, int value) = kind switch
        {
            0 or 1 => ("+", flags, flags),
            2 or 3 => ("-", flags, 0),
            _ => ("", FlagAlphabet.All, flags),
        };
        string text = $"STORE {chosen.Set} {sign}FLAGS{(isSilent ? ".SILENT" : "")} ({FlagAlphabet.Text(flags)})";
        Changing(chosen, mask, value, Command(chosen, text), isSilent ? () => ApplySilently(chosen, mask, value) : null, isCertain: true);
    }

    // What a client works out by itself; what the server tells with the answer is newer.
    private void ApplySilently(Selection chosen, int mask, int value)
    {
        foreach (uint uid in chosen.Uids)
        {
            int number = session.View.NumberOf(uid);
            int before = session.View.FlagsOf(number);
            session.View.SetFlags(
                number, before != ClientView.Unknown ? (before & ~mask) | value : mask == FlagAlphabet.All ? value : ClientView.Unknown);
        }
    }

    private void Changing(Selection chosen, int mask, int value, ClientCommand command, Action? onStart, bool isCertain)
    {
        MailboxLedger mailbox = Mailbox;
        var changes = mailbox.Locked(() =>
        {
            long now = ledger.Clock.Next();
            return mask == 0 ? [] : chosen.Uids.ToDictionary(uid => uid, uid => mailbox.Seen(uid).Flags.Begin(mask, value, now));
        });
        ClientReply reply = OrPerhaps(() => session.Execute(command with { OnStart = onStart }), () => Finish(mailbox, changes, isCertain: false));
        if (!reply.IsOk && !reply.HasGone)
        {
            throw new StressFailure("answered: " + reply.Status);
        }

        Finish(mailbox, changes, isCertain && reply.IsOk && !reply.HasGone);
        if (isCertain)
        {
            mailbox.Locked(() => CheckTold(mailbox, changes, reply));
        }
    }

    private void Finish(MailboxLedger mailbox, Dictionary<uint, FlagHistory.Change> changes, bool isCertain) => mailbox.Locked(() =>
    {
        long now = ledger.Clock.Next();
        foreach (FlagHistory.Change change in changes.Values)
        {
            change.Finish(now, isCertain);
        }
    });

    private static void CheckTold(MailboxLedger mailbox, Dictionary<uint, FlagHistory.Change> changes, ClientReply reply)
    {
        foreach ((uint uid, int flags) in reply.Flags)
        {
            // Of one that went meanwhile the old flags may be told, until its loss is.
            if (changes.TryGetValue(uid, out FlagHistory.Change? change) && mailbox.Find(uid) is { MayBeGone: false } message
                && message.Flags.NotAsChanged(change, flags) is not 0 and var wrong)
            {
                throw new StressFailure($"{mailbox.Name}: told flags ({FlagAlphabet.Text(flags)}) by the change itself: wrong is ({FlagAlphabet.Text(wrong)}): {message}");
            }
        }
    }

    private void CopyOrMove(string verb, Selection chosen, MailboxLedger to)
    {
        MailboxLedger from = Mailbox;
        uint floor = to.Floor;
        long start = ledger.Clock.Next();
        var before = from.Locked(() => chosen.Uids.ToDictionary(uid => uid, uid => (from.Seen(uid).Flags.Certain(start), from.Seen(uid).Flags.Version)));
        ClientReply reply = OrPerhaps(
            () => session.Execute(new ClientCommand($"{chosen.Prefix}{verb} {chosen.Set} {to.Name}")),
            () =>
            {
                foreach (uint uid in chosen.Uids)
                {
                    to.MayHaveCome(from.Find(uid)!.Token!);
                }
            });
        IReadOnlyList<string> told = reply.Code("COPYUID");
        if (told.Count == 0)
        {
            if (!reply.HasGone)
            {
                throw new StressFailure("answered: " + reply.Status);
            }

            return;
        }

        ClientSession.MustBeOk(reply);
        to.CheckUidValidity(Number(told[0]));
        uint[] sources = [.. ClientReply.Numbers(told[1])];
        uint[] copies = [.. ClientReply.Numbers(told[2])];
        if (sources.Length != copies.Length || sources.Except(chosen.Uids).Any())
        {
            throw new StressFailure($"COPYUID {string.Join(' ', told)} for {chosen.Set}");
        }

        for (int i = 0; i < copies.Length; i++)
        {
            var ((mask, value), version) = before[sources[i]];
            TrackedMessage source = from.Find(sources[i])!;
            if (verb == "MOVE")
            {
                from.Moved(sources[i]);
            }

            bool isStable = from.Locked(() => source.Flags.Version == version);
            uint copy = copies[i];
            to.Locked(() =>
            {
                TrackedMessage message = to.Acknowledge(copy, source.Token, floor);
                message.MayBeDeleted |= source.MayBeDeleted;
                if (isStable)
                {
                    message.Flags.Begin(mask, value, start).Finish(ledger.Clock.Next(), isCertain: true);
                }
            });
        }
    }

    /// <summary>Does what may end in the middle: then what it may have done has to be noted.</summary>
    private static ClientReply OrPerhaps(Func<ClientReply> act, Action perhaps)
    {
        try
        {
            return act();
        }
        catch (ServerGoneException)
        {
            perhaps();
            throw;
        }
    }
}
