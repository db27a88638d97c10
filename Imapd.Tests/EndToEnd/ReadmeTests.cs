using System.Text.RegularExpressions;
using Imapd.Tests.Architecture;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>The README's example is held as the conversation it shows.</summary>
internal sealed class ReadmeTests : EndToEndTest
{
    private const string Anything = "…";

    [Test]
    public void The_session_in_the_README_goes_as_shown()
    {
        using ImapClient client = ImapClient.ConnectTls(StartMemory().TlsPort);
        var heard = new Queue<string>([client.Greeting]);
        var lines = Transcript();
        Assert.That(lines, Is.Not.Empty);
        for (int i = 0; i < lines.Count; i++)
        {
            string text = lines[i].Length > 3 ? lines[i][3..] : "";
            if (lines[i].StartsWith("C:", StringComparison.Ordinal))
            {
                Assert.That(heard, Is.Empty, $"the README does not show this before '{text}'");
                client.Send(text + "\r\n");
            }
            else if (text == Anything)
            {
                SkipUntil(client, heard, lines[i + 1][3..]);
            }
            else
            {
                Assert.That(Next(client, heard), Does.Match(Pattern(text)));
            }
        }
        Assert.That(client.ReadLine(), Is.Null);
    }

    private static List<string> Transcript()
    {
        string readme = File.ReadAllText(Repository.Combine("README.md"));
        string block = Regex.Match(readme, "```imap\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        return [.. block.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static string Pattern(string text) =>
        "^" + Regex.Escape(text).Replace(Anything, ".*", StringComparison.Ordinal) + "$";

    private static void SkipUntil(ImapClient client, Queue<string> heard, string text)
    {
        while (true)
        {
            string line = Next(client, heard);
            if (Regex.IsMatch(line, Pattern(text)))
            {
                // It is matched again, as the next line of the transcript.
                var rest = heard.ToList();
                heard.Clear();
                rest.Prepend(line).ToList().ForEach(heard.Enqueue);
                return;
            }
        }
    }

    private static string Next(ImapClient client, Queue<string> heard)
    {
        if (heard.Count == 0)
        {
            string response = client.ReadLine() ?? throw new EndOfStreamException("the server closed the connection");
            foreach (string line in response.Split("\r\n"))
            {
                heard.Enqueue(line);
            }
        }
        return heard.Dequeue();
    }
}
