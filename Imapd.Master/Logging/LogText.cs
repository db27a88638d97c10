using System.Globalization;
using System.Text;

namespace Imapd.Master.Logging;

/// <summary>
/// Makes text that a stranger chose safe to stand in a line of the log: no new line, no escape sequence, no quote
/// and no invisible character can pretend to be something we wrote.
/// </summary>
internal static class LogText
{
    private const int MaxRunes = 512;

    /// <summary>As it is when nothing in it could be misread, else quoted.</summary>
    public static string Value(string text) =>
        text.Length is > 0 and <= MaxRunes && text.All(IsBare) ? text : Quote(text);

    /// <summary>In double quotes, with everything escaped that is not plain visible text; long text is cut.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        int runes = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (++runes > MaxRunes)
            {
                quoted.Append('…');
                break;
            }
            Append(quoted, rune);
        }
        return quoted.Append('"').ToString();
    }

    private static void Append(StringBuilder quoted, Rune rune)
    {
        if (rune.Value is '"' or '\\')
        {
            quoted.Append('\\').Append((char)rune.Value);
        }
        else if (IsVisible(rune))
        {
            quoted.Append(rune);
        }
        else
        {
            quoted.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
        }
    }

    private static bool IsVisible(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator or UnicodeCategory.PrivateUse
        or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);

    private static bool IsBare(char character) =>
        char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-' or '@' or ':' or '/' or '+' or '%'
            or '[' or ']' or ',' or '~';
}
