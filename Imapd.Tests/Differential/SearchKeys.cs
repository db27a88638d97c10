using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Imapd.Tests.Differential.Mail;

namespace Imapd.Tests.Differential;

/// <summary>Makes search keys (RFC 9051 §6.4.4): each alone, and combined. The same seed makes the same ones.</summary>
internal sealed partial class SearchKeys(int seed)
{
    private static readonly string[] Texts =
    [
        .. LetterMaker.Words, "needle", "the needle is split over", "needlepreamble", "needleepilogue", "needlename", "needlefield", "needleinside",
        "needletext", "needleboundary", "Fred", "FRED@EXAMPLE.COM", "GRÜSSE", "Grüße aus Köln", "Jürgen", "日本語", "한국어", "中文", "снег идёт", "façade", "čerešňa",
        "words", "one two", "example.com", "hidden", "three", "text/html", "Hello world", "base64", "=?utf-8?q?", "level 3", "=C3=BC", "body of it", "X-Needle", "inside",
    ];

    private static readonly string[] Fields =
        ["Subject", "From", "To", "Cc", "Bcc", "Message-ID", "Date", "Content-Type", "References", "X-Mailer", "x-a", "X-Nothing", "Received", "Reply-To", "MIME-Version"];

    private readonly Random _random = new(seed);

    /// <summary>Every kind of key with what may be searched for, none twice.</summary>
    public IReadOnlyList<string> Leaves()
    {
        var leaves = new List<string>
        {
            "ALL", "ANSWERED", "DELETED", "DRAFT", "FLAGGED", "SEEN", "UNANSWERED", "UNDELETED", "UNDRAFT", "UNFLAGGED", "UNSEEN",
            "KEYWORD work", "KEYWORD $Forwarded", "KEYWORD nothing", "UNKEYWORD WORK", "UNKEYWORD nothing",
            "YOUNGER 1000", "OLDER 1000", "OLDER 200000000",
        };
        foreach (string text in Texts)
        {
            leaves.Add("BODY " + Literal(text));
            leaves.Add("TEXT " + Literal(text));
            leaves.Add("SUBJECT " + Literal(text));
        }

        foreach (string name in (string[])["fred", "Anna", "Müller", "šarić", "Петров", "eva e", "192.0.2.7", "example.org", "friends", "undisclosed", "@", ""])
        {
            leaves.AddRange(((string[])["FROM ", "TO ", "CC ", "BCC "]).Select(key => key + Literal(name)));
        }

        foreach (string field in Fields)
        {
            leaves.Add($"HEADER {field} {Literal("")}");
            leaves.Add($"HEADER {field} {Literal(((string[])["a", "example", "plain", "2", "one two", "utf-8"])[_random.Next(6)])}");
        }

        foreach (int days in (int[])[0, 1, 2, 7, 12, 20, 26])
        {
            string date = new DateOnly(2019, 12, 24).AddDays(days).ToString("d-MMM-yyyy", CultureInfo.InvariantCulture);
            leaves.AddRange(((string[])["BEFORE ", "ON ", "SINCE "]).Select(key => key + date));
        }

        foreach (string date in (string[])
            ["7-Feb-1994", "8-Feb-1994", "1-Jan-2001", "2-Jan-2001", "29-Feb-2000", "31-Dec-2016", "1-Jan-1970", "7-Feb-2003", "1-Jan-2010", "15-Jun-2015", "31-Dec-2100"])
        {
            leaves.AddRange(((string[])["SENTBEFORE ", "SENTON ", "SENTSINCE "]).Select(key => key + date));
        }

        foreach (int octets in (int[])[0, 1, 50, 90, 91, 200, 500, 1000, 5000, 100_000])
        {
            leaves.Add(string.Create(CultureInfo.InvariantCulture, $"LARGER {octets}"));
            leaves.Add(string.Create(CultureInfo.InvariantCulture, $"SMALLER {octets}"));
        }

        leaves.AddRange(["1:10", "*", "5,7,100:90", "600:*", "UID 1:50", "UID *", "UID 300:*", "UID 5000:6000"]);
        return leaves;
    }

    /// <summary>Keys as they are shown: in one line, literals as the text they are.</summary>
    public static string Show(string keys) =>
        LiteralHeader().Replace(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(keys)), "");

    /// <summary>Keys combined, and the leaves they are made of.</summary>
    public (string Keys, IReadOnlyList<string> Leaves) Combined(IReadOnlyList<string> leaves)
    {
        var used = new List<string>();
        return (Combined(leaves, _random.Next(1, 4), used), used);
    }

    private string Combined(IReadOnlyList<string> leaves, int depth, List<string> used)
    {
        if (depth == 0)
        {
            // Dovecot puts two dates of one kind together, also where the key asks for something else.
            string leaf;
            do
            {
                leaf = leaves[_random.Next(leaves.Count)];
            }
            while (IsOfDate(leaf) && used.Exists(other => KeyOf(other) == KeyOf(leaf)));
            used.Add(leaf);
            return leaf;
        }

        string left = Combined(leaves, depth - 1, used);
        return _random.Next(5) switch
        {
            0 => "NOT " + left,
            1 or 2 => $"OR {left} {Combined(leaves, _random.Next(depth), used)}",
            _ => $"({left} {Combined(leaves, _random.Next(depth), used)})",
        };
    }

    private static string KeyOf(string leaf) => leaf.Split(' ')[0];

    private static bool IsOfDate(string leaf) => KeyOf(leaf) is var key && (key.EndsWith("BEFORE", StringComparison.Ordinal)
        || key.EndsWith("ON", StringComparison.Ordinal) || key.EndsWith("SINCE", StringComparison.Ordinal));

    // A literal where it has to be one.
    private static string Literal(string text)
    {
        string octets = NamedMail.Utf8(text);
        return octets.All(static octet => octet is >= ' ' and < '\x7f' and not '"' and not '\\')
            ? $"\"{octets}\""
            : string.Create(CultureInfo.InvariantCulture, $"{{{Encoding.UTF8.GetByteCount(text)}+}}\r\n{octets}");
    }

    [GeneratedRegex(@"\{\d+\+\}\r\n")]
    private static partial Regex LiteralHeader();
}
