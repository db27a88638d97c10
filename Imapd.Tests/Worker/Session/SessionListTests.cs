using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>LIST over the hierarchy of RFC 9051 §6.3.9.8, example 8.</summary>
public sealed class SessionListTests
{
    private TestServer _server = null!;

    [OneTimeSetUp]
    public void SetUp()
    {
        _server = TestServer.Start(Mail.Three);
        foreach (string name in new[] { "foo2/bar1", "foo2/bar2", "baz2/bar2", "baz2/bar22", "baz2/bar222", "eps2/mamba", "qux2/bar2" })
        {
            _server.Client.Command($"c CREATE {name}");
            _server.Client.Command($"s SUBSCRIBE {name}");
        }

        foreach (string name in new[] { "foo2", "baz2", "eps2" })
        {
            _server.Client.Command($"c CREATE {name}");
        }

        _server.Client.Command("s SUBSCRIBE eps2");
        _server.Client.Command("s SUBSCRIBE gone/away");
    }

    [OneTimeTearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void An_empty_pattern_asks_for_the_delimiter() => _server.Converse("""
        C: a LIST "" ""
        S: * LIST (\Noselect) "/" ""
        S: a OK …
        C: b LIST foo2 ""
        S: * LIST (\Noselect) "/" ""
        S: b OK …
        """);

    [Test]
    public void A_percent_sign_stops_at_the_level_and_an_asterisk_does_not() => _server.Converse("""
        C: a LIST "" %
        S: * LIST (\HasNoChildren) "/" INBOX
        S: * LIST (\HasChildren) "/" baz2
        S: * LIST (\HasChildren) "/" eps2
        S: * LIST (\HasChildren) "/" foo2
        S: * LIST (\Noselect \HasChildren) "/" qux2
        S: a OK …
        C: b LIST "" foo*
        S: * LIST (\HasChildren) "/" foo2
        S: * LIST (\HasNoChildren) "/" foo2/bar1
        S: * LIST (\HasNoChildren) "/" foo2/bar2
        S: b OK …
        C: c LIST baz2/ %2
        S: * LIST (\HasNoChildren) "/" baz2/bar2
        S: * LIST (\HasNoChildren) "/" baz2/bar22
        S: * LIST (\HasNoChildren) "/" baz2/bar222
        S: c OK …
        C: d LIST "" inbox
        S: * LIST (\HasNoChildren) "/" INBOX
        S: d OK …
        C: e LIST "" nowhere
        S: e OK …
        """);

    [Test]
    public void Several_patterns_name_a_mailbox_once() => _server.Converse("""
        C: a LIST "" (INBOX "in*" eps2)
        S: * LIST (\HasNoChildren) "/" INBOX
        S: * LIST (\HasChildren) "/" eps2
        S: a OK …
        """);

    [Test]
    public void A_parent_that_is_no_mailbox_is_told_as_such_to_those_who_know_the_word() => _server.Converse("""
        C: a LIST "" qux2 RETURN (CHILDREN)
        S: * LIST (\NonExistent \HasChildren) "/" qux2
        S: a OK …
        """);

    [Test]
    public void Subscriptions_are_listed_by_LIST_too() => _server.Converse("""
        C: a LIST (SUBSCRIBED) "" *
        S: * LIST (\HasNoChildren \Subscribed) "/" baz2/bar2
        S: * LIST (\HasNoChildren \Subscribed) "/" baz2/bar22
        S: * LIST (\HasNoChildren \Subscribed) "/" baz2/bar222
        S: * LIST (\HasChildren \Subscribed) "/" eps2
        S: * LIST (\HasNoChildren \Subscribed) "/" eps2/mamba
        S: * LIST (\HasNoChildren \Subscribed) "/" foo2/bar1
        S: * LIST (\HasNoChildren \Subscribed) "/" foo2/bar2
        S: * LIST (\NonExistent \HasNoChildren \Subscribed) "/" gone/away
        S: * LIST (\HasNoChildren \Subscribed) "/" qux2/bar2
        S: a OK …
        C: b LIST "" %s2 RETURN (SUBSCRIBED)
        S: * LIST (\HasChildren \Subscribed) "/" eps2
        S: b OK …
        C: c LIST (SUBSCRIBED) "" foo2
        S: c OK …
        """);

    [Test]
    public void RECURSIVEMATCH_adds_parents_of_what_is_not_told_itself() => _server.Converse("""
        C: a LIST (RECURSIVEMATCH SUBSCRIBED) "" *2
        S: * LIST (\HasNoChildren \Subscribed) "/" baz2/bar2
        S: * LIST (\HasNoChildren \Subscribed) "/" baz2/bar22
        S: * LIST (\HasNoChildren \Subscribed) "/" baz2/bar222
        S: * LIST (\HasChildren \Subscribed) "/" eps2 ("CHILDINFO" ("SUBSCRIBED"))
        S: * LIST (\HasChildren) "/" foo2 ("CHILDINFO" ("SUBSCRIBED"))
        S: * LIST (\HasNoChildren \Subscribed) "/" foo2/bar2
        S: * LIST (\HasNoChildren \Subscribed) "/" qux2/bar2
        S: a OK …
        C: b LIST (SUBSCRIBED RECURSIVEMATCH) "" %
        S: * LIST (\HasChildren) "/" baz2 ("CHILDINFO" ("SUBSCRIBED"))
        S: * LIST (\HasChildren \Subscribed) "/" eps2 ("CHILDINFO" ("SUBSCRIBED"))
        S: * LIST (\HasChildren) "/" foo2 ("CHILDINFO" ("SUBSCRIBED"))
        S: * LIST (\NonExistent \HasNoChildren) "/" gone ("CHILDINFO" ("SUBSCRIBED"))
        S: * LIST (\NonExistent \HasChildren) "/" qux2 ("CHILDINFO" ("SUBSCRIBED"))
        S: b OK …
        """);

    [Test]
    public void LIST_tells_the_status_of_each_mailbox_there_is() => _server.Converse("""
        C: a LIST "" (INBOX qux2) RETURN (STATUS (MESSAGES UIDNEXT))
        S: * LIST (\HasNoChildren) "/" INBOX
        S: * STATUS INBOX (MESSAGES 3 UIDNEXT 4)
        S: * LIST (\NonExistent \HasChildren) "/" qux2
        S: a OK …
        """);
}
