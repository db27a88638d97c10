using Imapd.Bench.Client;
using Imapd.Bench.Mail;

namespace Imapd.Bench.Lines;

/// <summary>Opening mailboxes, and asking for their numbers.</summary>
internal static class SelectLines
{
    private const int Repetitions = 20;

    public static IEnumerable<Line> All(Scale scale) =>
    [
        .. Of(MailSet.Mix, scale.Mixed),
        .. Of(MailSet.Flat, scale.Flat),
        .. Of(MailSet.Huge, scale.Huge),
        new SessionLine("list-status-first", $"LIST with STATUS of {scale.Mailboxes:N0} mailboxes, first", ListStatus, MailSet.Lists)
        {
            Prepare = side =>
            {
                for (int number = 0; number < side.Scale.Mailboxes; number++)
                {
                    side.Forget($"Lists.{number:0000}");
                }
            },
            Compared = answer => answer.Statuses,
        },
        new SessionLine("list-status", $"LIST with STATUS of {scale.Mailboxes:N0} mailboxes, again", ListStatus, MailSet.Lists)
        {
            IsRepetition = true,
            Compared = answer => answer.Statuses,
        },
    ];

    private static Answer ListStatus(Side side, WireClient client) =>
        client.Command($"LIST \"\" \"Lists{side.Server.Delimiter}%\" RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN))");

    private static IEnumerable<Line> Of(MailSet set, int messages)
    {
        string select = $"SELECT {set}";
        string status = $"STATUS {set} (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)";
        string word = set.ToString().ToLowerInvariant();
        return
        [
            new SessionLine($"select-new-{word}", $"SELECT of {messages:N0}, no UIDs yet", (_, client) => client.Command(select), set)
            {
                Prepare = side => side.ForgetUids(set.ToString()),
                Compared = answer => answer.Exists,
                Changes = true,
            },
            new SessionLine($"select-first-{word}", $"SELECT of {messages:N0}, first", (_, client) => client.Command(select), set)
            {
                Prepare = side => side.Forget(set.ToString()),
                Compared = answer => answer.Exists,
            },
            new SessionLine($"select-again-{word}", $"SELECT of {messages:N0}, again", (_, client) => client.Command(select), set)
            {
                IsRepetition = true,
                Compared = answer => answer.Exists,
            },
            new SessionLine($"status-{word}", $"STATUS of {messages:N0}, each of {Repetitions}", (_, client) => Repeat(client, status), set)
            {
                IsRepetition = true,
                Parts = _ => Repetitions,
                Compared = answer => answer.Statuses,
            },
        ];
    }

    private static Answer Repeat(WireClient client, string command)
    {
        var all = default(Answer);
        for (int i = 0; i < Repetitions; i++)
        {
            all = all.Plus(client.Command(command));
        }
        return all;
    }
}
