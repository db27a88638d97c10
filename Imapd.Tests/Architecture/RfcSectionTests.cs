using System.Text.RegularExpressions;
using Imapd.Protocol.Handoff;
using NUnit.Framework;

namespace Imapd.Tests.Architecture;

/// <summary>Who reads a command's code is told where the RFC has it.</summary>
internal sealed partial class RfcSectionTests
{
    // No RFC has these.
    private static readonly Dictionary<string, string> WithoutSection = new()
    {
        ["CommandLimits"] = "how much is taken of a command is the server's own choice",
        ["MimeLimits"] = "how much is remembered of a message is the server's own choice",
        ["Offset"] = "a place in a file, which clients never see",
        ["PartTree"] = "a form of our own in which a structure is remembered",
        ["IOctetSink"] = "where octets go is no matter of the protocol",
    };

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

    [Test]
    public void Every_public_type_of_the_protocol_names_the_section_of_its_RFC()
    {
        string root = Repository.Combine("Imapd.Protocol");
        var types = new HashSet<string>();
        var without = new List<string>();
        foreach (string file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            foreach (Match type in PublicType().Matches(File.ReadAllText(file)))
            {
                types.Add(type.Groups["name"].Value);
                if (!Section().IsMatch(type.Groups["doc"].Value))
                {
                    without.Add(type.Groups["name"].Value);
                }
            }
        }

        // What the two processes say to each other is in no RFC.
        Type[] exported = [.. typeof(HandoffMessage).Assembly.GetExportedTypes()];
        HashSet<string> ours = [.. exported.Where(static type => type.Namespace == typeof(HandoffMessage).Namespace).Select(NameOf), .. WithoutSection.Keys];
        Assert.That(exported.Select(NameOf), Is.SubsetOf(types), "The source is not read as it is written");
        Assert.That(without.Except(ours), Is.Empty);
        Assert.That(WithoutSection.Keys.Except(without), Is.Empty, "These name a section, or are gone");
    }

    private static string NameOf(Type type) => type.Name.Split('`')[0];

    [GeneratedRegex(@"(?<doc>(?:^ *(?:///|\[)[^\n]*\n)*)^ *public (?:sealed |static |abstract |readonly |partial |ref )*(?:record struct|record|class|struct|enum|interface|delegate \w+) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"(?<doc>(?:^///[^\n]*\n)*)^(?:public|internal) (?:sealed |static |abstract )*(?:record|class) (?<name>\w*(?:Command|Handlers?))\b", RegexOptions.Multiline)]
    private static partial Regex DocumentedType();

    [GeneratedRegex(@"RFC [0-9]+ §[0-9]")]
    private static partial Regex Section();
}
