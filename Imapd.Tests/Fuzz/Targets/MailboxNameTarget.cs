using System.Text;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>Modified UTF-7, mailbox names made of it, and patterns: one form for each text, and a naive model of wildcards.</summary>
internal sealed class MailboxNameTarget : FuzzTarget
{
    private const int MaxModelled = 200;

    public override string Name => "mailbox-name";

    public override int MaxInputOctets => 2048;

    public override IReadOnlyList<string> Dictionary { get; } =
        ["&", "-", "&-", "&AOk-", "&2D3eAA-", "&U,BTFw-", "&AAA-", "&2D0-", "&3gA-", "/", "//", "..", ".", "INBOX", "inbox/", "*", "%", "\u00c3\u00a9", "e\u00cc\u0081", "tmp"];

    public override IEnumerable<byte[]> Seeds { get; } =
    [
        .. new[] { "INBOX", "Entw&APw-rfe", "~peter/mail/&U,BTFw-/&ZeVnLIqe-", "A&-B", "&2D3eAA-", "inbox/x/", "a/*/%b", "&AGUDAQ-" }.Select(Latin1),
        Encoding.UTF8.GetBytes("Entwürfe/日本"),
    ];

    // In a debug build every look into a table of Unicode takes memory.
    public override long MaxAllocatedOctets(int inputOctets) => (1 << 20) + (1500L * inputOctets);

    public override object? Exercise(byte[] input)
    {
        string octets = Latin1(input);
        bool isEncoded = MailboxNameEncoding.TryFromModifiedUtf7(octets, out string text);
        text = isEncoded ? text : Encoding.UTF8.GetString(input);
        bool isName = MailboxName.TryCreate(text, out MailboxName? name, out string? problem);
        string pattern = octets.Length > 10 ? octets[..(octets.Length / 3)] : octets;
        return (isEncoded, text, name, problem, isName && MailboxPattern.Matches(pattern, name!.Value), pattern);
    }

    public override string Check(byte[] input, object? result)
    {
        (bool isEncoded, string text, MailboxName? name, string? problem, bool matches, string pattern) =
            ((bool, string, MailboxName?, string?, bool, string))result!;
        Require(!isEncoded || MailboxNameEncoding.ToModifiedUtf7(text) == Latin1(input), () => $"{text} has another form");
        Require(
            MailboxNameEncoding.TryFromModifiedUtf7(MailboxNameEncoding.ToModifiedUtf7(text), out string back) && back == text,
            () => $"{text} does not come back");
        if (name is null)
        {
            Require(problem is { Length: > 0 and < 100 } && Ascii.IsValid(problem), () => "no reason");
            return $"{isEncoded} {Shape(problem!)}";
        }

        Require(problem is null && MailboxName.TryCreate(name.Value, out MailboxName? again, out _) && again == name, () => $"{name} is not canonical");
        foreach (string level in name.Value.Split(MailboxName.Delimiter))
        {
            Require(level.Length > 0 && level is not ("." or "..") && !level.Any(char.IsControl), () => $"{name} has a level that cannot be");
        }

        if (name.Value.Length <= MaxModelled && pattern.Length <= MaxModelled)
        {
            Require(matches == NaiveMatches(pattern, name.Value), () => $"{pattern} and {name}: {matches}");
        }

        return $"{isEncoded} {matches} {name.Value.Count(static c => c == '/')} {name.Value.Any(static c => c > '\x7f')} {name.Value.StartsWith("INBOX", StringComparison.Ordinal)}";
    }

    // reach[p, n] by definition, for every pattern's and name's end, from the ends.
    private static bool NaiveMatches(string pattern, string name)
    {
        bool[,] match = new bool[pattern.Length + 1, name.Length + 1];
        int inbox = name == "INBOX" || name.StartsWith("INBOX/", StringComparison.Ordinal) ? 5 : 0;
        for (int p = pattern.Length; p >= 0; p--)
        {
            for (int n = name.Length; n >= 0; n--)
            {
                match[p, n] = (p == pattern.Length, n == name.Length) switch
                {
                    (true, var isEnd) => isEnd,
                    (false, var isEnd) when pattern[p] is '*' or '%' =>
                        match[p + 1, n] || (!isEnd && (pattern[p] == '*' || name[n] != '/') && match[p, n + 1]),
                    (false, true) => false,
                    _ => (pattern[p] == name[n] || (n < inbox && char.ToUpperInvariant(pattern[p]) == name[n])) && match[p + 1, n + 1],
                };
            }
        }

        return match[0, 0];
    }
}
