using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Imapd.Tests.Worker;

namespace Imapd.Tests.Conversations;

/// <summary>Writes the mail that a conversation assumes, as another program would have left it: files, and Dovecot's UID list.</summary>
internal sealed partial class GivenMail
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private readonly string _root;
    private readonly Dictionary<string, Box> _boxes = [];
    private int _files;

    private GivenMail(string root) => _root = root;

    /// <summary>Makes the Maildir.</summary>
    public static void Write(string root, IReadOnlyList<(string Keyword, string Text)> given)
    {
        var mail = new GivenMail(root);
        mail.Begin("INBOX");
        string mailbox = "INBOX";
        for (int at = 0; at < given.Count; at++)
        {
            (string keyword, string text) = given[at];
            if (keyword == "Mailbox")
            {
                mailbox = mail.Begin(text);
            }
            else if (keyword == "Messages")
            {
                string[] lines = [.. given.Skip(at + 1).TakeWhile(next => next.Keyword == "|").Select(next => next.Text)];
                mail.Add(mail._boxes[mailbox], text, lines);
                at += lines.Length;
            }
        }

        foreach (Box box in mail._boxes.Values)
        {
            box.WriteUidList();
        }
    }

    private string Begin(string text)
    {
        string name = text[0] == '"' ? text[1..text.IndexOf('"', 1)] : text.Split(' ')[0];
        string directory = name == "INBOX" ? _root : Path.Combine(_root, "." + name.Replace('/', '.'));
        foreach (string part in new[] { "tmp", "new", "cur" })
        {
            Directory.CreateDirectory(Path.Combine(directory, part));
        }

        if (name != "INBOX")
        {
            File.WriteAllText(Path.Combine(directory, "maildirfolder"), "");
        }

        _boxes[name] = new Box(directory, Number(text, "uidvalidity", 1_700_000_000), Number(text, "uidnext", 1));
        return name;
    }

    private void Add(Box box, string text, string[] lines)
    {
        int count = int.Parse(text.Split(' ')[0], Invariant);
        uint[] uids = [.. (Value(text, "uid") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(uid => uint.Parse(uid, Invariant))];
        string flags = Value(text, "flags") ?? "S";
        bool isNew = text.Split(' ').Contains("new");
        DateTimeOffset date = Value(text, "date") is string given
            ? DateTimeOffset.ParseExact(given, "d-MMM-yyyy HH:mm:ss zzz", Invariant)
            : new DateTimeOffset(2023, 5, 6, 7, 8, 9, TimeSpan.Zero);
        for (int i = 0; i < count; i++)
        {
            string name = string.Create(Invariant, $"{1_700_000_000 + ++_files}.M{_files}P1.mta.example");
            string path = Path.Combine(box.Directory, isNew ? "new" : "cur", isNew ? name : name + ":2," + flags);
            string message = lines.Length > 0 ? string.Concat(lines.Select(line => line + "\r\n")) : Mail.Of($"message {_files}");
            byte[] octets = Encoding.UTF8.GetBytes(message);
            int filler = (int)Number(text, "size", (uint)octets.Length) - octets.Length;
            File.WriteAllBytes(path, filler == 0 ? octets : [.. octets, .. Encoding.ASCII.GetBytes(new string('x', filler - 2)), .. "\r\n"u8]);
            File.SetLastWriteTimeUtc(path, date.UtcDateTime);
            box.Add(i < uids.Length ? uids[i] : null, name);
        }
    }

    private static uint Number(string text, string key, uint otherwise) =>
        Value(text, key) is string value ? uint.Parse(value, Invariant) : otherwise;

    private static string? Value(string text, string key) =>
        Options().Matches(text).Where(match => match.Groups[1].Value == key).Select(match => match.Groups[2].Value.Trim('"')).FirstOrDefault();

    [GeneratedRegex("""([a-z]+)=("[^"]*"|\S*)""")]
    private static partial Regex Options();

    private sealed class Box(string directory, uint uidValidity, uint uidNext)
    {
        private readonly StringBuilder _lines = new();
        private uint _next = 1;

        public string Directory => directory;

        public void Add(uint? uid, string name)
        {
            uint given = uid ?? _next;
            _lines.Append(Invariant, $"{given} :{name}\n");
            _next = given + 1;
        }

        public void WriteUidList() => File.WriteAllText(
            Path.Combine(directory, "dovecot-uidlist"),
            string.Create(Invariant, $"3 V{uidValidity} N{Math.Max(_next, uidNext)} G0123456789abcdef0123456789abcdef\n{_lines}"));
    }
}
