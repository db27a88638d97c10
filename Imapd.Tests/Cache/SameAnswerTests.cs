using System.Text;
using Imapd.Tests.Mime;
using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Cache;

/// <summary>
/// What a client is answered is the same, octet for octet, without a cache, while it is filled, from it, and when it is
/// damaged: for every item, of messages that are right and of messages that are not.
/// </summary>
public sealed class SameAnswerTests
{
    private static readonly string[] Items =
    [
        "ENVELOPE", "BODYSTRUCTURE", "BODY", "INTERNALDATE", "RFC822.SIZE", "FLAGS", "BODY.PEEK[]", "BODY.PEEK[HEADER]",
        "BODY.PEEK[TEXT]", "BODY.PEEK[HEADER.FIELDS (FROM to Subject dAtE)]", "BODY.PEEK[HEADER.FIELDS (CONTENT-TYPE X-None)]",
        "BODY.PEEK[HEADER.FIELDS.NOT (SUBJECT CONTENT-TYPE)]", "BODY.PEEK[HEADER.FIELDS (Subject)]<3.7>", "BODY.PEEK[1]",
        "BODY.PEEK[2]", "BODY.PEEK[1.1]", "BODY.PEEK[1.MIME]", "BODY.PEEK[2.MIME]", "BODY.PEEK[1.HEADER]", "BODY.PEEK[2.TEXT]",
        "BODY.PEEK[1.HEADER.FIELDS (FROM SUBJECT)]", "BODY.PEEK[1.HEADER.FIELDS.NOT (FROM)]", "BODY.PEEK[2.1.MIME]",
        "BODY.PEEK[1.2.1]<2.20>", "BODY.PEEK[]<10.30>", "BINARY.PEEK[1]", "BINARY.SIZE[2]", "BINARY.PEEK[1.1]<1.9>", "RFC822.HEADER",
    ];

    private static readonly string[] Searches =
    [
        "SEARCH FROM b", "SEARCH SUBJECT x", "SEARCH HEADER Content-Type mixed", "SEARCH HEADER X-None \"\"", "SEARCH TEXT one",
        "SEARCH BODY in", "SEARCH SENTSINCE 1-Jan-2020", "SEARCH SINCE 1-Jan-2020", "SEARCH LARGER 40", "SEARCH TO \"\"",
        "SEARCH NOT TEXT e", "SEARCH OR BODY L SUBJECT b", "SEARCH HEADER Lines 1",
    ];

    [TestCase(1)]
    [TestCase(2)]
    public void Of_messages_that_are_odd(int seed) => AssertSame(seed, [.. MailCorpus.Odd.Select(Encoding.Latin1.GetBytes)]);

    [TestCase(3)]
    [TestCase(4)]
    public void Of_messages_that_are_right(int seed) =>
        AssertSame(seed, [.. Enumerable.Range(0, 25).Select(i => new MailGenerator((seed * 100) + i).Message())]);

    [TestCase(5)]
    [TestCase(6)]
    [TestCase(7)]
    public void Of_random_octets(int seed)
    {
        var random = new Random(seed);
        AssertSame(seed, [.. Enumerable.Range(0, 40).Select(_ => MailCorpus.Random(random, random.Next(120)))]);
    }

