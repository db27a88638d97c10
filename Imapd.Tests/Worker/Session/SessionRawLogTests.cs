using System.Text;
using Imapd.Worker.Session;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>What a protocol log holds, and what it must not.</summary>
public sealed class SessionRawLogTests
{
    private const string Password = "Geh3im!Passwort";

    private TestServer _server = null!;
    private string _path = "";

    [SetUp]
    public void SetUp()
    {
        _server = TestServer.StartAlone();
        _path = Path.Combine(_server.MailRoot, "..", "raw.log");
        _server.RawLogFile = () => new FileStream(_path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    }

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void Both_sides_are_in_it_line_by_line_in_the_order_they_spoke()
    {
        TestClient client = _server.Connect();
        client.Converse("""
            C: a LOGIN test test
            S: a OK …
            C: b CREATE {4}
            S: + …
            C: Work
            S: b OK …
            C: c APPEND Work (\Seen) {3+}
            C: x
            C:
            S: c OK …
            C: d SELECT Work
            S: …
            S: d OK …
            C: e IDLE
            S: + …
            """);
        client.Send("DONE\r\n").Command("f LOGOUT");
        client.End();

        string[] said = [.. Log().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[13..].TrimEnd())];
        string[] expected =
        [
            "S: * OK [CAPABILITY", "C: a LOGIN <hidden>", "#: logged in as test", "S: a OK", "C: b CREATE {4}", "S: + Ready", "C: Work", "S: b OK",
            "C: c APPEND Work (\\Seen) {3+}", "C: x", "S: c OK", "C: d SELECT Work", "S: d OK", "C: e IDLE", "S: + idling", "C: DONE",
            "S: e OK", "C: f LOGOUT", "S: * BYE", "S: f OK",
        ];
        int position = -1;
        foreach (string line in expected)
        {
            int found = Array.FindIndex(said, position + 1, candidate => candidate.StartsWith(line, StringComparison.Ordinal));
            Assert.That(found, Is.GreaterThan(position), $"{line} in its place in\n{Log()}");
            position = found;
        }
    }

