using System.Globalization;

namespace Imapd.Master.Configuration;

/// <summary>
/// What the kernel gives a worker at most once it is the user (setrlimit(2)). Of this and of what pam_limits set, the lower
/// counts.
/// </summary>
/// <param name="Name">As limits.conf(5) has it.</param>
/// <param name="Most">Octets, or a number of files or processes.</param>
internal sealed record WorkerLimit(string Name, long Most)
{
    private const long Megabyte = 1 << 20;

    /// <summary>
    /// What may be limited, and how far down: below that a session could not begin, which looks like a broken server. A
    /// worker has 2.7 GB of addresses reserved when it starts and maps large indexes beside them, so <c>as</c> says little;
    /// <c>data</c> is memory that can be written, of which a session has 12 MB and needs 100 MB for a million new messages.
    /// </summary>
    private static readonly (string Name, long Least)[] Known =
        [("data", 64 * Megabyte), ("as", 4096 * Megabyte), ("nofile", 64), ("nproc", 8)];

    /// <summary>As it is written in the configuration and on the worker's command line.</summary>
    public override string ToString() => $"{Name}={Most.ToString(CultureInfo.InvariantCulture)}";

    /// <exception cref="UsageException">One is none, too low, or given twice.</exception>
    public static IReadOnlyList<WorkerLimit> Read(OptionValues options)
    {
        List<WorkerLimit> limits = [];
        foreach (OptionValue value in options.All("worker-limit"))
        {
            WorkerLimit limit = Read(value);
            if (limits.Any(other => other.Name == limit.Name))
            {
                throw OptionValues.Refuse("worker-limit", value, $"is the second for {limit.Name}");
            }
            limits.Add(limit);
        }
        return limits;
    }

    private static WorkerLimit Read(OptionValue value)
    {
        int equals = value.Text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? value.Text : value.Text[..equals];
        int known = Array.FindIndex(Known, entry => entry.Name == name);
        if (known < 0 || equals < 0)
        {
            throw OptionValues.Refuse("worker-limit", value, "is not NAME=N with NAME one of data, as, nofile, nproc");
        }
        long most = ReadAmount(value.Text.AsSpan(equals + 1));
        return most >= Known[known].Least
            ? new WorkerLimit(name, most)
            : throw OptionValues.Refuse(
                "worker-limit", value, $"is not a number from {Known[known].Least}, perhaps with K, M or G behind it");
    }

    private static long ReadAmount(ReadOnlySpan<char> text)
    {
        int shift = text switch { [.., 'K'] => 10, [.., 'M'] => 20, [.., 'G'] => 30, _ => 0 };
        return long.TryParse(shift == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number <= long.MaxValue >> shift
            ? number << shift
            : -1;
    }
}
