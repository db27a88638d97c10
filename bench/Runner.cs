using Imapd.Bench.Lines;
using Imapd.Bench.Mail;
using Imapd.Bench.Report;

namespace Imapd.Bench;

/// <summary>Measures lines on all sides in turn, round by round.</summary>
/// <param name="sides">imapd first.</param>
/// <param name="rounds">How often.</param>
/// <param name="progress">Told what is done.</param>
internal sealed class Runner(IReadOnlyList<Side> sides, int rounds, TextWriter progress)
{
    /// <summary>Makes the mail that these lines need.</summary>
    public void MakeMail(IEnumerable<Line> lines, CancellationToken stop)
    {
        foreach (MailSet set in lines.SelectMany(line => line.Needs).Distinct())
        {
            progress.WriteLine($"making mail: {set}");
            foreach (Side side in sides)
            {
                stop.ThrowIfCancellationRequested();
                side.Require(set);
            }
        }
    }

    /// <summary>Measures one line, who begins changing from round to round.</summary>
    public IEnumerable<Row> Measure(Line line, CancellationToken stop)
    {
        var samples = sides.Select(_ => new List<IReadOnlyList<Sample?>>()).ToList();
        for (int round = 0; round < (line.IsRepeated ? rounds : 1); round++)
        {
            for (int turn = 0; turn < sides.Count; turn++)
            {
                stop.ThrowIfCancellationRequested();
                int side = (round + turn) % sides.Count;
                try
                {
                    samples[side].Add(line.Measure(sides[side]));
                }
                catch (Exception error) when (error is IOException or InvalidOperationException && !stop.IsCancellationRequested)
                {
                    // The other lines are worth having all the same.
                    progress.WriteLine($"{line.Name}: {sides[side].Server.Name} failed: {error.Message}");
                    progress.WriteLine(sides[side].Server.LogTail);
                }
            }
        }
        for (int row = 0; row < line.Rows.Count; row++)
        {
            List<Sample?> medians = [.. samples.Select(side => Median([.. side.Select(sample => sample[row]).OfType<Sample>()]))];
            if (medians[0] is { } ours)
            {
                yield return new Row(line.Rows[row], ours, medians.ElementAtOrDefault(1));
            }
        }
    }

    private static Sample? Median(Sample[] samples) => samples.Length == 0 ? null : Sample.Median(samples);
}
