using System.Text;
using Imapd.Protocol.Commands;
using Imapd.Protocol.Wire;
using NUnit.Framework;

namespace Imapd.Tests.Protocol;

/// <summary>Whatever is sent, there are commands and two kinds of exception, and texts that are safe to send.</summary>
internal sealed class RobustnessTests
{
    private const int RandomCommands = 200_000;

    [TestCaseSource(typeof(Corpus), nameof(Corpus.Valid))]
    public void A_valid_command_is_parsed(string command)
    {
        Assert.That(IsParsed(Encoding.UTF8.GetBytes(command)), Is.True);
    }

    [TestCaseSource(typeof(Corpus), nameof(Corpus.Valid))]
    public void Every_prefix_of_a_valid_command_is_parsed_or_BAD(string command)
    {
        byte[] octets = Encoding.UTF8.GetBytes(command);
        for (int length = 0; length < octets.Length; length++)
        {
            IsParsed(octets.AsMemory(0, length));
        }
    }

    [TestCaseSource(typeof(Corpus), nameof(Corpus.Valid))]
    public void A_valid_command_with_one_octet_changed_is_parsed_or_refused(string command)
    {
        byte[] octets = Encoding.UTF8.GetBytes(command);
        byte[] odd = [0, 7, (byte)'\r', (byte)'\n', (byte)' ', (byte)'"', (byte)'(', (byte)')', (byte)'{', (byte)'\\', (byte)'9', 0x7F, 0x80, 0xFF];
        for (int at = 0; at < octets.Length; at++)
        {
            byte before = octets[at];
            foreach (byte other in odd)
            {
                octets[at] = other;
                IsParsed(octets);
            }

            octets[at] = before;
        }
    }

    [TestCaseSource(typeof(Corpus), nameof(Corpus.Valid))]
    public void A_NUL_in_a_line_is_never_taken(string command)
    {
        if (!command.Contains("UNKNOWN", StringComparison.Ordinal))
        {
            byte[] octets = Encoding.UTF8.GetBytes(command);
            for (int at = 0; at <= octets.Length; at++)
            {
                byte[] withNul = [.. octets[..at], 0, .. octets[at..]];
                Assert.That(IsParsed(withNul), Is.False, $"NUL at {at}");
            }
        }
    }

    [Test]
    public void Random_octets_and_random_words_never_throw_anything_else()
    {
        var random = new Random(20261121);
        string[] words = [.. Corpus.Valid.SelectMany(command => command.Split(' ')).Distinct()];
        string[] glue = [" ", " ", " ", "(", ")", "{3}\r\n", "\"", "\\", ",", ":", "*", "[", "]", "<", ">", "\0", "é"];
        var command = new StringBuilder();
        int parsed = 0;
        for (int n = 0; n < RandomCommands; n++)
        {
            command.Clear().Append("a ");
            int length = random.Next(8);
            for (int i = 0; i < length; i++)
            {
                command.Append(words[random.Next(words.Length)]).Append(glue[random.Next(glue.Length)]);
            }

            byte[] octets = Encoding.UTF8.GetBytes(command.ToString());
            if (n % 4 == 0)
            {
                random.NextBytes(octets.AsSpan(random.Next(octets.Length)));
            }

            parsed += IsParsed(octets) ? 1 : 0;
        }

        Assert.That(parsed, Is.GreaterThan(100), "the words should make some valid commands");
    }

    [Test]
    public void Random_octets_never_stop_the_assembler()
    {
        var random = new Random(20261121);
        var limits = new CommandLimits(MaxLineOctets: 64, MaxLiteralOctets: 16, MaxLiteralsOctets: 32, MaxDepth: 8);
        string[] words = ["a ", "LOGIN ", "{3}\r\n", "{5+}\r\n", "~{2}\n", "{99+}\r\n", "\r\n", "\n", "xxxxxxxxxxxxxxxxxxxx", "{", "}", "+", "\r", "7"];
        for (int n = 0; n < 3000; n++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => words[random.Next(words.Length)]));
            byte[] stream = Encoding.Latin1.GetBytes(text);
            IReadOnlyList<string> whole = AssemblerRun.Events(stream, [], limits, AssemblerRun.ByLimits);
            Assert.That(
                AssemblerRun.Events(stream, Enumerable.Repeat(1, stream.Length), limits, AssemblerRun.ByLimits),
                Is.EqualTo(whole));
        }
    }

    private static bool IsParsed(ReadOnlyMemory<byte> command)
    {
        CommandParser.EndsInAppendMessage(command.Span, Parsing.Rev1);
        bool inRev2 = IsParsed(command, Parsing.Rev2);
        bool inRev1 = IsParsed(command, Parsing.Rev1);
        return inRev1 || inRev2;
    }

    private static bool IsParsed(ReadOnlyMemory<byte> command, ParserOptions options)
    {
        try
        {
            Assert.That(CommandParser.Parse(command, options), Is.Not.Null);
            return true;
        }
        catch (ImapSyntaxException error)
        {
            AssertIsPlain(error.Message);
            return false;
        }
        catch (ImapRefusedException error)
        {
            AssertIsPlain(error.Message);
            return false;
        }
    }

    private static void AssertIsPlain(string text)
    {
        if (!Ascii.IsValid(text) || text.Any(char.IsControl) || text.Length is 0 or > 100)
        {
            Assert.Fail("Not safe to send: " + text);
        }
    }
}
