using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using Imapd.Tests.Architecture;
using NUnit.Framework;

namespace Imapd.Tests.Differential;

/// <summary>
/// Compares facts, and holds what differs against the list of what is known to differ, where each line says which section of
/// which RFC makes us right. A line that nothing matches any more fails as well, so the list stays true.
/// </summary>
/// <remarks>A line is <c>chapter | subject | fact | here | there | RFC | why</c>; <c>*</c> stands for anything.</remarks>
internal sealed class Differences
{
    private const int MaxShown = 60;

    private readonly string _file;
    private readonly string _chapter;
    private readonly List<Known> _known = [];
    private readonly List<string> _unknown = [];

    /// <summary>Reads the lines of one chapter.</summary>
    public Differences(string file, string chapter)
    {
        _file = file;
        _chapter = chapter;
        foreach (string line in File.ReadLines(Repository.Combine("Imapd.Tests", "Differential", file)))
        {
            string[] parts = [.. line.Split(" | ").Select(static part => part.Trim())];
            if (line.StartsWith('#') || line.Length == 0 || parts[0] != chapter)
            {
                continue;
            }

            Assert.That(parts, Has.Length.EqualTo(7), $"{file}: {line}");
            Assert.That(parts[5], Does.StartWith("RFC "), $"{file}: {line}");
            _known.Add(new Known(line, parts[1..5]));
        }
    }

    /// <summary>How many facts were compared.</summary>
    public int Compared { get; private set; }

    /// <summary>Compares all facts of one subject: those of both, and those that only one of them tells.</summary>
    /// <param name="subject">What the facts are of: the file name of a message, a command.</param>
    /// <param name="command">What was asked, to be asked again by who looks for the reason.</param>
    /// <param name="here">Ours.</param>
    /// <param name="there">Theirs.</param>
    public void Compare(string subject, string command, IReadOnlyDictionary<string, string> here, IReadOnlyDictionary<string, string> there)
    {
        foreach (string fact in here.Keys.Union(there.Keys))
        {
            Compare(subject, command, fact, here.GetValueOrDefault(fact, "(not told)"), there.GetValueOrDefault(fact, "(not told)"));
        }
    }

    /// <summary>Compares one fact.</summary>
    /// <returns>Whether both are the same.</returns>
    public bool Compare(string subject, string command, string fact, string here, string there)
    {
        Compared++;
        if (here == there)
        {
            return true;
        }

        bool isKnown = false;
        foreach (Known known in _known)
        {
            if (known.Matches([subject, fact, here, there]))
            {
                known.IsMet = true;
                isKnown = true;
            }
        }

        if (!isKnown)
        {
            _unknown.Add($"{subject} | {fact}\n    here:  {here}\n    there: {there}\n    asked: {command}");
        }

        return false;
    }

    /// <summary>Fails when something differed that is not in the list, or something in the list did not.</summary>
    public void AssertAllAreKnown()
    {
        var text = new StringBuilder();
        if (_unknown.Count > 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{_unknown.Count} of {Compared} facts differ and are not in {_file} ({_chapter}):");
            text.AppendJoin('\n', _unknown.Take(MaxShown)).AppendLine();
        }

        foreach (Known known in _known.Where(static known => !known.IsMet))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"matches nothing any more: {known.Line}");
        }

        if (text.Length > 0)
        {
            Assert.Fail(text.ToString());
        }
    }

    private sealed class Known(string line, string[] patterns)
    {
        // "?" stands for itself here, and a backslash is nothing special.
        private readonly string[] _patterns =
        [
            .. patterns.Select(static pattern => pattern.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal)),
        ];

        public string Line => line;

        public bool IsMet { get; set; }

        public bool Matches(string[] found) =>
            _patterns.Zip(found).All(static pair => FileSystemName.MatchesSimpleExpression(pair.First, pair.Second, ignoreCase: false));
    }
}
