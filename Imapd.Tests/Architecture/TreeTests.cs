using NUnit.Framework;

namespace Imapd.Tests.Architecture;

/// <summary>What holds for every file of the tree.</summary>
internal sealed class TreeTests
{
    private const int MaxLines = 500;

    [Test]
    public void No_source_file_is_longer_than_one_reader_can_hold()
    {
        var tooLong = from file in Repository.Files("*.cs", "*.sh", "*.py", "*.props", "Makefile")
                      let lines = File.ReadLines(file).Count()
                      where lines > MaxLines
                      select $"{Path.GetRelativePath(Repository.Root, file)}: {lines} lines";
        Assert.That(tooLong, Is.Empty);
    }

    [Test]
    public void Every_document_the_README_points_to_exists()
    {
        string text = File.ReadAllText(Repository.Combine("README.md"));
        var missing = from System.Text.RegularExpressions.Match link
                      in System.Text.RegularExpressions.Regex.Matches(text, @"\]\((?!https?:)([^)#]+)[^)]*\)")
                      let target = link.Groups[1].Value
                      where !Path.Exists(Repository.Combine(target))
                      select target;
        Assert.That(missing, Is.Empty);
    }
}
