using Imapd.Tests.EndToEnd.Harness;
using Imapd.Worker.Session;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>Bad input gets a clear answer, the session goes on, and nothing is lost.</summary>
internal sealed class BadInputTests : EndToEndTest
{
    private Conversation _conversation = null!;

    private ImapClient Client => _conversation.Client;

    [SetUp]
    public void SelectAMailboxWithOneMessage()
    {
        ImapdProcess server = StartMemory();
        _conversation = new Conversation(server, LoginAsTest(server));
        Client.Command("CREATE bad");
        Assert.That(Client.Append("bad", Mail.With("stays")).IsOk, Is.True);
        Assert.That(Client.Command("SELECT bad").IsOk, Is.True);
    }

    [TestCase("NONSENSE")]
    [TestCase("UID NONSENSE")]
    [TestCase("FETCH")]
    [TestCase("FETCH 1")]
    [TestCase("FETCH 0 FLAGS")]
    [TestCase("FETCH 4294967296 FLAGS")]
    [TestCase("FETCH 1 FLAGS)")]
    [TestCase("FETCH 1 (FLAGS")]
    [TestCase("FETCH 1 BODY[")]
    [TestCase("FETCH 1 BODY[1.0]")]
    [TestCase("FETCH 1 BODY[]<0.0>")]
    [TestCase("STORE 1 FLAGS (\\Seen")]
    [TestCase("SEARCH NONSENSE")]
    [TestCase("SEARCH OR ALL")]
    [TestCase("SELECT \"unbalanced")]
    [TestCase("LOGIN test test", Description = "in the wrong state")]
    [TestCase("AUTHENTICATE PLAIN AHRlc3QAdGVzdA==")]
    [TestCase("STARTTLS")]
    [TestCase("NOOP with arguments")]
    [TestCase("SELECT a\0b")]
    [TestCase("SELECT \"a\0b\"")]
    [TestCase("")]
    public void A_command_that_is_wrong_gets_BAD(string command) =>
        AssertRefusedAndAlive(Client.Command(command), "BAD");

    [TestCase("SELECT \"\xff\xfe\"")]
    [TestCase("CREATE \"\xc3\"")]
    [TestCase("SELECT nowhere")]
    [TestCase("CREATE \"a/../b\"")]
    [TestCase("FETCH 2 FLAGS", Description = "there is one message")]
    [TestCase("SEARCH CHARSET NONSENSE ALL")]
    public void A_command_that_cannot_be_carried_out_gets_NO_or_BAD(string command) =>
        AssertRefusedAndAlive(Client.Command(command), "NO", "BAD");

    [Test]
    public void A_command_of_the_selected_state_gets_BAD_outside_it()
    {
        Assert.That(Client.Command("UNSELECT").IsOk, Is.True);
        AssertRefusedAndAlive(Client.Command("FETCH 1 FLAGS"), "BAD");
        Assert.That(Client.Command("SELECT bad").Untagged, Has.Some.EqualTo("* 1 EXISTS"));
    }

    [Test]
    public void Commands_before_login_get_BAD_and_login_still_works()
    {
        ImapClient client = Connect(_conversation.Server);
        Assert.That(client.Command("SELECT INBOX").Status, Does.StartWith("BAD"));
        Assert.That(client.Command("LIST \"\" *").Status, Does.StartWith("BAD"));
        Assert.That(client.Command("LOGIN test test").IsOk, Is.True);
    }

    [Test]
    public void A_line_that_is_too_long_gets_BAD()
    {
        Client.Send("long NOOP " + new string('x', 1_000_000) + "\r\n");
        Assert.That(Client.ReadUntil("BAD"), Does.StartWith("long BAD").Or.StartWith("* BAD"));
        AssertAlive();
    }

    [Test]
    public void A_line_that_is_too_long_before_login_gets_BAD()
    {
        ImapClient client = Connect(_conversation.Server);
        client.Send("long LOGIN " + new string('x', 100_000) + "\r\n");
        Assert.That(client.ReadUntil("BAD"), Does.StartWith("long BAD").Or.StartWith("* BAD"));
        Assert.That(client.Command("LOGIN test test").IsOk, Is.True);
    }

    [Test]
    public void A_synchronising_literal_that_is_too_large_is_refused_before_it_is_sent()
    {
        Client.Send("big SELECT {4294967295}\r\n");
        Assert.That(Client.ReadLine(), Does.StartWith("big BAD").Or.StartWith("big NO"));
        AssertAlive();
    }

    [Test]
    public void A_message_that_is_too_large_is_refused_before_it_is_sent()
    {
        Client.Send("big APPEND bad {99999999999}\r\n");
        Assert.That(Client.ReadUntil("big "), Does.StartWith("big NO").Or.StartWith("big BAD"));
        Assert.That(Client.Command("NOOP").IsOk, Is.True);
    }

