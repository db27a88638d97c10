using System.Text;

namespace Imapd.Tests.Conversations;

/// <summary>One conversation of a file in this directory.</summary>
/// <param name="File">The file, from this directory.</param>
/// <param name="Title">What is shown.</param>
/// <param name="Given">The mail that it assumes and how the client begins: keyword and the rest of the line.</param>
/// <param name="Lines">What is said and done, in order.</param>
/// <remarks>
/// <para>A file has any number of them. <c># …</c> is a comment, <c>== …</c> begins a conversation. Before it is spoken, what it assumes:</para>
/// <para><c>Mailbox: NAME [uidvalidity=N] [uidnext=N]</c>; a name with spaces stands in quotes; INBOX is always there. Messages that follow are in it.</para>
/// <para><c>Messages: N [uid=N,N,…] [flags=LETTERS] [date="INTERNALDATE"] [size=OCTETS] [new]</c>: so many; the letters are a Maildir's, S without
/// more said; the last UID is counted on. With one message, lines <c>| …</c> may follow that are its text.</para>
/// <para><c>Begin: clear | connected | logged in | rev2 | selected NAME | rev2 selected NAME</c>: how far the client is;
/// logged in when nothing is said.</para>
/// <para>Then <c>C: </c> and <c>S: </c> as in every test (<see cref="Worker.Transcript"/>); <c>E: </c> is a command of another client of the
/// same user, who has INBOX selected, and it succeeds; <c>D: </c> is the subject of a message that a transfer agent delivers into INBOX;
/// <c>T: </c> is a TLS handshake.</para>
/// </remarks>
internal sealed record Conversation(
    string File, string Title, IReadOnlyList<(string Keyword, string Text)> Given, IReadOnlyList<(char Who, string Text)> Lines)
{
    private static readonly string[] Keywords = ["Mailbox", "Messages", "Begin"];

    /// <summary>All conversations of all files below a directory.</summary>
    public static IEnumerable<Conversation> ReadAll(string directory) =>
        from path in Directory.EnumerateFiles(directory, "*.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        from conversation in Read(path, Path.GetRelativePath(directory, path))
        select conversation;

    private static List<Conversation> Read(string path, string name)
    {
        var found = new List<Conversation>();
        List<(string, string)> given = [];
        List<(char, string)> lines = [];
        foreach ((int index, string line) in System.IO.File.ReadLines(path).Index())
        {
            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                (given, lines) = ([], []);
                found.Add(new Conversation(name, line[3..], given, lines));
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                string where = $"{name}:{index + 1}: {line}";
                if (found.Count == 0)
                {
                    throw new FormatException($"No conversation has begun: {where}");
                }

                if (line[0] == '|' || Keywords.Any(keyword => line.StartsWith(keyword + ":", StringComparison.Ordinal)))
                {
                    int end = line.IndexOfAny([':', '|']);
                    given.Add((line[0] == '|' ? "|" : line[..end], line.Length > end + 2 ? line[(end + 2)..] : ""));
                }
                else if (line.Length > 1 && line[1] == ':' && "CSEDT".Contains(line[0], StringComparison.Ordinal))
                {
                    string text = line.Length > 3 ? line[3..] : "";
                    lines.Add((line[0], line[0] == 'D' ? text : AsOctets(text)));
                }
                else
                {
                    throw new FormatException($"Neither assumed nor said: {where}");
                }
            }
        }

        return found;
    }

    // What is sent and received is written as octets, U+0000 to U+00FF; the ellipsis is none of them.
    private static string AsOctets(string text) =>
        string.Join('…', text.Split('…').Select(part => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(part))));
}
