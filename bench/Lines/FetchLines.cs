using Imapd.Bench.Client;
using Imapd.Bench.Mail;

namespace Imapd.Bench.Lines;

/// <summary>Reading messages.</summary>
internal static class FetchLines
{
    private const string FiveFields = "(UID BODY.PEEK[HEADER.FIELDS (FROM TO SUBJECT DATE MESSAGE-ID)])";
    private const int PieceOctets = 64 << 10;
    private const int LastOctets = 1024;
    private const int TailRepetitions = 20;

    public static IEnumerable<Line> All(Scale scale) =>
    [
        Of("fetch-flags", $"FETCH FLAGS of {scale.Flat:N0}", MailSet.Flat, "FETCH 1:* (FLAGS)", isRepetition: true),
        Of("fetch-envelope-first", $"ENVELOPE and BODYSTRUCTURE of {scale.Mixed:N0}, first", MailSet.Mix, "FETCH 1:* (UID ENVELOPE BODYSTRUCTURE)", isRepetition: false),
        Of("fetch-envelope-again", $"ENVELOPE and BODYSTRUCTURE of {scale.Mixed:N0}, again", MailSet.Mix, "FETCH 1:* (UID ENVELOPE BODYSTRUCTURE)", isRepetition: true),
        Of("fetch-fields-first", $"five header fields of {scale.Mixed:N0}, first", MailSet.Mix, $"FETCH 1:* {FiveFields}", isRepetition: false),
        Of("fetch-fields-again", $"five header fields of {scale.Mixed:N0}, again", MailSet.Mix, $"FETCH 1:* {FiveFields}", isRepetition: true),
        Of("fetch-size-first", $"RFC822.SIZE of {scale.Mixed:N0}, first", MailSet.Mix, "FETCH 1:* (UID RFC822.SIZE)", isRepetition: false),
        Of("fetch-bodies", $"whole messages, {scale.Mixed:N0}", MailSet.Mix, "FETCH 1:* (UID BODY.PEEK[])", isRepetition: true),
        Of("large-whole", $"a message of {scale.LargeOctets / 1_000_000} MB", MailSet.Large, "FETCH 1 (BODY.PEEK[])", isRepetition: true),
        new SessionLine("large-pieces", "the same in pieces of 64 KB", (side, client) => Pieces(side, client), MailSet.Large)
        {
            Before = client => client.Command("SELECT Large"),
            IsRepetition = true,
            Compared = answer => answer.LiteralOctets,
        },
        new SessionLine("large-tail", $"its last kilobyte, each of {TailRepetitions}", Tail, MailSet.Large)
        {
            Before = client => client.Command("SELECT Large"),
            IsRepetition = true,
            Compared = answer => answer.LiteralOctets,
            Parts = _ => TailRepetitions,
        },
        OneByOne("single-flags", $"{scale.Batch:N0} FETCHes of the flags of one message", "(UID FLAGS)"),
        OneByOne("single-bodies", $"{scale.Batch:N0} FETCHes of one whole message", "(UID BODY.PEEK[])"),
    ];

    private static SessionLine Of(string name, string text, MailSet set, string command, bool isRepetition) =>
        new(name, text, (_, client) => client.Command(command), set)
        {
            Prepare = side =>
            {
                if (!isRepetition)
                {
                    side.Forget(set.ToString());
                }
            },
            Before = client => client.Command($"SELECT {set}"),
            IsRepetition = isRepetition,
            Compared = answer => answer.Fetches + answer.LiteralOctets,
        };

    private static SessionLine OneByOne(string name, string text, string items) =>
        new(name, text, (side, client) => Many(side.Scale.Batch, number => client.Command($"FETCH {number * 7} {items}")), MailSet.Mix)
        {
            Before = client => client.Command("SELECT Mix"),
            IsRepetition = true,
            Compared = answer => answer.Fetches + answer.LiteralOctets,
        };

    private static Answer Pieces(Side side, WireClient client) =>
        Many(side.Scale.LargeOctets / PieceOctets, number => client.Command($"FETCH 1 (BODY.PEEK[]<{(number - 1) * PieceOctets}.{PieceOctets}>)"));

    private static Answer Tail(Side side, WireClient client) =>
        Many(TailRepetitions, number => client.Command($"FETCH 1 (BODY.PEEK[]<{side.Scale.LargeOctets - number}.{LastOctets}>)"));

    private static Answer Many(int count, Func<int, Answer> command)
    {
        var all = default(Answer);
        for (int number = 1; number <= count; number++)
        {
            all = all.Plus(command(number));
        }
        return all;
    }
}
