using System.Text;

namespace Imapd.Master.Configuration;

/// <summary>What <c>--dump-config</c> prints: a configuration file that means the same, and where each value came from.</summary>
internal static class ConfigDump
{
    private const int CommentColumn = 40;

    /// <summary>The text, ending in a newline.</summary>
    public static string Text(Settings settings, OptionValues written)
    {
        var text = new StringBuilder();
        foreach (OptionRow row in OptionTable.Rows.Where(row => !row.IsCommandLineOnly))
        {
            IReadOnlyList<string> values = [.. row.Effective(settings)];
            string origin = written.Find(row.Name) switch
            {
                null => "default",
                { Place: null } => "command line",
                { Place: string place } => place,
            };
            string line = values.Count == 0 ? $"# {row.Name} is not set" : $"{row.Name} = {string.Join(' ', values.Select(Quoted))}";
            text.Append(line.PadRight(CommentColumn)).Append(values.Count == 0 ? "  (" : "  # ").Append(origin);
            text.AppendLine(values.Count == 0 ? ")" : "");
        }
        return text.ToString();
    }

    private static string Quoted(string value)
    {
        bool isWord = value.Length > 0 && value[0] is not ('#' or '"') && !value.Any(char.IsWhiteSpace);
        return isWord ? value : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
