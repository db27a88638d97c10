using System.Text.Json;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>Guessing passwords, with addresses as a proxy tells them: on loopback nobody is slowed.</summary>
internal sealed class GuessingTests : EndToEndTest
{
    private const string Guesser = "2001:db8::1";
    private const string SameNetwork = "2001:db8::2";
    private const string Neighbour = "2001:db8:0:1::1";
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [TestCase(true)]
    [TestCase(false)]
    public void An_address_that_guesses_waits_and_no_other_does(bool isForking)
    {
        ImapdProcess server = Start(isForking);
        using (ImapClient client = ConnectAs(server, Guesser))
        {
            foreach (string password in (string[])["one", "two", "three"])
            {
                Assert.That(client.Command($"LOGIN nobody-here {password}").Status, Does.StartWith("NO [AUTHENTICATIONFAILED]"));
            }
        }

        Assert.That(ConnectAs(server, Neighbour).Greeting, Does.StartWith("* OK"));
        Assert.That(Counted("connectionsDelayed"), Is.Zero);
        Assert.That(ConnectAs(server, SameNetwork).Greeting, Does.StartWith("* OK"));
        Assert.That((Counted("connectionsDelayed"), Counted("loginsBadCredentials"), Counted("loginsRepeated")), Is.EqualTo((1, 3, 0)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void The_same_wrong_password_again_slows_nobody_and_the_log_says_so(bool isForking)
    {
        ImapdProcess server = Start(isForking);
        for (int connection = 0; connection < 2; connection++)
        {
            using ImapClient client = ConnectAs(server, Guesser);
            client.Command("LOGIN phone old-password");
            client.Send("p AUTHENTICATE PLAIN AHBob25lAG9sZC1wYXNzd29yZA==\r\n");
            Assert.That(client.Finish("p").IsOk, Is.False);
        }
        ConnectAs(server, Guesser);

        Assert.That((Counted("connectionsDelayed"), Counted("loginsBadCredentials"), Counted("loginsRepeated")), Is.EqualTo((0, 4, 3)));
        Assert.That(server.LogLines.Count(line => line.Contains("login failed", StringComparison.Ordinal) && line.EndsWith(" repeated=yes", StringComparison.Ordinal)), Is.EqualTo(3));
        Assert.That(server.Log, Does.Not.Contain("old-password"));
    }

    private ImapdProcess Start(bool isForking)
    {
        string[] options = ["--proxy-from", "127.0.0.1", "--control-socket", _directory.Combine("control")];
        return isForking ? StartForking(options) : StartMemory(options);
    }

    private ImapClient ConnectAs(ImapdProcess server, string client) => Keep(ImapClient.ConnectForProxy(server.TlsPort, client));

    private long Counted(string counter)
    {
        ShellResult status = ImapdProcess.Run("status", "--json", "--control-socket", _directory.Combine("control"));
        using JsonDocument document = JsonDocument.Parse(status.Output);
        return document.RootElement.GetProperty("processes")[0].GetProperty("counters").GetProperty(counter).GetInt64();
    }
}
