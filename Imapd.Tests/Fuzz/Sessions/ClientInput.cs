using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Imapd.Protocol.Commands;
using Imapd.Tests.Protocol.Properties;

namespace Imapd.Tests.Fuzz.Sessions;

/// <summary>What a client sends at once: commands that are right, or octets made of some that are.</summary>
/// <param name="Octets">What is sent.</param>
/// <param name="Tags">The tags that must be answered; none when the octets are not right.</param>
internal sealed record ClientInput(byte[] Octets, IReadOnlyList<string> Tags);

/// <summary>Makes what clients send: half of it right.</summary>
internal sealed partial class ClientInputs
{
    private const int MaxOctets = 16 * 1024;

    // Longer literals would only take their time.
    private const int MaxLiteralDigits = 5;

    private readonly Random _random;
    private readonly CommandGenerator _generator;
    private readonly Mutator _mutator;
    private int _tag;

    public ClientInputs(Random random)
    {
        _random = random;
        _generator = new CommandGenerator(random);
        string[] words = [.. Protocol.Corpus.Valid.SelectMany(static command => command.Split(' ')).Distinct(), "\r\n", "DONE\r\n", "*\r\n", "=\r\n", "{3+}\r\n", "1:* ", "(", ")", "\""];
        _mutator = new Mutator(random, words, MaxOctets);
    }

    /// <summary>The next input.</summary>
    /// <param name="utf8">Whether the client has enabled UTF-8.</param>
    public ClientInput Next(bool utf8)
    {
        ClientInput right = Right(utf8);
        return _random.Next(2) == 0 ? right : new ClientInput(WithShortLiterals(_mutator.Next(right.Octets, Right(utf8).Octets)), []);
    }

    /// <summary>What all literals announced in octets have together, if they are taken.</summary>
    public static int LiteralsIn(byte[] octets) =>
        Literal().Matches(Encoding.Latin1.GetString(octets)).Sum(static match =>
            match.Groups[1].Length <= MaxLiteralDigits ? int.Parse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0);

    [GeneratedRegex(@"\{(\d+)\+?\}\r?\n")]
    private static partial Regex Literal();

    // Up to 256 MB are read away; what is longer than that ends the connection.
    [GeneratedRegex(@"\{0*(\d{5})\d{1,4}(?=\+?\}\r?\n)")]
    private static partial Regex LongLiteral();

    private static byte[] WithShortLiterals(byte[] octets) =>
        Encoding.Latin1.GetBytes(LongLiteral().Replace(Encoding.Latin1.GetString(octets), "{$1"));

    private ClientInput Right(bool utf8)
    {
        var octets = new List<byte>();
        var tags = new List<string>();
        for (int commands = 1 + (_random.Next(3) == 0 ? _random.Next(4) : 0); commands > 0; commands--)
        {
            TaggedCommand command = _generator.Next() with { Tag = string.Create(CultureInfo.InvariantCulture, $"c{++_tag}") };
            octets.AddRange(Written(command, utf8));
            tags.Add(command.Tag);
            if (command.Command is LogoutCommand)
            {
                break;
            }
        }

        return new ClientInput([.. octets], tags);
    }

    private byte[] Written(TaggedCommand tagged, bool utf8)
    {
        switch (tagged.Command)
        {
            case AppendCommand append:
                byte[] message = Message(append.IsBinary);
                string command = Encoding.Latin1.GetString(
                    CommandWriter.Write(tagged with { Command = append with { Octets = message.Length } }, _random, utf8));
                int place = command.LastIndexOf("}\r\n", StringComparison.Ordinal) + 3;
                string head = command[..place].Replace("+}", "}", StringComparison.Ordinal).Replace("}\r\n", "+}\r\n", StringComparison.Ordinal);
                return [.. Encoding.Latin1.GetBytes(head), .. message, .. Encoding.Latin1.GetBytes(command[place..]), .. "\r\n"u8];
            case IdleCommand:
                return [.. CommandWriter.Write(tagged, _random, utf8), .. "\r\nDONE\r\n"u8];
            case AuthenticateCommand { InitialResponse: null }:
                return [.. CommandWriter.Write(tagged, _random, utf8), .. "\r\n*\r\n"u8];
            default:
                return [.. CommandWriter.Write(tagged, _random, utf8), .. "\r\n"u8];
        }
    }

    private byte[] Message(bool isBinary)
    {
        byte[] octets = Mime.MailCorpus.Random(_random, _random.Next(30));
        return isBinary ? octets : [.. octets.Where(static octet => octet != 0)];
    }
}
