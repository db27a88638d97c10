using Imapd.Tests.Architecture;
using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conversations;

/// <summary>The conversations in the files of this directory: the RFCs' examples, and what mail clients say.</summary>
public sealed class ConversationTests
{
    private static IEnumerable<TestCaseData> All() =>
        from conversation in Conversation.ReadAll(Repository.Combine("Imapd.Tests", "Conversations"))
        select new TestCaseData(conversation).SetArgDisplayNames(conversation.File, conversation.Title);

    [TestCaseSource(nameof(All))]
    public void The_conversation_goes_as_it_is_written(object written)
    {
        var conversation = (Conversation)written;
        using var server = TestServer.StartWith(root => GivenMail.Write(root, conversation.Given));
        TestClient client = Begin(server, conversation.Given.LastOrDefault(given => given.Keyword == "Begin").Text ?? "logged in");
        TestClient? other = null;
        string said = "";
        foreach ((char who, string text) in conversation.Lines)
        {
            if (who is 'C' or 'S')
            {
                said += $"{who}: {text}\n";
                continue;
            }

            client.Converse(said);
            said = "";
            switch (who)
            {
                case 'T':
                    client.AwaitTls();
                    break;
                case 'D':
                    server.Deliver(Mail.Of(text));
                    break;
                default:
                    other ??= LogInElsewhere(server);
                    Assert.That(other.Command("e " + text)[^1], Does.StartWith("e OK "), text);
                    break;
            }
        }

        client.Converse(said);
    }

    [Test]
    public void Every_clients_file_says_whether_it_was_recorded_or_reconstructed()
    {
        string[] files = Directory.GetFiles(Repository.Combine("Imapd.Tests", "Conversations", "Clients"), "*.txt");
        Assert.That(files, Is.Not.Empty);
        Assert.That(files.Select(file => File.ReadLines(file).First()), Is.All.StartsWith("# Recorded: ").Or.StartsWith("# Reconstructed: "));
    }

    private static TestClient LogInElsewhere(TestServer server)
    {
        TestClient other = server.LogIn();
        other.Command("e SELECT INBOX");
        return other;
    }

    private static TestClient Begin(TestServer server, string how)
    {
        if (how == "clear")
        {
            return server.ConnectSilently(isTls: false, canStartTls: true);
        }

        if (how == "connected")
        {
            return server.ConnectSilently();
        }

        TestClient client = server.LogIn();
        string rest = how;
        if (rest.StartsWith("rev2", StringComparison.Ordinal))
        {
            Assert.That(client.Command("b ENABLE IMAP4rev2")[^1], Does.StartWith("b OK "));
            rest = rest["rev2".Length..].TrimStart();
        }

        if (rest.StartsWith("selected ", StringComparison.Ordinal))
        {
            Assert.That(client.Command("b SELECT " + rest["selected ".Length..])[^1], Does.StartWith("b OK "));
            rest = "";
        }

        return rest is "" or "logged in" ? client : throw new FormatException($"Begin: {how}");
    }
}
