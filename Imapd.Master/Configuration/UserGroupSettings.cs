namespace Imapd.Master.Configuration;

/// <summary>
/// The control groups that users are put into (cgroups(7), version 2): below which directory, and with which limits.
/// </summary>
internal static class UserGroupSettings
{
    private const int MaxValue = 100;

    /// <summary>The directory; null: users are not put into groups.</summary>
    /// <param name="options">What was written.</param>
    /// <exception cref="UsageException">There is no use for it, or it is not there.</exception>
    public static string? ReadParent(OptionValues options)
    {
        if (options.Find("user-cgroup") is not OptionValue value)
        {
            return options.Find("user-limit") is null
                ? null
                : throw new UsageException($"{options.Called("user-limit")} needs the directory of the groups: --user-cgroup DIR");
        }
        if (!options.IsOn("fork"))
        {
            throw new UsageException($"{options.Called("user-cgroup")} needs --fork: without it users have no processes of their own");
        }
        string path = Path.TrimEndingDirectorySeparator(value.Text);
        return Path.IsPathRooted(path) && File.Exists(Path.Combine(path, "cgroup.procs"))
            ? path
            : throw OptionValues.Refuse("user-cgroup", value, "is not a directory of control groups, such as /sys/fs/cgroup/system.slice/imapd.service");
    }

    /// <summary>What is written into the files of each group, as <c>FILE=VALUE</c>.</summary>
    /// <exception cref="UsageException">One names no file of a controller.</exception>
    public static IReadOnlyList<string> ReadLimits(OptionValues options)
    {
        foreach (OptionValue value in options.All("user-limit"))
        {
            int equals = value.Text.IndexOf('=', StringComparison.Ordinal);
            string file = equals < 0 ? "" : value.Text[..equals];
            int dot = file.IndexOf('.', StringComparison.Ordinal);
            bool isGood = dot > 0 && dot < file.Length - 1 && !file.StartsWith("cgroup.", StringComparison.Ordinal)
                && file.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_')
                && value.Text.Length - equals - 1 is > 0 and <= MaxValue && value.Text.All(c => c is >= ' ' and <= '~');
            if (!isGood)
            {
                throw OptionValues.Refuse("user-limit", value, "is not FILE=VALUE, such as memory.max=1G or cpu.weight=50");
            }
        }
        return [.. options.All("user-limit").Select(value => value.Text)];
    }
}
