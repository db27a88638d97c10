using System.Reflection;
using System.Text.RegularExpressions;
using CommandLine;
using Imapd.Master.Configuration;
using Imapd.Tests.Architecture;
using NUnit.Framework;

namespace Imapd.Tests.Master;

/// <summary>The option table, the command line and the documents name the same options.</summary>
[TestFixture]
public sealed class OptionTableTests
{
    private static IEnumerable<string> Names => OptionTable.Rows.Select(row => row.Name);

    [Test]
    public void The_command_line_knows_the_options_of_the_table_and_no_others()
    {
        var attributes = typeof(Options).GetProperties()
            .Select(property => (property.PropertyType, Option: property.GetCustomAttribute<OptionAttribute>()))
            .Where(pair => pair.Option is not null)
            .ToList();

        Assert.That(attributes.Select(pair => pair.Option!.LongName), Is.EquivalentTo(Names));
        foreach ((Type type, OptionAttribute? option) in attributes)
        {
            OptionRow row = OptionTable.Find(option!.LongName)!;
            Type expected = row.IsSwitch ? typeof(bool) : row.Repeats ? typeof(IEnumerable<string>) : typeof(string);
            Assert.That(type, Is.EqualTo(expected), row.Name);
        }
    }

    [Test]
    public void The_README_has_a_row_for_each_option_and_no_others()
    {
        string readme = File.ReadAllText(Repository.Combine("README.md"));
        string table = Regex.Match(readme, @"## Command line.*?\n\n((?:\|.*\n)+)", RegexOptions.Singleline).Groups[1].Value;
        IEnumerable<string> named = table.Split('\n')
            .SelectMany(line => Regex.Matches(line.Split('|').ElementAtOrDefault(1) ?? "", @"`--([a-z-]+)`").Select(m => m.Groups[1].Value));

        Assert.That(named, Is.EquivalentTo(Names));
    }

    [TestCase("imapd.8", false)]
    [TestCase("imapd.conf.5", true)]
    public void Each_man_page_explains_the_options_of_the_table_and_no_others(string page, bool isOfTheFile)
    {
        IEnumerable<string> named = Regex
            .Matches(File.ReadAllText(Repository.Combine("packaging", "man", page)), isOfTheFile ? @"(?m)^\.It Cm ([a-z-]+)" : @"(?m)^\.It Fl Fl ([a-z-]+)")
            .Select(match => match.Groups[1].Value);
        IEnumerable<string> expected = OptionTable.Rows.Where(row => !isOfTheFile || !row.IsCommandLineOnly).Select(row => row.Name);

        Assert.That(named, Is.EquivalentTo(expected));
    }

    [Test]
    public void A_switch_that_is_said_to_be_on_or_off_is()
    {
        Assert.That(OptionsParser.Parse(["--tls=yes"]).IsOn("tls"), Is.True);
        Assert.That(OptionsParser.Parse(["--tls=no"]).IsOn("tls"), Is.False);
    }

    [TestCase("--tls=maybe")]
    [TestCase("--dump-config=2")]
    public void A_switch_is_yes_or_no(string argument)
    {
        Assert.That(
            Assert.Throws<UsageException>(() => OptionsParser.Parse([argument]))!.Message, Does.Contain("is yes or no, not"));
    }
}
