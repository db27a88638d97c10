using System.Text;

namespace Imapd.Master.Configuration;

/// <summary>
/// One line of the configuration file that says something. Values are words; one with spaces, <c>#</c> or nothing in it
/// stands in quotation marks, where <c>\"</c> and <c>\\</c> are <c>"</c> and <c>\</c>. A comment begins with <c>#</c> at
/// the beginning of a word.
/// </summary>
/// <param name="Key">What stands before <c>=</c>, or <c>include</c>.</param>
/// <param name="Values">One or more.</param>
internal sealed record ConfigLine(string Key, IReadOnlyList<string> Values)
{
    private const string Include = "include";

    /// <summary>Reads a line; null when it is empty or a comment.</summary>
    /// <param name="text">The line, perhaps with its CR.</param>
    /// <param name="place">File and line, for complaints.</param>
    /// <exception cref="UsageException">It is not a line of a configuration file.</exception>
    public static ConfigLine? Parse(string text, string place)
    {
        foreach (char c in text.AsSpan().TrimEnd('\r'))
        {
            if (c is < ' ' and not '\t')
            {
                throw Refuse(place, "there is a control character in it");
            }
        }
        ReadOnlySpan<char> line = text.AsSpan().Trim();
        if (line.IsEmpty || line[0] == '#')
        {
            return null;
        }
        int keyEnd = line.IndexOfAny(" \t=");
        string key = (keyEnd < 0 ? line : line[..keyEnd]).ToString();
        ReadOnlySpan<char> rest = keyEnd < 0 ? [] : line[keyEnd..].TrimStart();
        if (rest is ['=', ..])
        {
            rest = rest[1..];
        }
        else if (key != Include)
        {
            throw Refuse(place, $"expected 'key = value', found '{line}'");
        }
        List<string> values = ReadValues(rest, place);
        return values.Count > 0 ? new ConfigLine(key, values) : throw Refuse(place, $"{key} has no value");
    }

    private static UsageException Refuse(string place, string what) => new($"{place}: {what}");

    private static List<string> ReadValues(ReadOnlySpan<char> text, string place)
    {
        List<string> values = [];
        while (true)
        {
            text = text.TrimStart();
            if (text.IsEmpty || text[0] == '#')
            {
                return values;
            }
            int end;
            if (text[0] == '"')
            {
                values.Add(ReadQuoted(text, place, out end));
            }
            else
            {
                end = text.IndexOfAny(' ', '\t');
                end = end < 0 ? text.Length : end;
                values.Add(text[..end].ToString());
            }
            text = text[end..];
        }
    }

    private static string ReadQuoted(ReadOnlySpan<char> text, string place, out int end)
    {
        var value = new StringBuilder();
        for (int index = 1; index < text.Length; index++)
        {
            if (text[index] == '"')
            {
                end = index + 1;
                return end == text.Length || char.IsWhiteSpace(text[end])
                    ? value.ToString()
                    : throw Refuse(place, "after the closing quotation mark comes a space or the end of the line");
            }
            if (text[index] == '\\' && index + 1 < text.Length && text[index + 1] is '"' or '\\')
            {
                index++;
            }
            value.Append(text[index]);
        }
        throw Refuse(place, "the closing quotation mark is missing");
    }
}
