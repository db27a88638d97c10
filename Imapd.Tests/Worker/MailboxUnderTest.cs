using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Imapd.Worker.Session;
using Mono.Unix.Native;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>
/// An INBOX of given files in a temporary Maildir, and a session that has it selected, spoken to over a real socket.
/// Octets are shown as characters, one for one.
/// </summary>
internal sealed class MailboxUnderTest(string lineEnd = "\r\n") : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("imapd-fetch-").FullName;
    private readonly List<string> _names = [];
    private Socket? _client;
    private TestHost? _host;
    private ClientConnection? _connection;
    private Thread? _session;

    /// <summary>Where the Maildir is.</summary>
    public string Root => _root;

    /// <summary>Puts a message into <c>cur/</c>; the n-th has number and UID n.</summary>
    public void Add(string wireText, string flags = "", DateTimeOffset? received = null) =>
        Write("cur", ":2," + flags, wireText, received);

    /// <summary>Delivers a message into <c>new/</c>.</summary>
    public void AddNew(string wireText) => Write("new", "", wireText, null);

    /// <summary>Selects the mailbox, in a new session the first time.</summary>
    public void Select(string command = "SELECT")
    {
        if (_client is null)
        {
            Start();
        }

        string answer = Send(command + " INBOX");
        Assert.That(answer, Does.Contain("\r\na OK "));
    }

    /// <summary>Sends a command with the tag "a" and returns all that is answered, with the tagged line.</summary>
    public string Send(string command) => SendOctets(Encoding.Latin1.GetBytes("a " + command + "\r\n"));

    /// <summary>The numbers that SEARCH answers with, in revision 1.</summary>
    public string Search(string keys) => Numbers(Send("SEARCH " + keys));

    /// <summary>As <see cref="Search(string)"/>, with a text as a literal behind the keys.</summary>
    public string Search(string keys, string text)
    {
        byte[] octets = Encoding.UTF8.GetBytes(text);
        return Numbers(SendOctets(
            [.. Encoding.ASCII.GetBytes($"a SEARCH {keys}{{{octets.Length}+}}\r\n"), .. octets, .. "\r\n"u8]));
    }

    /// <summary>As <see cref="Search(string)"/>, every quoted string sent as a literal of UTF-8.</summary>
    public string SearchUtf8(string keys)
    {
        string withLiterals = Regex.Replace(
            keys, "\"([^\"]*)\"", quoted => $"{{{Encoding.UTF8.GetByteCount(quoted.Groups[1].Value)}+}}\r\n{quoted.Groups[1].Value}");
        return Numbers(SendOctets(Encoding.UTF8.GetBytes($"a SEARCH CHARSET UTF-8 {withLiterals}\r\n")));
    }

    /// <summary>The flag letters of a message's file name.</summary>
    public string FlagsOnDisk(int number)
    {
        string name = Path.GetFileName(PathOf(number));
        return new string([.. name[(name.IndexOf(":2,", StringComparison.Ordinal) + 3)..].Where(char.IsAsciiLetterUpper)]);
    }

    /// <summary>Another program removes a message.</summary>
    public void DeleteFile(int number) => File.Delete(PathOf(number));

    /// <summary>Another program puts a named pipe where a message was.</summary>
    public void ReplaceWithPipe(int number)
    {
        string path = PathOf(number);
        File.Delete(path);
        Assert.That(Syscall.mkfifo(path, FilePermissions.S_IRUSR | FilePermissions.S_IWUSR), Is.Zero);
    }

    /// <summary>Another program changes a message's flags.</summary>
    public void RenameFlags(int number, string flags) =>
        File.Move(PathOf(number), Path.Combine(_root, "cur", _names[number - 1] + ":2," + flags));

    public void Dispose()
    {
        _client?.Dispose();
        _session?.Join();
        _connection?.Dispose();
        _host?.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private static string Numbers(string answer)
    {
        Assert.That(answer, Does.StartWith("* SEARCH").And.Contains("\r\na OK "));
        return answer.Split("\r\n")[0]["* SEARCH".Length..].Trim();
    }

    private void Write(string directory, string suffix, string wireText, DateTimeOffset? received)
    {
        foreach (string name in new[] { "cur", "new", "tmp" })
        {
            Directory.CreateDirectory(Path.Combine(_root, name));
        }

        string baseName = string.Create(
            CultureInfo.InvariantCulture, $"{1_700_000_000 + _names.Count}.M1P1Q{_names.Count}.test.example");
        _names.Add(baseName);
        string path = Path.Combine(_root, directory, baseName + suffix);
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(wireText.Replace("\r\n", lineEnd, StringComparison.Ordinal)));
        File.SetLastWriteTimeUtc(path, (received ?? new DateTimeOffset(2023, 5, 6, 7, 8, 9, TimeSpan.Zero)).UtcDateTime);
    }

    private string PathOf(int number) => Directory.GetFiles(Path.Combine(_root, "cur"), _names[number - 1] + "*").Single();

    private void Start()
    {
        (int served, int own) = SocketPair.CreateDescriptors();
        _client = SocketPair.Own(own);
        _client.ReceiveTimeout = 60_000;
        var facts = new ConnectionFacts(1, "", 0, "", 0, Tls: null, PreauthenticatedUser: "test", PreauthenticatedMailRoot: _root);
        _host = new TestHost(facts, _root);
        _connection = new ClientConnection(served, served);
        var session = new ImapSession(_connection, _host, new SessionOptions());
        _session = new Thread(() => session.Run());
        _session.Start();
        Receive(text => text.EndsWith("\r\n", StringComparison.Ordinal));
    }

    private string SendOctets(byte[] octets)
    {
        _client!.Send(octets);
        return Receive(EndsWithTaggedLine);
    }

    private static bool EndsWithTaggedLine(string text)
    {
        if (!text.EndsWith("\r\n", StringComparison.Ordinal))
        {
            return false;
        }

        int start = text.Length < 3 ? 0 : text.LastIndexOf("\r\n", text.Length - 3, StringComparison.Ordinal);
        return text.AsSpan(start <= 0 ? 0 : start + 2).StartsWith("a ");
    }

    private string Receive(Func<string, bool> isWhole)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[65536];
        do
        {
            int read = _client!.Receive(buffer);
            if (read == 0)
            {
                throw new IOException($"The session ended after: {text}");
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        while (!isWhole(text.ToString(Math.Max(0, text.Length - 4000), Math.Min(4000, text.Length))));
        return text.ToString();
    }
}
