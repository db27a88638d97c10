using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Imapd.Master.Configuration;
using Imapd.Master.Control;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;
using Serilog.Core;

namespace Imapd.Tests.Master;

/// <summary>The control socket by itself: names, bounds, and who may hinder whom.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class ControlSocketTests
{
    private readonly List<string> _lines = [];
    private TemporaryDirectory _directory = null!;

    private string PathOfSocket => _directory.Combine("run", "control");

    private string Own => ControlPath.Of(PathOfSocket, Environment.ProcessId);

    [SetUp]
    public void SetUp()
    {
        _directory = new TemporaryDirectory();
        _lines.Clear();
    }

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public void A_line_is_answered_with_a_document_and_the_end()
    {
        using ControlSocket socket = Open();

        Assert.That(Ask("kick alice\n"), Does.EndWith("\n").And.Contain("\"error\":\"seen\""));
        Assert.That(_lines, Is.EqualTo(new[] { "kick alice" }));
    }

    [Test]
    public void Directory_and_socket_are_for_their_owner_alone_and_gone_at_the_end()
    {
        using (Open())
        {
            Assert.That(File.GetUnixFileMode(_directory.Combine("run")), Is.EqualTo((UnixFileMode)0b111_000_000));
            Assert.That(File.GetUnixFileMode(Own), Is.EqualTo((UnixFileMode)0b110_000_000));
            Assert.That(new FileInfo(PathOfSocket).LinkTarget, Is.EqualTo(Path.GetFileName(Own)));
        }
        Assert.That(Directory.EnumerateFileSystemEntries(_directory.Combine("run")), Is.Empty);
    }

    [TestCase("no end of line")]
    [TestCase("")]
    [TestCase("\u00ff\n", Description = "sent as one octet, which is no UTF-8")]
    public void What_is_no_line_is_answered_with_what_a_request_is(string octets)
    {
        using ControlSocket socket = Open();

        Assert.That(Ask(octets), Does.Contain("a request is one line of UTF-8"));
        Assert.That(_lines, Is.Empty);
    }

    [Test]
    public void A_line_that_does_not_end_is_read_no_further_than_its_limit()
    {
        using ControlSocket socket = Open();

        Assert.That(Ask(new string('a', ControlSocket.MaxRequestOctets)), Does.Contain("a request is one line of UTF-8"));
    }

    [Test]
    public void Clients_that_say_nothing_hinder_nobody()
    {
        using ControlSocket socket = Open();
        List<Socket> silent = [.. Enumerable.Range(0, ControlSocket.MaxClients + 8).Select(_ => Connect())];

        Assert.That(Ask("status\n"), Does.Contain("seen"));
        silent.ForEach(client => client.Dispose());
    }

    [Test]
    public void What_a_killed_process_left_is_taken_over()
    {
        Directory.CreateDirectory(_directory.Combine("run"));
        string stale = ControlPath.Of(PathOfSocket, 1);
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(stale + "1"));
            File.Move(stale + "1", stale); // so that closing does not remove it
        }
        File.CreateSymbolicLink(PathOfSocket, Path.GetFileName(stale));
        Assert.That(ControlPath.Owner(PathOfSocket), Is.Null);
        using ControlSocket socket = Open();

        Assert.That(ControlPath.All(PathOfSocket), Is.EqualTo(new[] { Own }));
        Assert.That(ControlPath.Owner(PathOfSocket), Is.EqualTo(Path.GetFileName(Own)));
        Assert.That(Ask("status\n"), Does.Contain("seen"));
    }

    [Test]
    public void A_file_of_somebody_else_is_not_replaced()
    {
        Directory.CreateDirectory(_directory.Combine("run"));
        File.WriteAllText(PathOfSocket, "mine");

        Assert.That(() => Open(), Throws.InstanceOf<IOException>().With.Message.Contains("no control socket"));
        Assert.That(File.ReadAllText(PathOfSocket), Is.EqualTo("mine"));
    }

    [Test]
    public void All_processes_are_asked_and_the_dead_are_passed_over()
    {
        using ControlSocket socket = Open(JsonAnswer("""{"pid":7,"ended":2}"""));
        File.WriteAllText(ControlPath.Of(PathOfSocket, 1), ""); // refuses as a dead socket does
        ControlCommand kick = ControlCommand.Find(ControlCommand.Kick)!;

        ControlReplies replies = ControlClient.AskAsync(PathOfSocket, kick, "kick alice").GetAwaiter().GetResult();

        Assert.That((replies.Answers.Count, replies.Errors.Count, replies.Sum("ended")), Is.EqualTo((1, 0, 2L)));
        Assert.That(kick.Print(replies), Is.EqualTo("2 sessions ended\n"));
        Assert.That(JsonDocument.Parse(replies.ToJson()).RootElement.GetProperty("processes").GetArrayLength(), Is.EqualTo(1));
    }

    [TestCase("who are you\n")]
    [TestCase("{\n")]
    [TestCase("[]\n")]
    public void An_answer_that_is_none_is_told_as_that(string answer)
    {
        using ControlSocket socket = Open(JsonAnswer(answer));

        ControlReplies replies = ControlClient.AskAsync(PathOfSocket, ControlCommand.Find("status")!, "status").GetAwaiter().GetResult();

        Assert.That(replies.Errors, Is.EqualTo(new[] { $"{Own}: what came is no answer" }));
    }

    [TestCase("status", """{"pid":1}""")]
    [TestCase("who", """{"pid":1}""")]
    [TestCase("who", """{"pid":1,"sessions":7}""")]
    [TestCase("who", """{"pid":1,"sessions":[{"user":"alice"}]}""")]
    [TestCase("kick", """{"pid":1}""")]
    [TestCase("reload", """{"pid":1,"servingPid":"?"}""")]
    public void An_answer_that_lacks_something_is_told_as_that_and_the_others_are_printed(string command, string answer)
    {
        using JsonDocument partial = JsonDocument.Parse(answer);
        using JsonDocument whole = JsonDocument.Parse("""{"pid":2,"sessions":[],"ended":1}""");
        Func<ControlReplies, string> print = ControlCommand.Find(command)!.Print;

        ControlReplies readable = new ControlReplies([partial.RootElement, whole.RootElement], []).Readable(print);

        Assert.That(readable.Errors, Does.Contain("pid 1: the answer is of another version; --json prints it as it is"));
        Assert.That(readable.Answers, Has.Count.EqualTo(command is "who" or "kick" ? 1 : 0));
        Assert.That(print(readable), Does.Not.Contain("alice"));
    }

    [Test]
    public void Nobody_there_is_one_line()
    {
        UsageException error = Assert.ThrowsAsync<UsageException>(() => ControlClient.AskAsync(PathOfSocket, ControlCommand.Find("status")!, "status"))!;
        Assert.That(error.Message, Is.EqualTo($"no imapd answers at {PathOfSocket}"));
    }

    [TestCase(0, "0 s")]
    [TestCase(59, "59 s")]
    [TestCase(61, "1 min")]
    [TestCase(7200, "2 h")]
    [TestCase(200_000, "2 d")]
    public void A_time_is_told_in_its_largest_unit(long seconds, string text) => Assert.That(ControlText.Duration(seconds), Is.EqualTo(text));

    [Test]
    public void The_table_of_sessions_cannot_be_forged_by_a_name()
    {
        using JsonDocument answer = JsonDocument.Parse("""
            {"pid":1,"sessions":[{"session":"00ff","user":"a\nroot","address":"::1","port":5,"localAddress":"::1","localPort":993,
            "since":"2026-01-01T00:00:00Z","state":"authenticated","tls":"TLSv1.3","activity":"idle","activitySeconds":125,
            "octetsReceived":1,"octetsSent":1,"worker":9,"memoryOctets":2097152}]}
            """);

        string[] lines = ControlText.Who(new ControlReplies([answer.RootElement], [])).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.That(lines, Has.Length.EqualTo(2));
        Assert.That(lines[1].Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), Is.EqualTo(new[]
        {
            "\"a\\u{a}root\"", "00ff", "[::1]:5", "2026-01-01T00:00:00Z", "authenticated", "idle 2 min", "TLSv1.3", "9", "2048 KB",
        }));
    }

    private static Func<string, Task<ControlAnswer>> JsonAnswer(string text) =>
        _ => Task.FromResult(new ControlAnswer(Encoding.UTF8.GetBytes(text)));

    private ControlSocket Open(Func<string, Task<ControlAnswer>>? answer = null) => new(PathOfSocket, answer ?? Note, Logger.None);

    private Task<ControlAnswer> Note(string line)
    {
        lock (_lines)
        {
            _lines.Add(line);
        }
        return Task.FromResult(ControlAnswers.Error("seen"));
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(PathOfSocket));
        return socket;
    }

    private string Ask(string octets)
    {
        using Socket socket = Connect();
        socket.Send(Encoding.Latin1.GetBytes(octets));
        using var stream = new StreamReader(new NetworkStream(socket));
        socket.Shutdown(SocketShutdown.Send);
        return stream.ReadToEnd();
    }
}
