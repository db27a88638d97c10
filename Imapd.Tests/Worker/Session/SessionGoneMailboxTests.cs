using Imapd.Protocol.Handoff;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>
/// The selected mailbox is deleted, replaced or renamed elsewhere (RFC 2180 §3.3, §3.4): the command that finds it gone gets its
/// answer, for NOOP cannot fail (RFC 9051 §6.1.2), and BYE at once. Under another name it is served as before.
/// </summary>
public sealed class SessionGoneMailboxTests
{
    private TestServer _server = null!;
    private TestClient _other = null!;

    [SetUp]
    public void SetUp()
    {
        _server = TestServer.Start(Mail.Three);
        _other = _server.LogIn();
        _other.Command("s SELECT INBOX");
    }

    [TearDown]
    public void TearDown()
    {
        _other.Dispose();
        _server.Dispose();
    }

    [Test]
    public void Whatever_the_client_asks_of_a_mailbox_that_is_gone_is_answered_and_BYE_follows(
        [Values("deleted", "deleted and made again", "removed by another program", "moved away by another program")] string fate,
        [Values("NOOP", "CHECK", "FETCH 1:* FLAGS", "UID FETCH 1:* (BODY[])", "STORE 1 +FLAGS (\\Seen)", "UID SEARCH ALL", "EXPUNGE",
            "COPY 1 INBOX", "UID MOVE 1 INBOX", "STATUS INBOX (MESSAGES)", "LIST \"\" *")] string command)
    {
        SelectWork();
        Meet(fate);
        IReadOnlyList<string> answer = _server.Client.Command("z " + command);
        Assert.That(answer[^1], Does.StartWith("z OK").Or.StartWith("z NO"));
        Assert.That(answer, Has.None.StartWith("* BYE"));
        Assert.That(_server.Client.ReadLine(), Does.StartWith("* BYE"), "without another command");
        Assert.That(_server.Client.ReadLine(), Is.Null);
        Assert.That(_server.Client.End(), Is.EqualTo(SessionEnd.Logout));
    }

    [Test]
    public void NOOP_in_a_mailbox_that_is_gone_is_OK(
        [Values("deleted", "deleted and made again", "removed by another program", "moved away by another program")] string fate)
    {
        SelectWork();
        Meet(fate);
        _server.Converse("""
            C: z NOOP
            S: z OK …
            S: * BYE …
            """);
    }

    [Test]
    public void A_mailbox_that_is_gone_can_be_left(
        [Values("deleted", "deleted and made again", "removed by another program", "moved away by another program")] string fate,
        [Values("CLOSE", "UNSELECT", "SELECT INBOX", "EXAMINE INBOX")] string command)
    {
        SelectWork();
        Meet(fate);
        Assert.That(_server.Client.Command("y " + command)[^1], Does.StartWith("y OK"));
        Assert.That(_server.Client.Command("z NOOP"), Has.Count.EqualTo(1).And.All.StartWith("z OK"));
    }

    [Test]
    public void A_mailbox_that_is_renamed_is_served_on(
        [Values("NOOP", "CHECK", "FETCH 1:* FLAGS", "UID FETCH 1:* (BODY[])", "STORE 1 +FLAGS (\\Seen)", "UID SEARCH ALL", "EXPUNGE",
            "COPY 1 INBOX", "UID MOVE 1 INBOX", "CLOSE")] string command)
    {
        SelectWork();
        _other.Command("r RENAME Work Play");
        Assert.That(_server.Client.Command("y " + command)[^1], Does.StartWith("y OK"));
        Assert.That(_server.Client.Command("z NOOP")[^1], Does.StartWith("z OK"));
    }

    [Test]
    public void A_mailbox_renamed_elsewhere_stays_selected()
    {
        _server.Client.Command("a CREATE Work");
        _server.Client.Command("b SELECT Work");
        _other.Command("c RENAME Work Play");
        _other.Command("d COPY 1 Play");
        _server.Converse("""
            C: e NOOP
            S: * 1 EXISTS
            S: …
            S: e OK …
            """);
    }

    [Test]
    public void The_selected_mailbox_may_be_renamed_and_then_deleted_by_its_new_name()
    {
        _server.Converse("""
            C: a CREATE old/below
            S: a OK …
            C: b SELECT old/below
            S: …
            S: b OK …
            C: c RENAME old new
            S: c OK …
            C: d CREATE old/below
            S: d OK …
            C: e DELETE old/below
            S: e OK …
            C: f CHECK
            S: f OK …
            C: g DELETE new/below
            S: * OK [CLOSED] …
            S: g OK …
            C: h NOOP
            S: h OK …
            """);
    }

    [Test]
    public void IDLE_in_a_mailbox_that_is_deleted_ends_with_BYE_and_no_answer()
    {
        _other.Command("a CREATE short-lived");
        _server.Converse("""
            C: a SELECT short-lived
            S: …
            S: a OK …
            C: b IDLE
            S: + …
            """);
        _other.Command("b DELETE short-lived");
        _server.Converse("S: * BYE …");
    }

    private void SelectWork()
    {
        _other.Command("a CREATE Work");
        _other.Command("b COPY 1:2 Work");
        _server.Client.Command("b SELECT Work");
    }

    private void Meet(string fate)
    {
        string directory = Path.Combine(_server.MailRoot, ".Work");
        switch (fate)
        {
            case "deleted":
                _other.Command("c DELETE Work");
                break;
            case "deleted and made again":
                _other.Command("c DELETE Work");
                _other.Command("d CREATE Work");
                break;
            case "removed by another program":
                Directory.Delete(directory, recursive: true);
                break;
            default:
                Directory.Move(directory, Path.Combine(_server.MailRoot, "away"));
                break;
        }
    }
}
