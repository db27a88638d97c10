namespace Imapd.Master.Configuration;

/// <summary>What an administrator has the server say to clients: greeting, ID and why nobody may log in.</summary>
internal static class ServerWords
{
    private const int MaxText = 200;

    // RFC 2971 §3.3.
    private const int MaxFields = 30;
    private const int MaxFieldName = 30;
    private const int MaxFieldValue = 1024;

    /// <summary>What the server can say of itself without being told.</summary>
    private static readonly string[] KnownFields = ["name", "version", "os"];

    /// <summary>A line for people, as it can stand behind a response code (RFC 9051 §9, <c>resp-text</c>).</summary>
    /// <exception cref="UsageException">It cannot.</exception>
    public static string? ReadText(OptionValues options, string name)
    {
        if (options.Find(name) is not OptionValue value)
        {
            return null;
        }
        bool isText = value.Text.Length is > 0 and <= MaxText && IsPrintable(value.Text) && value.Text[0] != '[' && value.Text[^1] != '}';
        return isText ? value.Text : throw OptionValues.Refuse(
            name, value, $"is not a line of at most {MaxText} printable ASCII characters that does not begin with [ or end with }}");
    }

    /// <summary>The fields of ID, each as <c>FIELD=VALUE</c> or alone when its value is known; empty: NIL.</summary>
    /// <exception cref="UsageException">One of them cannot be, or is there twice.</exception>
    public static IReadOnlyList<string> ReadId(OptionValues options)
    {
        IReadOnlyList<OptionValue> values = options.All("id");
        if (values.Count == 0)
        {
            return ["name", "version"];
        }
        if (values is [{ Text: OptionTable.NoFile }])
        {
            return [];
        }
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (OptionValue value in values)
        {
            Check(value, names);
        }
        return [.. values.Select(value => value.Text)];
    }

    private static void Check(OptionValue value, HashSet<string> names)
    {
        int equals = value.Text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? value.Text : value.Text[..equals];
        if (!IsPrintable(value.Text) || name.Length is 0 or > MaxFieldName || value.Text.Length - name.Length - 1 > MaxFieldValue)
        {
            throw OptionValues.Refuse(
                "id", value, $"is not FIELD=VALUE in printable ASCII, with {MaxFieldName} and {MaxFieldValue} characters at most");
        }
        if (equals < 0 && !KnownFields.Contains(name))
        {
            throw OptionValues.Refuse("id", value, $"needs a value; without one are {string.Join(", ", KnownFields)}, and none alone");
        }
        if (!names.Add(name) || names.Count > MaxFields)
        {
            throw OptionValues.Refuse("id", value, $"is there twice, or one of more than {MaxFields}");
        }
    }

    private static bool IsPrintable(string text) => text.All(c => c is >= ' ' and <= '~');
}
