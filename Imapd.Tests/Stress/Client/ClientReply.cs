using Imapd.Tests.Responses;

namespace Imapd.Tests.Stress.Client;

/// <summary>What a server said until a command was done.</summary>
internal sealed class ClientReply
{
    private readonly List<Response> _states = [];

    /// <summary>The tagged response; null as long as there is none.</summary>
    public Response? Tagged { get; private set; }

    /// <summary>How the tagged response was, for people.</summary>
    public string Status => $"{Tagged?.Name} [{Tagged?.Code}] {Tagged?.Text}";

    public bool IsOk => Tagged?.Name == "OK";

    /// <summary>Whether some of the messages were gone.</summary>
    public bool HasGone => Tagged?.Code == "EXPUNGEISSUED";

    /// <summary>Flags told, by UID; those whose UID is not known are left out.</summary>
    public List<(uint Uid, int Flags)> Flags { get; } = [];

    /// <summary>The UIDs in ESEARCH or SEARCH, or numbers.</summary>
    public List<uint> Found { get; } = [];

    /// <summary>What STATUS told, by name.</summary>
    public Dictionary<string, uint> StatusItems { get; } = [];

    /// <summary>The arguments of a response code, wherever it stood: <c>APPENDUID</c>, <c>COPYUID</c>.</summary>
    public IReadOnlyList<string> Code(string name) =>
        [.. _states.Find(state => state.Code == name)?.CodeValues.Select(static value => value.Text) ?? []];

    /// <summary>Notes OK or NO, with what it says beside its text.</summary>
    public void Note(Response state)
    {
        _states.Add(state);
        Tagged = state.IsTagged ? state : null;
    }

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
