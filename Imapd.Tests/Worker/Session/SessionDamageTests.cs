using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>Garbage in the store's files while and before a session uses them: the client sees right answers.</summary>
internal sealed class SessionDamageTests
{
    private const string Fetch = "a UID FETCH 1:* (FLAGS RFC822.SIZE INTERNALDATE ENVELOPE BODYSTRUCTURE)";

    [TestCase("imapd.index")]
    [TestCase("imapd.cache")]
    public void A_file_that_is_spoilt_between_two_sessions_changes_no_answer(string file)
    {
        using TestServer server = TestServer.Start(Mail.Three);
        IReadOnlyList<string> before = Answers(server.Client);
        _ = Answers(server.Client);
        server.Client.Converse("C: b LOGOUT\nS: * BYE …\nS: b OK …");
        var random = new Random(1);
        byte[] good = File.ReadAllBytes(Path.Combine(server.MailRoot, file));
        for (int round = 0; round < 20; round++)
        {
            byte[] spoilt = [.. good];
            random.NextBytes(spoilt.AsSpan(random.Next(spoilt.Length)));
            File.WriteAllBytes(Path.Combine(server.MailRoot, file), spoilt);
            TestClient client = server.LogIn();
            client.Command("s SELECT INBOX");
            Assert.That(Answers(client), Is.EqualTo(before));
            Assert.That(client.Host.LogLines, Has.Count.LessThan(2).And.All.Contains(file));
        }
    }

    private static IReadOnlyList<string> Answers(TestClient client) => client.Command(Fetch);
}
