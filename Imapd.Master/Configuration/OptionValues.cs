namespace Imapd.Master.Configuration;

/// <summary>A value as somebody wrote it.</summary>
/// <param name="Text">The value; of a switch <c>yes</c> or <c>no</c>.</param>
/// <param name="Place">File and line, as in <c>/etc/imapd/imapd.conf:12</c>; null: the command line.</param>
internal readonly record struct OptionValue(string Text, string? Place);

/// <summary>What was written about every option, and where. Nothing here says that it can be.</summary>
internal sealed class OptionValues
{
    private readonly Dictionary<string, List<OptionValue>> _values = [];

    /// <summary>The values of an option in the order they were written; none when nobody wrote it.</summary>
    public IReadOnlyList<OptionValue> All(string name) =>
        _values.TryGetValue(name, out List<OptionValue>? values) ? values : [];

    /// <summary>The value of an option that does not repeat: the last that was written.</summary>
    public OptionValue? Find(string name) => All(name) is [.., OptionValue last] ? last : null;

    /// <inheritdoc cref="Find"/>
    public string? Text(string name) => Find(name)?.Text;

    /// <summary>A switch is on.</summary>
    public bool IsOn(string name) => Text(name) == "yes";

    /// <summary>The option was written on the command line, and is on if it is a switch.</summary>
    public bool IsOnCommandLine(string name) => Find(name) is { Place: null, Text: not "no" };

    public void Add(string name, OptionValue value)
    {
        if (!_values.TryGetValue(name, out List<OptionValue>? values))
        {
            _values.Add(name, values = []);
        }
        values.Add(value);
    }

    /// <summary>Forgets what was written about an option.</summary>
    public void Forget(string name) => _values.Remove(name);

    /// <summary>These, and of the others the options of which nothing was written here.</summary>
    public OptionValues Over(OptionValues others)
    {
        var both = new OptionValues();
        foreach ((string name, List<OptionValue> values) in _values.Concat(others._values.Where(p => !_values.ContainsKey(p.Key))))
        {
            both._values.Add(name, values);
        }
        return both;
    }

    /// <summary>These, but of some options only what was written on the command line.</summary>
    public OptionValues Without(IReadOnlyList<string> names)
    {
        var rest = new OptionValues();
        foreach ((string name, List<OptionValue> values) in _values)
        {
            rest._values.Add(name, names.Contains(name) ? values.FindAll(value => value.Place is null) : values);
        }
        return rest;
    }

    /// <summary>The complaint that a value of an option cannot be, with its place.</summary>
    /// <param name="name">The option.</param>
    /// <param name="value">What was written.</param>
    /// <param name="what">What it should be, continuing the sentence.</param>
    public static UsageException Refuse(string name, OptionValue value, string what) => value.Place is null
        ? new UsageException($"--{name} '{value.Text}' {what}")
        : new UsageException($"{value.Place}: {name} '{value.Text}' {what}");

    /// <summary>The option as the reader of a message knows it: with its dashes, or with its place in the file.</summary>
    public string Called(string name) => Find(name) is { Place: string place } ? $"{name} ({place})" : "--" + name;
}