    [Test]
    public void A_non_synchronising_literal_that_is_too_large_is_read_away_or_ends_the_session()
    {
        Client.Send("big SELECT {200000+}\r\n" + new string('x', 200_000) + "\r\n");
        Assert.That(Client.ReadUntil("big "), Does.StartWith("big BAD").Or.StartWith("big NO"));
        AssertAlive();
    }

    [Test]
    public void A_message_cut_off_by_a_lost_connection_is_not_stored()
    {
        ImapClient other = LoginAsTest(_conversation.Server);
        other.Send("cut APPEND bad {1000}\r\n");
        Assert.That(other.ReadLine(), Does.StartWith("+"));
        other.Send("From: somebody\r\n");
        other.Dispose();
        Assert.That(LoginAsTest(_conversation.Server).Command("STATUS bad (MESSAGES)").Untagged, Has.Some.Contains("MESSAGES 1"));
        AssertAlive();
    }

    [TestCase("SEARCH ", "(", "ALL", ")")]
    [TestCase("SEARCH ", "NOT ", "ALL", "")]
    [TestCase("SEARCH ", "OR ALL ", "ALL", "")]
    [TestCase("FETCH 1 ", "(", "FLAGS", ")")]
    [TestCase("LIST ", "(", "", ")")]
    [TestCase("STATUS bad ", "(", "MESSAGES", ")")]
    [TestCase("ID ", "(", "\"name\"", ")")]
    public void Nesting_10_000_deep_gets_BAD(string start, string open, string inner, string close)
    {
        const int Depth = 10_000;
        string command = start + string.Concat(Enumerable.Repeat(open, Depth)) + inner + string.Concat(Enumerable.Repeat(close, Depth));
        Client.Send($"deep {command}\r\n");
        Assert.That(Client.ReadUntil("BAD"), Does.StartWith("deep BAD").Or.StartWith("* BAD"));
        AssertAlive();
    }

    [Test]
    public void Unbalanced_parentheses_10_000_deep_get_BAD()
    {
        Client.Send("deep SEARCH " + new string('(', 10_000) + "\r\n");
        Assert.That(Client.ReadUntil("BAD"), Does.StartWith("deep BAD"));
        AssertAlive();
    }

    [TestCase("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [TestCase("EHLO localhost\r\nMAIL FROM:<>\r\n")]
    public void Another_protocol_is_answered_with_BAD(string octets)
    {
        ImapClient client = Connect(_conversation.Server);
        client.Send(octets);
        Assert.That(client.ReadUntil("BAD"), Does.Contain("BAD"));
        AssertAlive();
    }

    [Test]
    public void Nonsense_before_login_is_ended_after_a_while()
    {
        ImapClient client = Connect(_conversation.Server);
        for (int i = 0; i < SessionLimits.BadCommandsBeforeLogin; i++)
        {
            client.Send($"n{i} NONSENSE\r\n");
        }
        string answers = client.ReadToEnd();
        Assert.That(answers, Does.Contain("n0 BAD").And.Contain($"n{SessionLimits.BadCommandsBeforeLogin - 1} BAD"));
        Assert.That(answers, Does.Contain("* BYE"));
    }

    [Test]
    public void Octets_of_every_value_never_harm_another_session()
    {
        byte[] noise = new byte[50_000];
        new Random(1).NextBytes(noise);
        for (int round = 0; round < 5; round++)
        {
            using ImapClient client = ImapClient.ConnectTls(_conversation.Server.TlsPort);
            try
            {
                client.Send(noise);
            }
            catch (IOException)
            {
                continue;
            }
        }
        AssertAlive();
    }

    private void AssertRefusedAndAlive(ImapReply reply, params string[] answers)
    {
        Assert.That(answers.Any(answer => reply.Status.StartsWith(answer + " ", StringComparison.Ordinal)), Is.True, reply.ToString);
        AssertAlive();
    }

    private void AssertAlive()
    {
        ImapReply reply = Client.Command("FETCH 1 (BODY.PEEK[HEADER.FIELDS (SUBJECT)])");
        if (!reply.IsOk)
        {
            Assert.That(Client.Command("SELECT bad").IsOk, Is.True, reply.ToString);
            reply = Client.Command("FETCH 1 (BODY.PEEK[HEADER.FIELDS (SUBJECT)])");
        }
        Assert.That(reply.ToString(), Does.Contain("Subject: stays"));
    }

    /// <summary>Both are disposed by the base class.</summary>
    private sealed record Conversation(ImapdProcess Server, ImapClient Client);
}
