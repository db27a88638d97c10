using System.Globalization;
using System.Text;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>Random queries over random mail, against a model that knows what it put into each message.</summary>
public sealed class SearchModelTests
{
    private const int Messages = 24;
    private const int Queries = 400;

    private static readonly string[] Words = ["apple", "Birne", "čerešňa", "dátil", "elder berry", "фига", "zero"];
    private static readonly string[] Keywords = ["work", "$Junk", "later"];

    [TestCase(1)]
    [TestCase(20221101)]
    public void Every_combination_of_keys_finds_what_the_model_finds(int seed)
    {
        var random = new Random(seed);
        using var mailbox = new MailboxUnderTest(seed % 2 == 0 ? "\n" : "\r\n");
        var model = new List<Message>();
        for (int number = 1; number <= Messages; number++)
        {
            Message message = Message.Make(random, number);
            model.Add(message);
            mailbox.Add(message.Text, flags: message.Flags, received: message.Received);
        }

        mailbox.Select();
        foreach (Message message in model)
        {
            foreach (string keyword in message.Keywords)
            {
                mailbox.Send($"STORE {message.Number} +FLAGS.SILENT ({keyword})");
            }
        }

        for (int i = 0; i < Queries; i++)
        {
            (string text, Func<Message, bool> holds) = Query(random, depth: random.Next(5));
            string expected = string.Join(' ', model.Where(holds).Select(message => message.Number));
            Assert.That(mailbox.SearchUtf8(text), Is.EqualTo(expected), $"seed {seed}, query {i}: {text}");
        }
    }

    private static (string Text, Func<Message, bool> Holds) Query(Random random, int depth)
    {
        if (depth == 0)
        {
            return Leaf(random);
        }

        (string left, Func<Message, bool> leftHolds) = Query(random, depth - 1);
        (string right, Func<Message, bool> rightHolds) = Query(random, random.Next(depth));
        return random.Next(4) switch
        {
            0 => ($"NOT {left}", message => !leftHolds(message)),
            1 => ($"OR {left} {right}", message => leftHolds(message) || rightHolds(message)),
            _ => ($"({left} {right})", message => leftHolds(message) && rightHolds(message)),
        };
    }

    private static (string Text, Func<Message, bool> Holds) Leaf(Random random)
    {
        string word = Words[random.Next(Words.Length)];
        string keyword = Keywords[random.Next(Keywords.Length)];
        int number = random.Next(1, Messages + 1);
        int other = random.Next(1, Messages + 1);
        var date = new DateOnly(2020, 1, random.Next(1, 10));
        string dateText = date.ToString("d-MMM-yyyy", CultureInfo.InvariantCulture);
        int octets = random.Next(150, 900);
        (string name, char letter) = random.Next(5) switch
        {
            0 => ("SEEN", 'S'),
            1 => ("ANSWERED", 'R'),
            2 => ("FLAGGED", 'F'),
            3 => ("DELETED", 'T'),
            _ => ("DRAFT", 'D'),
        };
        return random.Next(16) switch
        {
            0 => (name, message => message.Flags.Contains(letter)),
            1 => ($"UN{name}", message => !message.Flags.Contains(letter)),
            2 => ($"KEYWORD {keyword}", message => message.Keywords.Contains(keyword)),
            3 => ($"UNKEYWORD {keyword}", message => !message.Keywords.Contains(keyword)),
            4 => ($"{number}:{other}", message => message.Number >= Math.Min(number, other) && message.Number <= Math.Max(number, other)),
            5 => ($"UID {number},{other}", message => message.Number == number || message.Number == other),
            6 => ($"SUBJECT \"{word}\"", message => message.Subject == word),
            7 => ($"BODY \"{word.ToUpperInvariant()}\"", message => message.Body.Contains(word)),
            8 => ($"TEXT \"{word}\"", message => message.Body.Contains(word) || message.Subject == word),
            9 => ($"BEFORE {dateText}", message => DateOnly.FromDateTime(message.Received.DateTime) < date),
            10 => ($"ON {dateText}", message => DateOnly.FromDateTime(message.Received.DateTime) == date),
            11 => ($"SINCE {dateText}", message => DateOnly.FromDateTime(message.Received.DateTime) >= date),
            12 => ($"SENTSINCE {dateText}", message => message.Sent >= date),
            13 => ($"SENTBEFORE {dateText}", message => message.Sent < date),
            14 => ($"LARGER {octets}", message => message.Octets > octets),
            _ => ($"SMALLER {octets}", message => message.Octets < octets),
        };
    }

    private sealed record Message(
        int Number, string Text, string Flags, string[] Keywords, string Subject, string[] Body, DateTimeOffset Received, DateOnly Sent)
    {
        public int Octets => Text.Length;

        public static Message Make(Random random, int number)
        {
            string flags = new([.. "DFRST".Where(_ => random.Next(3) == 0)]);
            string[] keywords = [.. SearchModelTests.Keywords.Where(_ => random.Next(3) == 0)];
            string subject = Words[random.Next(Words.Length)];
            string[] body = [.. Words.Where(_ => random.Next(3) == 0)];
            var received = new DateTimeOffset(
                new DateTime(2020, 1, random.Next(1, 10), random.Next(24), random.Next(60), 0, DateTimeKind.Local));
            var sent = new DateOnly(2020, 1, random.Next(1, 10));
            string zone = random.Next(2) == 0 ? "+1300" : "-1100";
            string header =
                $"Date: {sent.ToString("d MMM yyyy", CultureInfo.InvariantCulture)} {random.Next(24):00}:30:00 {zone}\r\n"
                + $"Subject: =?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(subject))}?=\r\n"
                + $"From: {number}@example.com\r\nX-Filler: {new string('f', random.Next(400))}\r\n";
            byte[] words = Encoding.UTF8.GetBytes(string.Join(" / ", body));
            string text = random.Next(3) switch
            {
                0 => header + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                    + Convert.ToBase64String(words) + "\r\n",
                1 => header + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                    + QuotedPrintable(words) + "\r\n",
                _ => header + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nfirst\r\n--b\r\n"
                    + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
                    + Encoding.Latin1.GetString(words) + "\r\n--b--\r\n",
            };
            return new Message(number, text, flags, keywords, subject, body, received, sent);
        }

        private static string QuotedPrintable(byte[] octets)
        {
            var encoded = new StringBuilder();
            for (int i = 0; i < octets.Length; i++)
            {
                encoded.Append(CultureInfo.InvariantCulture, $"={octets[i]:X2}").Append(i % 20 == 19 ? "=\r\n" : "");
            }

            return encoded.ToString();
        }
    }
}
