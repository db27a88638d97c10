using System.Text.RegularExpressions;
using Imapd.Tests.Architecture;

namespace Imapd.Tests.Requirements;

/// <summary>One normative statement of an RFC, as a line of a file beside this one has it.</summary>
/// <remarks>
/// <c>section | level | statement in our own words | Class.Test, Class.Test</c>, or <c>- reason</c> in place of the tests
/// where no server can go against it. The file is named after the RFC and, for RFC 9051, the section: <c>rfc9051-6.3.txt</c>.
/// Lines that begin with # and empty ones say nothing.
/// </remarks>
/// <param name="Place">File and line.</param>
/// <param name="Section">Where the RFC has it; a letter first for an appendix.</param>
/// <param name="Level">The RFC's key word, or <c>states</c> where it says without one what is done.</param>
/// <param name="Statement">What it says.</param>
/// <param name="Tests">Class.Test of each test that shows it; none when there is a reason.</param>
/// <param name="Reason">Why there is nothing to show; null when there are tests.</param>
internal sealed partial record RequirementRow(
    string Place, string Section, string Level, string Statement, IReadOnlyList<string> Tests, string? Reason)
{
    private static readonly string[] Levels =
    [
        "MUST", "MUST NOT", "REQUIRED", "SHALL", "SHOULD", "SHOULD NOT", "RECOMMENDED", "NOT RECOMMENDED", "MAY", "OPTIONAL", "states",
    ];

    /// <summary>All rows, file by file, and what is wrong with the lines that are none.</summary>
    public static (IReadOnlyList<RequirementRow> Rows, IReadOnlyList<string> Malformed) ReadAll()
    {
        var rows = new List<RequirementRow>();
        var malformed = new List<string>();
        foreach (string file in Directory.EnumerateFiles(Repository.Combine("Imapd.Tests", "Requirements"), "*.txt").Order())
        {
            string[] lines = File.ReadAllLines(file);
            for (int i = 0; i < lines.Length; i++)
            {
                if (lines[i].Length == 0 || lines[i][0] == '#')
                {
                    continue;
                }

                string place = $"{Path.GetFileName(file)}:{i + 1}";
                if (Parse(place, lines[i]) is RequirementRow row)
                {
                    rows.Add(row);
                }
                else
                {
                    malformed.Add($"{place}: {lines[i]}");
                }
            }
        }

        return (rows, malformed);
    }

    /// <summary>The file the row is in.</summary>
    public string FileName => Place[..Place.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>The section as something that can be put in order: 6.3.9 before 6.3.10.</summary>
    public string SortKey => string.Concat(Section.Split('.').Select(number => number.PadLeft(4)));

    private static RequirementRow? Parse(string place, string line)
    {
        string[] fields = [.. line.Split('|').Select(field => field.Trim())];
        if (fields.Length != 4
            || !SectionNumber().IsMatch(fields[0])
            || !Levels.Contains(fields[1])
            || fields[2].Length == 0)
        {
            return null;
        }

        if (fields[3].StartsWith('-'))
        {
            string reason = fields[3][1..].Trim();
            return reason.Length == 0 ? null : new RequirementRow(place, fields[0], fields[1], fields[2], [], reason);
        }

        string[] tests = [.. fields[3].Split(',').Select(test => test.Trim())];
        return tests.All(test => TestName().IsMatch(test))
            ? new RequirementRow(place, fields[0], fields[1], fields[2], tests, null)
            : null;
    }

    [GeneratedRegex(@"^([1-9][0-9]*|[A-Z])(\.[1-9][0-9]*)*$")]
    private static partial Regex SectionNumber();

    [GeneratedRegex(@"^[A-Za-z0-9]+\.[A-Za-z0-9_]+$")]
    private static partial Regex TestName();
}
