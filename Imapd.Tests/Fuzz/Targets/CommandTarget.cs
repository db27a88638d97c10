using System.Text;
using Imapd.Protocol.Commands;
using Imapd.Protocol.Wire;
using Imapd.Tests.Protocol.Properties;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>The command parser: what it takes can be written and is then parsed as the same; what it refuses, it refuses in plain words.</summary>
internal sealed class CommandTarget(bool isLoggedIn) : FuzzTarget
{
    private const int MaxMessageOctets = 4000; // BADCHARSET with all charsets has some 1 800

    private static readonly string[] Words = [.. Protocol.Corpus.Valid.SelectMany(static command => command.Split(' ')).Distinct(), " ", "(", ")", "{3}\r\n", "{3+}\r\n", "\"", "\r\n", "UID ", "NOT ", "OR "];

    private readonly ParserOptions[] _options =
    [
        new(Utf8: false, isLoggedIn ? CommandLimits.AfterLogin : CommandLimits.BeforeLogin),
        new(Utf8: true, isLoggedIn ? CommandLimits.AfterLogin : CommandLimits.BeforeLogin),
    ];

    public override string Name => isLoggedIn ? "command-after-login" : "command-before-login";

    public override IReadOnlyList<string> Dictionary => Words;

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            foreach (string command in Protocol.Corpus.Valid)
            {
                yield return Encoding.UTF8.GetBytes(command);
            }

            var random = new Random(1);
            var generator = new CommandGenerator(random);
            foreach (Type kind in CommandGenerator.Kinds)
            {
                for (int i = 0; i < 4; i++)
                {
                    yield return CommandWriter.Write(generator.Next(kind), random, utf8: i % 2 == 0);
                }
            }
        }
    }

    // Parsed twice, and as the beginning of an APPEND. In a debug build every look into a table of Unicode takes memory.
    public override long MaxAllocatedOctets(int inputOctets) => (3 << 20) + (1500L * inputOctets);

    public override object? Exercise(byte[] input)
    {
        bool isAppend = CommandParser.EndsInAppendMessage(input, _options[0]);
        return (isAppend, _options.Select(options => Outcome(input, options)).ToArray());
    }

    public override string Check(byte[] input, object? result)
    {
        (bool isAppend, object[] outcomes) = ((bool, object[]))result!;
        var way = new StringBuilder(isAppend ? "append " : "");
        for (int i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i] is TaggedCommand parsed)
            {
                CheckComesBack(parsed, input.Length, _options[i]);
                way.Append(Shape(WithoutTexts(Description.Of(parsed.Command))));
            }
            else
            {
                string message = (string)outcomes[i];
                Require(Ascii.IsValid(message) && !message.Any(char.IsControl) && message.Length is > 0 and <= MaxMessageOctets, () => $"not safe to send: {message}");
                way.Append(Shape(message));
            }
        }

        return way.ToString();
    }

    private static object Outcome(byte[] input, ParserOptions options)
    {
        try
        {
            return CommandParser.Parse(input, options);
        }
        catch (ImapSyntaxException error)
        {
            return error.Message;
        }
        catch (ImapRefusedException error)
        {
            return $"{error.Code} {error.Message}";
        }
    }

    private static void CheckComesBack(TaggedCommand parsed, int seed, ParserOptions options)
    {
        string before = Comparable(parsed);
        byte[] written = CommandWriter.Write(parsed, new Random(seed), options.Utf8);
        object again = Outcome(written, options);
        Require(
            again is TaggedCommand command && Comparable(command) == before,
            () => $"parsed as {before},\nwritten as {Latin1(written)},\nand parsed as {(again is TaggedCommand other ? Comparable(other) : again)}");
    }

    // How a RENAME wrote its second name is not remembered.
    private static string Comparable(TaggedCommand tagged) => Description.Of(
        tagged.Command is RenameCommand rename ? tagged with { Command = rename with { SuppliedName = null } } : tagged);

    private static string WithoutTexts(string description)
    {
        var way = new StringBuilder();
        string[] pieces = description.Split('"');
        for (int i = 0; i < pieces.Length; i += 2)
        {
            way.Append(pieces[i].Length > 300 ? pieces[i][..300] : pieces[i]);
        }

        return way.Length > 600 ? way.ToString(0, 600) : way.ToString();
    }
}