    [Test]
    public void Of_headers_in_UTF_8_and_others_that_are_large()
    {
        string[] messages =
        [
            "Subject: Grüße\r\nFrom: Jörg <j@x.example>\r\n\r\nä\r\n",
            "Subject: Gr\u00fc\u00dfe\r\nFrom: J\u00f6rg <j@x.example>\r\n\r\n\u00e4\r\n",
            "References: " + string.Concat(Enumerable.Range(0, 900).Select(i => $"<{i}@x.example>\r\n ")) + "\r\n\r\nbody\r\n",
            "To: " + string.Join(",\r\n ", Enumerable.Range(0, 3000).Select(i => $"Name {i} <a{i}@x.example>")) + "\r\n\r\nbody\r\n",
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                + string.Concat(Enumerable.Range(0, 900).Select(i => $"--b\r\nContent-Description: é{i}\r\n\r\nx\r\n")),
        ];
        AssertSame(8, [.. messages.Select((text, i) => i == 1 ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text))]);
    }

    [Test]
    public void Of_pieces_of_large_messages_in_any_order()
    {
        var random = new Random(21);
        foreach (string lineEnd in new[] { "\n", "\r\n", "\r\r\n" })
        {
            var text = new StringBuilder("Content-Type: multipart/mixed; boundary=b" + lineEnd + lineEnd);
            while (text.Length < 3_300_000)
            {
                text.Append(random.Next(4000) == 0 ? lineEnd + "--b" + lineEnd + lineEnd : new string('y', random.Next(90)) + lineEnd);
            }

            using var mailbox = new MailboxUnderTest();
            mailbox.Add(text.ToString());
            mailbox.Select();
            string whole = mailbox.Send("FETCH 1 BODY.PEEK[]");
            int start = whole.IndexOf("}\r\n", StringComparison.Ordinal) + 3;
            mailbox.Select();
            int next = 0;
            for (int i = 0; i < 120; i++)
            {
                // Mostly where the one before ended.
                int first = random.Next(3) > 0 ? next : random.Next(text.Length + 60_000);
                int octets = random.Next(4) > 0 ? random.Next(1, 5000) : random.Next(1, 200_000);
                next = first + octets;
                string piece = mailbox.Send($"FETCH 1 BODY.PEEK[]<{first}.{octets}>");
                string expected = whole.Substring(start, whole.Length - start - ")\r\na OK FETCH completed\r\n".Length);
                int end = Math.Min(expected.Length, first + octets);
                string literal = first >= expected.Length ? "\"\"" : $"{{{end - first}}}\r\n{expected[first..end]}";
                Assert.That(
                    piece == $"* 1 FETCH (BODY[]<{first}> {literal})\r\na OK FETCH completed\r\n", Is.True, $"{first}.{octets}");
            }
        }
    }

    private static void AssertSame(int seed, IReadOnlyList<byte[]> messages)
    {
        using var mailbox = new MailboxUnderTest();
        for (int i = 0; i < messages.Count; i++)
        {
            mailbox.Add(Encoding.Latin1.GetString(messages[i]));
        }

        // One in three bears its size in the name, so that its octets are sent as they are.
        foreach (string path in Directory.GetFiles(Path.Combine(mailbox.Root, "cur")).Order().Where((_, i) => i % 3 == 0))
        {
            long octets = new FileInfo(path).Length;
            File.Move(path, path.Replace(":2,", $",S={octets},W={octets}:2,", StringComparison.Ordinal));
        }

        var random = new Random(seed);
        foreach (string enable in new[] { "", "ENABLE IMAP4rev2" })
        {
            List<string> commands = [.. Items.Select(item => $"FETCH 1:* {item}"), .. enable.Length == 0 ? Searches : []];
            for (int i = 0; i < 25; i++)
            {
                commands.Add($"FETCH 1:* ({string.Join(' ', Enumerable.Range(0, random.Next(2, 6)).Select(_ => Items[random.Next(Items.Length)]))})");
            }

            mailbox.Select();
            if (enable.Length > 0)
            {
                mailbox.Send(enable);
            }

            string cache = Path.Combine(mailbox.Root, "imapd.cache");
            string aside = Path.Combine(mailbox.Root, "aside");
            if (File.Exists(cache))
            {
                File.Move(cache, aside);
            }

            Directory.CreateDirectory(cache);
            Dictionary<string, string> without = commands.Distinct().ToDictionary(command => command, mailbox.Send);
            Directory.Delete(cache);
            if (File.Exists(aside))
            {
                File.Move(aside, cache);
            }

            for (int pass = 0; pass < 6; pass++)
            {
                mailbox.Select();
                string[] order = [.. without.Keys];
                random.Shuffle(order);
                foreach (string command in order)
                {
                    Assert.That(mailbox.Send(command), Is.EqualTo(without[command]), $"{command} in pass {pass}");
                }

                Assert.That(File.Exists(cache), Is.True);
                Damage(cache, pass, random);
            }
        }
    }

    private static void Damage(string cache, int pass, Random random)
    {
        byte[] octets = File.ReadAllBytes(cache);
        switch (pass)
        {
            case 1:
                for (int i = 0; i < 40; i++)
                {
                    octets[random.Next(64, octets.Length)] ^= (byte)(1 << random.Next(8));
                }

                File.WriteAllBytes(cache, octets);
                break;
            case 2:
                File.WriteAllBytes(cache, octets[..random.Next(octets.Length)]);
                break;
            case 3:
                octets.AsSpan(octets.Length / 2).Clear();
                File.WriteAllBytes(cache, octets);
                break;
            case 4:
                File.Delete(cache);
                break;
        }
    }
}
