namespace Imapd.Bench.Report;

/// <summary>One measurement. What a line does not measure is NaN.</summary>
/// <param name="Milliseconds">Wall time.</param>
/// <param name="ServerCpu">CPU time of all processes of the server, in milliseconds.</param>
/// <param name="ClientCpu">CPU time of the clients, in milliseconds.</param>
/// <param name="Kilobytes">Memory; which, the line says.</param>
/// <param name="Answer">What must be equal for both servers; empty when nothing can be compared.</param>
internal sealed record Sample(
    double Milliseconds = double.NaN, double ServerCpu = double.NaN, double ClientCpu = double.NaN, double Kilobytes = double.NaN, string Answer = "")
{
    /// <summary>The median of each measure apart.</summary>
    public static Sample Median(IReadOnlyList<Sample> samples) => new(
        Median(samples.Select(sample => sample.Milliseconds)),
        Median(samples.Select(sample => sample.ServerCpu)),
        Median(samples.Select(sample => sample.ClientCpu)),
        Median(samples.Select(sample => sample.Kilobytes)),
        string.Join(" or ", samples.Select(sample => sample.Answer).Distinct()));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }
}
