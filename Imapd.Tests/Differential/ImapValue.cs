using System.Globalization;

namespace Imapd.Tests.Differential;

/// <summary>A part of a response of either server, strict or not: a list, or a text, which is an atom or a string.</summary>
/// <param name="Text">Null for a list.</param>
/// <param name="Items">None for a text.</param>
internal sealed record ImapValue(string? Text, IReadOnlyList<ImapValue> Items)
{
    /// <summary>Whether the text is a string, quoted or literal: <c>"NIL"</c> and not <c>NIL</c>.</summary>
    public bool IsString { get; private init; }

    /// <summary>Whether this is <c>NIL</c>.</summary>
    public bool IsNil => !IsString && string.Equals(Text, "NIL", StringComparison.OrdinalIgnoreCase);

    public uint Number => uint.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
        ? number
        : throw new FormatException($"'{Text}' is no number");

    /// <summary>Reads what is separated by spaces, literals in place.</summary>
    public static IReadOnlyList<ImapValue> ParseAll(string text)
    {
        int at = 0;
        List<ImapValue> values = ParseList(text, ref at);
        return at == text.Length ? values : throw new FormatException($"a parenthesis too many: {text}");
    }

    private static List<ImapValue> ParseList(string text, ref int at)
    {
        var values = new List<ImapValue>();
        while (at < text.Length && text[at] != ')')
        {
            if (text[at] == ' ')
            {
                at++;
                continue;
            }

            values.Add(Parse(text, ref at));
        }

        return values;
    }

    private static ImapValue Parse(string text, ref int at)
    {
        switch (text[at])
        {
            case '(':
                at++;
                List<ImapValue> items = ParseList(text, ref at);
                if (at++ >= text.Length)
                {
                    throw new FormatException($"a parenthesis is missing: {text}");
                }

                return new ImapValue(null, items);
            case '"':
                return new ImapValue(Quoted(text, ref at), []) { IsString = true };
            case '~' when text.AsSpan(at + 1).StartsWith("{"):
                at++;
                goto case '{';
            case '{':
                int end = text.IndexOf('}', at);
                int length = int.Parse(text.AsSpan(at + 1, end - at - 1), CultureInfo.InvariantCulture);
                at = end + 3 + length;
                return new ImapValue(text.Substring(end + 3, length), []) { IsString = true };
            default:
                return new ImapValue(Atom(text, ref at), []);
        }
    }

    private static string Quoted(string text, ref int at)
    {
        var quoted = new System.Text.StringBuilder();
        for (at++; text[at] != '"'; at++)
        {
            at += text[at] == '\\' ? 1 : 0;
            quoted.Append(text[at]);
        }

        at++;
        return quoted.ToString();
    }

    // BODY[HEADER.FIELDS (SUBJECT)] is one atom here.
    private static string Atom(string text, ref int at)
    {
        int start = at;
        bool isInSection = false;
        while (at < text.Length && (isInSection || text[at] is not (' ' or '(' or ')')))
        {
            isInSection = text[at] switch { '[' => true, ']' => false, _ => isInSection };
            at++;
        }

        return text[start..at];
    }
}
