using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>What holds for every LIST response (RFC 9051 §7.3.1, §9).</summary>
public sealed class ListConformanceTests
{
    private TestServer _server = null!;

    [OneTimeSetUp]
    public void SetUp()
    {
        _server = TestServer.Start(Mail.Three);
        foreach (string command in new[]
        {
            "CREATE Sent", "CREATE Lists/imap/rev2", "CREATE Lists/imap", "CREATE Drafts", "CREATE Post (USE (\\Junk))",
            "CREATE gone/below", "SUBSCRIBE gone", "SUBSCRIBE gone/below", "SUBSCRIBE never/was", "SUBSCRIBE Lists/imap",
            "DELETE gone/below", "CREATE INBOX/child", "CREATE \"a b\"", "CREATE NIL",
        })
        {
            Assert.That(_server.Client.Command("c " + command)[^1], Does.StartWith("c OK"), command);
        }
    }

    [OneTimeTearDown]
    public void TearDown() => _server.Dispose();

    [TestCase("LIST \"\" *")]
    [TestCase("LIST \"\" %")]
    [TestCase("LIST (SUBSCRIBED) \"\" *")]
    [TestCase("LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %")]
    [TestCase("LIST (REMOTE) \"\" *")]
    [TestCase("LIST (SPECIAL-USE) \"\" *")]
    [TestCase("LIST \"\" (* %) RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)")]
    public void Attributes_stand_once_and_do_not_contradict_each_other(string command)
    {
        foreach (TestClient client in new[] { _server.LogIn(), Rev2() })
        {
            IReadOnlyList<string> answer = client.Command("a " + command);
            Assert.That(answer, Has.Count.GreaterThan(1), command);
            foreach (string line in answer.SkipLast(1))
            {
                string[] attributes = line["* LIST (".Length..line.IndexOf(')', StringComparison.Ordinal)].Split(' ');
                Assert.That(attributes, Is.Unique, line);
                Assert.That(attributes.Count(a => a is "\\HasChildren" or "\\HasNoChildren"), Is.EqualTo(1), line);
                Assert.That(attributes.Count(a => a is "\\NonExistent" or "\\Noselect" or "\\Marked" or "\\Unmarked"), Is.LessThan(2), line);
                Assert.That(attributes, Has.None.EqualTo("\\Remote").And.None.EqualTo("\\Noinferiors"), line);
            }
        }
    }

    [Test]
    public void Every_name_can_be_selected_or_says_that_it_cannot_and_is_a_reference()
    {
        TestClient client = Rev2();
        foreach (string line in client.Command("a LIST (SUBSCRIBED) \"\" * RETURN (CHILDREN)").Concat(client.Command("a LIST \"\" *")))
        {
            if (!line.StartsWith("* LIST ", StringComparison.Ordinal))
            {
                continue;
            }

            string name = line[(line.IndexOf("\"/\" ", StringComparison.Ordinal) + 4)..];
            bool exists = !line.Contains("\\NonExistent", StringComparison.Ordinal);
            Assert.That(client.Command($"b EXAMINE {name}")[^1], Does.StartWith(exists ? "b OK" : "b NO"), line);
            Assert.That(client.Command($"c LIST {name} /*")[^1], Does.StartWith("c OK"), line);
        }
    }

    [Test]
    public void HasChildren_is_said_of_what_has_mailboxes_below_it() => _server.LogIn().Converse("""
        C: a LIST "" Lists*
        S: * LIST (\Noselect \HasChildren) "/" Lists
        S: * LIST (\HasChildren) "/" Lists/imap
        S: * LIST (\HasNoChildren) "/" Lists/imap/rev2
        S: a OK …
        C: b LIST "" INBOX*
        S: * LIST (\HasChildren) "/" INBOX
        S: * LIST (\HasNoChildren) "/" INBOX/child
        S: b OK …
        """);

    [Test]
    public void A_name_that_does_not_exist_is_told_only_if_it_is_subscribed_or_asked_for_by_what_is_below_it() => Rev2().Converse("""
        C: a LIST "" gone*
        S: a OK …
        C: b LIST "" never*
        S: b OK …
        C: c LIST (SUBSCRIBED) "" gone*
        S: * LIST (\NonExistent \HasNoChildren \Subscribed) "/" gone
        S: * LIST (\NonExistent \HasNoChildren \Subscribed) "/" gone/below
        S: c OK …
        C: d LIST (SUBSCRIBED RECURSIVEMATCH) "" never
        S: * LIST (\NonExistent \HasNoChildren) "/" never ("CHILDINFO" ("SUBSCRIBED"))
        S: d OK …
        """);

    [Test]
    public void Special_uses_are_told_among_the_attributes() => _server.LogIn().Converse("""
        C: a LIST "" (Sent Drafts Post)
        S: * LIST (\HasNoChildren \Drafts) "/" Drafts
        S: * LIST (\HasNoChildren \Junk) "/" Post
        S: * LIST (\HasNoChildren \Sent) "/" Sent
        S: a OK …
        """);

    private TestClient Rev2()
    {
        TestClient client = _server.LogIn();
        client.Command("e ENABLE IMAP4rev2");
        return client;
    }
}
