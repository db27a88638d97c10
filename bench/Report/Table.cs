using System.Globalization;

namespace Imapd.Bench.Report;

/// <summary>The rows as text for a terminal, as they come, or as Markdown.</summary>
internal static class Table
{
    public const string TextHeader =
        "                                                                     wall ms                  CPU ms                memory MB        client\n" +
        "                                                              imapd  Dovecot ratio     imapd  Dovecot ratio   imapd Dovecot ratio    CPU ms";

    public const string MarkdownHeader =
        "| what | wall ms: imapd | Dovecot | ratio | CPU ms: imapd | Dovecot | ratio | MB: imapd | Dovecot | ratio |\n" +
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

    public static string Text(Row row)
    {
        string mark = row.IsWorse ? "!!" : row.FallsShort ? "! " : "  ";
        string line = $"{mark}{row.Text,-56}{Number(row.Ours.Milliseconds),9}{Number(row.Theirs?.Milliseconds),9}{Ratio(row.WallRatio),6}"
            + $"{Number(row.Ours.ServerCpu),10}{Number(row.Theirs?.ServerCpu),9}{Ratio(row.CpuRatio),6}"
            + $"{Number(row.Ours.Kilobytes / 1024),8}{Number(row.Theirs?.Kilobytes / 1024),8}{Ratio(row.MemoryRatio),6}{Number(row.Ours.ClientCpu),10}";
        return row.Difference.Length == 0 ? line : $"{line}\n    {row.Difference}";
    }

    public static string Markdown(Row row) =>
        $"| {row.Text} | {Number(row.Ours.Milliseconds)} | {Number(row.Theirs?.Milliseconds)} | {Ratio(row.WallRatio)} "
        + $"| {Number(row.Ours.ServerCpu)} | {Number(row.Theirs?.ServerCpu)} | {Ratio(row.CpuRatio)} "
        + $"| {Number(row.Ours.Kilobytes / 1024)} | {Number(row.Theirs?.Kilobytes / 1024)} | {Ratio(row.MemoryRatio)} |";

    private static string Ratio(double value) =>
        double.IsFinite(value) ? value.ToString(value < 10 ? "0.00" : "0", CultureInfo.InvariantCulture) : "";

    /// <summary>Three figures; nothing for what was not measured.</summary>
    private static string Number(double? value) => value is { } number && double.IsFinite(number)
        ? number.ToString(number switch { < 1 => "0.000", < 10 => "0.00", < 100 => "0.0", _ => "0" }, CultureInfo.InvariantCulture)
        : "";
}
