namespace Imapd.Tests.Stress.Client;

/// <summary>What a server said until a command was done.</summary>
internal sealed class ClientReply
{
    /// <summary>The tagged response without its tag.</summary>
    public string Status { get; set; } = "";

    public bool IsOk => Status.StartsWith("OK", StringComparison.Ordinal);

    /// <summary>Whether some of the messages were gone.</summary>
    public bool HasGone => Status.Contains("[EXPUNGEISSUED]", StringComparison.Ordinal);

    /// <summary>Flags told, by UID; those whose UID is not known are left out.</summary>
    public List<(uint Uid, int Flags)> Flags { get; } = [];

    /// <summary>The UIDs in ESEARCH or SEARCH, or numbers.</summary>
    public List<uint> Found { get; } = [];

    /// <summary>What STATUS told, by name.</summary>
    public Dictionary<string, uint> StatusItems { get; } = [];

    /// <summary>The arguments of a response code, wherever it stood: <c>APPENDUID</c>, <c>COPYUID</c>.</summary>
    public IReadOnlyList<string> Code(string name)
    {
        foreach (string line in Codes)
        {
            if (line.StartsWith(name + " ", StringComparison.Ordinal))
            {
                return line.Split(' ')[1..];
            }
        }

        return [];
    }

    /// <summary>What stood in brackets.</summary>
    public List<string> Codes { get; } = [];

    /// <summary>The numbers of a set such as <c>1:3,7</c>, in its order.</summary>
    public static IEnumerable<uint> Numbers(string set)
    {
        foreach (string range in set.Split(','))
        {
            string[] ends = range.Split(':');
            uint first = uint.Parse(ends[0], System.Globalization.CultureInfo.InvariantCulture);
            uint last = uint.Parse(ends[^1], System.Globalization.CultureInfo.InvariantCulture);
            for (uint number = first; number <= last; number++)
            {
                yield return number;
            }
        }
    }
}
