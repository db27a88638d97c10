using System.Reflection;
using NUnit.Framework;

namespace Imapd.Tests.Requirements;

/// <summary>The table of what the RFCs ask of a server: each row names tests that exist, or says why it has none.</summary>
public sealed class RequirementTableTests
{
    private static readonly (IReadOnlyList<RequirementRow> Rows, IReadOnlyList<string> Malformed) Table = RequirementRow.ReadAll();

    private static readonly HashSet<string> TestNames =
        [.. from type in typeof(RequirementTableTests).Assembly.GetTypes()
            where !type.IsAbstract
            from method in type.GetMethods()
            where method.GetCustomAttributes().Any(static a => a is TestAttribute or TestCaseAttribute or TestCaseSourceAttribute)
            select $"{type.Name}.{method.Name}"];

    [Test]
    public void Every_line_is_a_section_a_level_a_statement_and_tests_or_a_reason() => Assert.That(Table.Malformed, Is.Empty);

    [Test]
    public void Every_row_names_tests_that_exist()
    {
        Assert.That(Table.Rows, Is.Not.Empty);
        var missing = from row in Table.Rows
                      from test in row.Tests
                      where !TestNames.Contains(test)
                      select $"{row.Place}: {test}";
        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void Rows_are_in_the_order_of_their_sections_and_in_the_file_of_their_section()
    {
        var misplaced = new List<string>();
        foreach (IGrouping<string, RequirementRow> file in Table.Rows.GroupBy(row => row.FileName))
        {
            string last = "";
            string ofFile = Path.GetFileNameWithoutExtension(file.Key).Split('-') is [_, string section] ? section : "";
            foreach (RequirementRow row in file)
            {
                bool isHere = ofFile.Length == 0 || row.Section == ofFile || row.Section.StartsWith(ofFile + ".", StringComparison.Ordinal);
                if (!isHere || string.CompareOrdinal(row.SortKey, last) < 0)
                {
                    misplaced.Add($"{row.Place}: §{row.Section}");
                }

                last = row.SortKey;
            }
        }

        Assert.That(misplaced, Is.Empty);
    }

    [Test]
    public void No_statement_is_there_twice()
    {
        var doubled = from row in Table.Rows
                      group row by (row.FileName, row.Section, row.Statement) into same
                      where same.Count() > 1
                      select string.Join(" and ", same.Select(row => row.Place));
        Assert.That(doubled, Is.Empty);
    }
}
