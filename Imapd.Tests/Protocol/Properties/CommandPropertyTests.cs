using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Imapd.Protocol.Commands;
using NUnit.Framework;

namespace Imapd.Tests.Protocol.Properties;

/// <summary>parse(write(x)) = x, for commands of every kind and in every form they can be written in.</summary>
internal sealed class CommandPropertyTests
{
    [TestCaseSource(typeof(CommandGenerator), nameof(CommandGenerator.Kinds))]
    public void A_command_that_was_written_is_parsed_as_itself(Type kind)
    {
        Gen<(int Seed, int Forms, bool Utf8)> samples =
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from forms in Gen.Choose(0, int.MaxValue - 1)
            from utf8 in Gen.Elements(false, true)
            select (seed, forms, utf8);
        Prop.ForAll(samples.ToArbitrary(), sample =>
        {
            TaggedCommand command = new CommandGenerator(new Random(sample.Seed)).Next(kind);
            byte[] written = CommandWriter.Write(command, new Random(sample.Forms), sample.Utf8);
            ParserOptions options = sample.Utf8 ? Parsing.Rev2 : Parsing.Rev1;
            string read;
            try
            {
                read = Description.Of(CommandParser.Parse(written, options));
            }
            catch (Exception error)
            {
                read = error.ToString();
            }

            Assert.That(read, Is.EqualTo(Description.Of(command)), Encoding.Latin1.GetString(written));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    [Test]
    public void Two_commands_that_differ_are_described_differently()
    {
        string Select(string name, bool readOnly) => Description.Of(new SelectCommand(Storage.TestTree.Name(name), readOnly, []));
        Assert.That(Select("a", false), Is.Not.EqualTo(Select("b", false)).And.Not.EqualTo(Select("a", true)));
    }
}
