namespace Imapd.Bench.Report;

/// <summary>A row of the table.</summary>
/// <param name="Text">What was measured.</param>
/// <param name="Ours">imapd.</param>
/// <param name="Theirs">Dovecot; null when it was not measured.</param>
internal sealed record Row(string Text, Sample Ours, Sample? Theirs)
{
    /// <summary>What the two did not do alike; empty when there is nothing to say.</summary>
    public string Difference =>
        Theirs is null || Theirs.Answer == Ours.Answer ? "" : $"answers differ: {Ours.Answer} against {Theirs.Answer}";

    public double WallRatio => Ours.Milliseconds / (Theirs?.Milliseconds ?? double.NaN);

    public double CpuRatio => Ours.ServerCpu / (Theirs?.ServerCpu ?? double.NaN);

    public double MemoryRatio => Ours.Kilobytes / (Theirs?.Kilobytes ?? double.NaN);

    /// <summary>Short of half of Dovecot's wall time or CPU; of its memory in a row that is about memory.</summary>
    public bool FallsShort => IsAbove(0.5);

    public bool IsWorse => IsAbove(1);

    private bool IsAbove(double limit) =>
        WallRatio > limit || CpuRatio > limit || (double.IsNaN(Ours.Milliseconds) && MemoryRatio > limit);
}
