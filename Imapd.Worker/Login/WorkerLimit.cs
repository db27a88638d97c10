using System.Globalization;
using Imapd.Worker.Native;

namespace Imapd.Worker.Login;

/// <summary>What the kernel gives this process at most once it is the user.</summary>
/// <param name="Resource">Of which.</param>
/// <param name="Most">How much.</param>
internal readonly record struct WorkerLimit(ResourceKind Resource, ulong Most)
{
    /// <summary>Reads <c>NAME=N</c>, the name as in limits.conf(5).</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static WorkerLimit Parse(string text)
    {
        string[] parts = text.Split('=');
        return parts.Length == 2 && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong most)
            ? new WorkerLimit(KindOf(parts[0]), most)
            : throw new ArgumentException($"--limit {text}: NAME=N, please");
    }

    /// <summary>
    /// Sets them, as the last of what the process still does as root: modules of PAM have run, and of their limits and these
    /// the lower counts.
    /// </summary>
    /// <exception cref="DropFailedException">The kernel refuses.</exception>
    public static void Apply(IEnumerable<WorkerLimit> limits)
    {
        try
        {
            foreach (WorkerLimit limit in limits)
            {
                ResourceLimits.Lower(limit.Resource, limit.Most);
            }
        }
        catch (SystemCallException error)
        {
            throw new DropFailedException(error.Message);
        }
    }

    private static ResourceKind KindOf(string name) => name switch
    {
        "data" => ResourceKind.Data,
        "nproc" => ResourceKind.Processes,
        "nofile" => ResourceKind.Files,
        "as" => ResourceKind.Addresses,
        _ => throw new ArgumentException($"--limit {name}: data, as, nofile or nproc"),
    };
}
