namespace Imapd.Bench.Client;

/// <summary>What the responses to a command were, counted: enough to see that two servers did the same.</summary>
internal struct Answer
{
    public long Fetches { get; set; }

    public long Expunges { get; set; }

    /// <summary>The last number of messages that was told.</summary>
    public long Exists { get; set; }

    public long Statuses { get; set; }

    /// <summary>Numbers in responses to SEARCH.</summary>
    public long Hits { get; set; }

    public long LiteralOctets { get; set; }

    public readonly Answer Plus(Answer other) => new()
    {
        Fetches = Fetches + other.Fetches,
        Expunges = Expunges + other.Expunges,
        Exists = Math.Max(Exists, other.Exists),
        Statuses = Statuses + other.Statuses,
        Hits = Hits + other.Hits,
        LiteralOctets = LiteralOctets + other.LiteralOctets,
    };
}
