namespace Imapd.Master.Configuration;

/// <summary>What is said of the names that users log in with: the worker that asks PAM abides by it.</summary>
internal sealed record LoginNames
{
    // Longer than any name an account or a domain has.
    private const int MaxLetters = 255;

    // The options with a list, which are those of the worker by the same names.
    private static readonly string[] Lists = ["strip-domain", "deny-user", "allow-user", "deny-group", "allow-group"];

    private IReadOnlyDictionary<string, IReadOnlyList<string>> ByOption { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Whether capital letters are made small ones.</summary>
    public bool IsLowercased { get; private init; }

    /// <exception cref="UsageException">A domain or a pattern cannot be one.</exception>
    public static LoginNames Read(OptionValues options)
    {
        foreach (string list in Lists)
        {
            foreach (OptionValue value in options.All(list))
            {
                Check(list, value);
            }
        }
        return new LoginNames
        {
            ByOption = Lists.ToDictionary(list => list, list => (IReadOnlyList<string>)[.. options.All(list).Select(value => value.Text)]),
            IsLowercased = options.IsOn("lowercase-login"),
        };
    }

    /// <summary>The values of one option.</summary>
    public IReadOnlyList<string> Of(string option) => ByOption.GetValueOrDefault(option) ?? [];

    /// <summary>All of it as the worker's command line has it.</summary>
    public IEnumerable<string> Arguments() =>
        Lists.SelectMany(list => Of(list).SelectMany(value => (string[])["--" + list, value])).Concat(IsLowercased ? ["--lowercase-login"] : []);

    private static void Check(string option, OptionValue value)
    {
        bool isDomain = option == "strip-domain";
        bool isPossible = value.Text.Length is > 0 and <= MaxLetters && (isDomain
            ? value.Text.All(letter => char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_')
            : !value.Text.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || letter is '/' or ':' or ','));
        if (!isPossible)
        {
            throw OptionValues.Refuse(option, value, isDomain
                ? "is no domain: what stands behind the @ of names, each in a value of its own"
                : $"is no pattern of a {(option.EndsWith("user", StringComparison.Ordinal) ? "user's" : "group's")} name: letters, * and ?, each in a value of its own");
        }
    }
}
