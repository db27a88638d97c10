using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Imapd.Tests.Responses;
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
    private StrictConnection? _strict;
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
    public string Send(string command)
    {
        var text = new StringBuilder();
        Responses(command, text);
        return text.ToString();
    }

    /// <summary>Sends a command with the tag "a" and returns the responses, the tagged one last.</summary>
    /// <param name="command">The command, octets as characters.</param>
    /// <param name="text">What is answered is added to it as it was sent.</param>
    public IReadOnlyList<Response> Responses(string command, StringBuilder? text = null)
    {
        _strict!.Send("a " + command + "\r\n");
        return _strict.Finish("a", text);
    }

    /// <summary>The numbers that SEARCH answers with, in revision 1.</summary>
    public string Search(string keys)
    {
        IReadOnlyList<Response> answer = Responses("SEARCH " + keys);
        Assert.That(answer.Select(static response => response.Name), Is.EqualTo(new[] { "SEARCH", "OK" }), answer[^1].Text);
        return string.Join(' ', answer[0].Values);
    }

    /// <summary>As <see cref="Search(string)"/>, with a text as a literal behind the keys.</summary>
    public string Search(string keys, string text)
    {
        string octets = Octets(text);
        return Search($"{keys}{{{octets.Length}+}}\r\n{octets}");
    }

    /// <summary>As <see cref="Search(string)"/>, every quoted string sent as a literal of UTF-8.</summary>
    public string SearchUtf8(string keys)
    {
        string withLiterals = Regex.Replace(
            keys, "\"([^\"]*)\"", quoted => $"{{{Encoding.UTF8.GetByteCount(quoted.Groups[1].Value)}+}}\r\n{quoted.Groups[1].Value}");
        return Search("CHARSET UTF-8 " + Octets(withLiterals));
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

    private static string Octets(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

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
        _strict = new StrictConnection(octets => _client.Send(octets), octets => _client.Receive(octets));
        Assert.That(_strict.Read()?.Name, Is.EqualTo("PREAUTH"));
    }
}
