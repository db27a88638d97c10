namespace Imapd.Worker.Session;

/// <summary>What the server says of itself (RFC 2971 §3.3), and what it knows of itself to say.</summary>
internal static class IdFields
{
    /// <summary>What it says unless told otherwise.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Default { get; } = [Parse("name"), Parse("version")];

    /// <summary>Reads <c>FIELD=VALUE</c>, or a field whose value is known here.</summary>
    /// <exception cref="ArgumentException">Its value is not known.</exception>
    public static KeyValuePair<string, string> Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? new(text[..equals], text[(equals + 1)..]) : new(text, Known(text));
    }

    private static string Known(string field) => field switch
    {
        "name" => "imapd",
        "version" => typeof(IdFields).Assembly.GetName().Version?.ToString(fieldCount: 3) ?? "unknown",
        "os" => "Linux",
        _ => throw new ArgumentException($"--id {field}: a value, please"),
    };
}
