namespace Imapd.Master.Configuration;

/// <summary>One option: its name is its long form on the command line and its key in the configuration file.</summary>
/// <param name="Name">Without dashes.</param>
/// <param name="Value">What stands for its value in documents; null: it is a switch, in the file <c>yes</c> or <c>no</c>.</param>
/// <param name="Effective">What these settings make of it, each value by itself; none: it is off.</param>
internal sealed record OptionRow(string Name, string? Value, Func<Settings, IEnumerable<string>> Effective)
{
    /// <summary>May be given several times; in the file also with several values in a line.</summary>
    public bool Repeats { get; init; }

    /// <summary>
    /// It repeats, and yet the values of one file take the place of those of files before it: they belong together, as do
    /// certificates and keys.
    /// </summary>
    public bool IsOfOneFile { get; init; }

    /// <summary>Says how imapd is run this once, so it is no key of the file.</summary>
    public bool IsCommandLineOnly { get; init; }

    public bool IsSwitch => Value is null;
}
