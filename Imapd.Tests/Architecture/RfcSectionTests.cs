using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Imapd.Tests.Architecture;

/// <summary>Who reads a command's code is told where the RFC has it.</summary>
internal sealed partial class RfcSectionTests
{
    [Test]
    public void Every_command_and_every_handler_names_the_section_of_its_RFC()
    {
        var types = new List<string>();
        var without = new List<string>();
        foreach (string directory in new[] { "Imapd.Protocol/Commands", "Imapd.Worker/Commands" })
        {
            foreach (string file in Directory.EnumerateFiles(Repository.Combine(directory), "*.cs"))
            {
                foreach (Match type in DocumentedType().Matches(File.ReadAllText(file)))
                {
                    types.Add(type.Groups["name"].Value);
                    if (!Section().IsMatch(type.Groups["doc"].Value))
                    {
                        without.Add($"{directory}/{Path.GetFileName(file)}: {type.Groups["name"].Value}");
                    }
                }
            }
        }

        Assert.That(types, Has.Some.EqualTo("FetchCommand").And.Some.EqualTo("FetchHandler"));
        Assert.That(without, Is.Empty);
    }

    [GeneratedRegex(@"(?<doc>(?:^///[^\n]*\n)*)^(?:public|internal) (?:sealed |static |abstract )*(?:record|class) (?<name>\w*(?:Command|Handlers?))\b", RegexOptions.Multiline)]
    private static partial Regex DocumentedType();

    [GeneratedRegex(@"RFC [0-9]+ §[0-9]")]
    private static partial Regex Section();
}
