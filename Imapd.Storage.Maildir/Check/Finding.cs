namespace Imapd.Storage.Maildir.Check;

/// <summary>How bad a finding is.</summary>
public enum FindingSeverity
{
    /// <summary>Nothing is wrong for the user; something lies about, or is not as it usually is.</summary>
    Note,

    /// <summary>Something does not say what is true.</summary>
    Damage,
}

/// <summary>What became of a repair.</summary>
public enum RepairState
{
    /// <summary>There is none: it mends itself, or only a person can decide.</summary>
    None,

    /// <summary>It would be done if it was asked for.</summary>
    Offered,

    /// <summary>It was done.</summary>
    Done,

    /// <summary>It was tried and could not be done.</summary>
    Failed,
}

/// <summary>One thing that is not as it should be.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Path">The file, relative to what was checked, fit to be printed.</param>
/// <param name="What">What is wrong with it.</param>
/// <param name="Repair">What a repair does, in words that follow "to"; null when there is none.</param>
/// <param name="State">What became of the repair.</param>
public sealed record Finding(FindingSeverity Severity, string Path, string What, string? Repair, RepairState State)
{
    /// <summary>The finding as a line for people.</summary>
    public override string ToString()
    {
        string line = $"{(Severity == FindingSeverity.Damage ? "damage" : "note")}: {Path}: {What}";
        return State switch
        {
            RepairState.Offered => $"{line} (--repair would {Repair})",
            RepairState.Done => $"{line} (repaired: {Repair})",
            RepairState.Failed => $"{line} (could not {Repair})",
            _ => line,
        };
    }
}
