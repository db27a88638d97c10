using Imapd.Bench.Mail;

namespace Imapd.Bench.Lines;

/// <summary>Searching in the mix.</summary>
internal static class SearchLines
{
    public static IEnumerable<Line> All(Scale scale)
    {
        string where = $"in {scale.Mixed:N0}";
        return
        [
            Again("search-flag", $"SEARCH by flag {where}", "FLAGGED"),
            First("search-from-first", $"SEARCH FROM {where}, first", "FROM \"sender17@\""),
            Again("search-from-again", $"SEARCH FROM {where}, again", "FROM \"sender17@\""),
            First("search-subject-first", $"SEARCH SUBJECT {where}, first", "SUBJECT \"ma\""),
            Again("search-subject-again", $"SEARCH SUBJECT {where}, again", "SUBJECT \"ma\""),
            First("search-since-first", $"SEARCH SINCE {where}, first", "SINCE 1-Oct-2025"),
            Again("search-since-again", $"SEARCH SINCE {where}, again", "SINCE 1-Oct-2025"),
            First("search-sentsince-first", $"SEARCH SENTSINCE {where}, first", "SENTSINCE 1-Oct-2025"),
            Again("search-sentsince-again", $"SEARCH SENTSINCE {where}, again", "SENTSINCE 1-Oct-2025"),
            Again("search-text", $"SEARCH TEXT {where}", $"TEXT \"{MessageMaker.RareWord}\""),
            Again("search-body", $"SEARCH BODY {where}", $"BODY \"{MessageMaker.RareWord}\""),
        ];
    }

    private static SessionLine First(string name, string text, string keys) => Of(name, text, keys, isRepetition: false);

    private static SessionLine Again(string name, string text, string keys) => Of(name, text, keys, isRepetition: true);

    private static SessionLine Of(string name, string text, string keys, bool isRepetition) =>
        new(name, text, (_, client) => client.Command($"SEARCH {keys}"), MailSet.Mix)
        {
            Prepare = side =>
            {
                if (!isRepetition)
                {
                    side.Forget("Mix");
                }
            },
            Before = client => client.Command("SELECT Mix"),
            IsRepetition = isRepetition,
            Compared = answer => answer.Hits,
        };
}
