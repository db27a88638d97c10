using Imapd.Protocol.Handoff;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary><c>--auto</c>: mailboxes for special uses (RFC 6154) that are made at login.</summary>
public sealed class SessionAutoMailboxTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp()
    {
        _server = TestServer.StartAlone();
        _server.Options = _server.Options with
        {
            AutoMailboxes = [Read("sent:create,subscribe"), Read("trash=Deleted Items:create")],
        };
    }

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void A_user_who_has_none_finds_them_at_his_first_LIST()
    {
        _server.LogIn().Converse("""
            C: a LIST "" * RETURN (SUBSCRIBED SPECIAL-USE)
            S: * LIST (\HasNoChildren) "/" INBOX
            S: * LIST (\HasNoChildren \Trash) "/" "Deleted Items"
            S: * LIST (\HasNoChildren \Subscribed \Sent) "/" Sent
            S: a OK …
            C: b SELECT Sent
            S: …
            S: b OK [READ-WRITE] …
            """);
    }

    [TestCase("Sent Items")]
    [TestCase("sent")]
    [TestCase("INBOX/Sent")]
    public void A_mailbox_with_one_of_the_names_clients_use_is_the_one_for_the_use(string name)
    {
        Make(name);
        TestClient client = _server.LogIn();
        client.Converse($"""
            C: a LIST (SPECIAL-USE) "" * RETURN (SPECIAL-USE)
            S: * LIST (\HasNoChildren \Trash) "/" "Deleted Items"
            S: * LIST (\HasNoChildren \Sent) "/" {(name.Contains(' ', StringComparison.Ordinal) ? $"\"{name}\"" : name)}
            S: a OK …
            C: b LSUB "" *
            S: b OK …
            """);
    }

    [Test]
    public void A_mailbox_that_was_made_for_the_use_is_the_one_for_it_whatever_it_is_called()
    {
        Make("Gone out", SpecialUse.Sent);
        _server.LogIn();
        Assert.That(Names(), Is.EqualTo(new[] { "INBOX", "Deleted Items", "Gone out" }));
    }

    [Test]
    public void One_of_that_name_for_another_use_is_left_as_it_is()
    {
        Make("Sent", SpecialUse.Archive);
        _server.LogIn().Converse("""
            C: a LSUB "" *
            S: a OK …
            """);
        Assert.That(Names(), Is.EqualTo(new[] { "INBOX", "Deleted Items", "Sent" }));
    }

    [Test]
    public void They_are_made_once_and_a_user_may_unsubscribe()
    {
        _server.LogIn().Converse("""
            C: a UNSUBSCRIBE Sent
            S: a OK …
            C: b RENAME "Deleted Items" Bin
            S: b OK …
            """);
        _server.LogIn().Converse("""
            C: a LIST "" * RETURN (SUBSCRIBED SPECIAL-USE)
            S: * LIST (\HasNoChildren) "/" INBOX
            S: * LIST (\HasNoChildren \Trash) "/" Bin
            S: * LIST (\HasNoChildren \Sent) "/" Sent
            S: a OK …
            """);
    }

    [Test]
    public void Two_sessions_at_once_make_one_of_each()
    {
        using (_server.OpenStore())
        {
            // The tree alone.
        }
        Parallel.For(0, 8, _ =>
        {
            using MailStore store = _server.OpenStore();
            Imapd.Worker.Session.AutoMailboxes.Make(store, _server.Options.AutoMailboxes, why => throw new AssertionException(why));
        });
        Assert.That(Names(), Is.EqualTo(new[] { "INBOX", "Deleted Items", "Sent" }));
    }

    [Test]
    public void A_mailbox_that_cannot_be_made_keeps_nobody_out()
    {
        using (_server.OpenStore())
        {
            // The tree alone.
        }
        Directory.CreateDirectory(Path.Combine(_server.MailRoot, "subscriptions"));
        _server.LogIn().Converse("""
            C: a SELECT INBOX
            S: …
            S: a OK [READ-WRITE] …
            """);
        Assert.That(Names(), Does.Contain("Deleted Items"));
    }

    private static AutoMailbox Read(string text) =>
        AutoMailbox.TryParse(text, out AutoMailbox? mailbox, out string problem) ? mailbox : throw new AssertionException(problem);

    private void Make(string name, SpecialUse use = SpecialUse.None)
    {
        using MailStore store = _server.OpenStore();
        MailboxName.TryCreate(name, out MailboxName? mailbox, out _);
        store.Create(mailbox!, use);
    }

    private string[] Names()
    {
        using MailStore store = _server.OpenStore();
        return [.. store.List().Where(entry => entry.Exists).Select(entry => entry.Name.Value)];
    }
}