    [TestCase("a LOGIN test " + Password + "\r\n", "a NO ")]
    [TestCase("a login test \"" + Password + "\"\r\n", "a NO ")]
    [TestCase("a LOGIN \"test\" {15+}\r\n" + Password + "\r\n", "a NO ")]
    [TestCase("a LOGIN {4+}\r\ntest {15+}\r\n" + Password + "\r\n", "a NO ")]
    [TestCase("a LOGIN " + Password + " " + Password + "\r\n", "a NO ")]
    [TestCase("a LOGIN test {15}\r\n" + Password + "\r\n", "a NO ", Description = "without waiting to be asked")]
    [TestCase("a LOGIN test {15+}\r\n" + Password + " x\r\n", "a BAD ")]
    [TestCase("a LOGIN test \"" + Password + "\r\n", "a BAD ")]
    [TestCase("a LOGIN test " + Password + " more\r\n", "a BAD ")]
    [TestCase("a LOGIN\t test " + Password + "\r\n", "a BAD ")]
    [TestCase("a LOGIN test {9999999+}\r\n", null)]
    [TestCase("a LOGN test " + Password + "\r\n", "a BAD ")]
    [TestCase("a " + Password + "\r\n", "a BAD ")]
    [TestCase(Password + "\r\n", Password + " BAD ")]
    [TestCase("Geh3imPasswort noop x\r\n", "Geh3imPasswort BAD ", Description = "the tag is not a password")]
    [TestCase("LOGIN test " + Password + "\r\n", "LOGIN BAD ")]
    [TestCase("a AUTHENTICATE PLAIN {0}\r\n", "a NO ")]
    [TestCase("a AUTHENTICATE PLAIN\r\n{0}\r\n", "a NO ")]
    [TestCase("a authenticate plain\r\n{0}\r\n", "a NO ")]
    [TestCase("a AUTHENTICATE PLAIN\r\n" + Password + "\r\n", "a BAD ")]
    [TestCase("a AUTHENTICATE PLAIN\r\n*\r\n", "a BAD ")]
    [TestCase("a AUTHENTICATE PLAIN {0}x\r\n", "a BAD ")]
    [TestCase("a AUTHENTICATE PLAIN\r\n*{0}\r\n", "a BAD ")]
    [TestCase("a AUTHENTICATE LOGIN\r\n{0}\r\nb NOOP\r\n", "b OK ")]
    [TestCase("a AUTHENTICATE CRAM-MD5 {0}\r\n", "a NO ")]
    [TestCase("a LOGIN test test\r\nb LOGIN test " + Password + "\r\nc NOOP\r\n", "c OK ")]
    [TestCase("a LOGIN test test\r\nb AUTHENTICATE PLAIN\r\n{0}\r\nc NOOP\r\n", "c OK ")]
    [TestCase("a LOGIN test test\r\nb LOGIN {4}\r\ntest {15}\r\n" + Password + "\r\nc NOOP\r\n", "c OK ")]
    [TestCase("a LOGIN test test\r\nb LOGIN {15}\r\n" + Password + " NOOP x\r\nc NOOP\r\n", "c OK ")]
    [TestCase("a LOGIN test test\r\nb IDLE\r\n" + Password + "\r\nc NOOP\r\n", "c OK ")]
    [TestCase("a NOOP\r\na LOGIN test " + Password + "\r\nb NOOP\r\n", "b OK ")]
    public void No_password_is_in_it_however_it_was_sent(string sent, string? answer)
    {
        string response = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0test\0{Password}"));
        string octets = sent.Replace("{0}", response, StringComparison.Ordinal);
        AssertHidden(Record(client => client.Send(octets), answer), response);
        AssertHidden(Record(client => octets.ToList().ForEach(octet => client.Send($"{octet}")), answer), response);
    }

    [Test]
    public void It_ends_when_it_is_as_long_as_it_may_get_and_the_session_goes_on()
    {
        TestClient client = _server.LogIn();
        string large = new('x', 64 * 1024);
        for (int message = 0; message < 160; message++)
        {
            client.Send($"a APPEND INBOX {{{large.Length}+}}\r\n{large}\r\n");
            client.Converse("S: a OK …");
        }

        Assert.That(client.Command("b NOOP")[^1], Does.StartWith("b OK"));
        Assert.That(new FileInfo(_path).Length, Is.InRange(SessionLimits.RawLogOctets - 10_000, SessionLimits.RawLogOctets + 100));
        Assert.That(Log(), Does.EndWith("as long as it may get\n"));
    }

    [Test]
    public void A_full_disk_ends_it_with_one_line_in_the_log_and_the_session_goes_on()
    {
        _server.RawLogFile = () => new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        TestClient client = _server.LogIn();

        Assert.That(client.Command("b SELECT INBOX")[^1], Does.StartWith("b OK"));
        Assert.That(client.Host.LogLines, Has.Exactly(1).Contains("protocol log cannot be written"));
    }

    private string Record(Action<TestClient> send, string? answer)
    {
        TestClient client = _server.Connect();
        send(client);
        if (answer is not null)
        {
            client.Converse($"S: …\nS: {answer}…");
        }

        client.Dispose();
        return Log();
    }

    private static void AssertHidden(string log, string response)
    {
        Assert.That(log, Does.Contain("#: begun").And.Contain("S: * OK [CAPABILITY"));
        Assert.That(log, Does.Not.Contain("Geh3im!").IgnoreCase.And.Not.Contain("Passwort\"").And.Not.Contain(response[..12]));
        Assert.That(log, Does.Not.Contain(response[8..20]));
    }

    private string Log() => File.ReadAllText(_path, Encoding.Latin1);
}
