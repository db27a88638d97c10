using System.Diagnostics;
using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>LIST and LSUB (RFC 9051 §6.3.9, RFC 3501 §6.3.9, RFC 5258, RFC 5819).</summary>
public sealed class ListRuleTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp()
    {
        _server = TestServer.Start(Mail.Three);
        foreach (string name in new[] { "Foo", "Foo/Bar", "Foo/Baz", "Moo", "music/rock" })
        {
            _server.Client.Command($"c CREATE {name}");
        }
    }

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void An_empty_name_in_an_extended_LIST_means_nothing() => _server.Converse("""
        C: a LIST () "" ""
        S: a OK …
        C: b LIST Foo ("")
        S: b OK …
        C: c LIST "" ("" Moo "")
        S: * LIST (\HasNoChildren) "/" Moo
        S: c OK …
        C: d LIST Foo "" RETURN (CHILDREN)
        S: d OK …
        """);

    [Test]
    public void An_option_given_twice_counts_once_and_the_order_of_options_is_nothing() => _server.Converse("""
        C: a SUBSCRIBE Foo/Baz
        S: a OK …
        C: b LIST (SUBSCRIBED RECURSIVEMATCH SUBSCRIBED) "" % RETURN (CHILDREN STATUS (MESSAGES) CHILDREN)
        S: * LIST (\HasChildren) "/" Foo ("CHILDINFO" ("SUBSCRIBED"))
        S: b OK …
        C: c LIST (RECURSIVEMATCH SUBSCRIBED) "" % RETURN (STATUS (MESSAGES) CHILDREN)
        S: * LIST (\HasChildren) "/" Foo ("CHILDINFO" ("SUBSCRIBED"))
        S: c OK …
        """);

    [TestCase("LIST (X-UNKNOWN) \"\" *")]
    [TestCase("LIST (SUBSCRIBED X-UNKNOWN) \"\" *")]
    [TestCase("LIST \"\" * RETURN (X-UNKNOWN)")]
    [TestCase("LIST (RECURSIVEMATCH) \"\" *")]
    [TestCase("LIST (REMOTE RECURSIVEMATCH) \"\" *")]
    [TestCase("LIST \"\" * RETURN (STATUS (X-UNKNOWN))")]
    public void An_option_that_is_not_known_or_makes_no_sense_is_BAD(string command) => _server.Converse($"""
        C: a {command}
        S: a BAD …
        """);

    [Test]
    public void Return_options_add_no_names() => _server.Converse("""
        C: a SUBSCRIBE elsewhere
        S: a OK …
        C: b SUBSCRIBE Foo/Baz
        S: b OK …
        C: c LIST "" (Moo Foo) RETURN (SUBSCRIBED CHILDREN SPECIAL-USE)
        S: * LIST (\HasChildren) "/" Foo
        S: * LIST (\HasNoChildren) "/" Moo
        S: c OK …
        C: d LIST "" e* RETURN (SUBSCRIBED)
        S: d OK …
        """);

    [TestCase("\"&AO*\"")]
    [TestCase("a//b")]
    [TestCase("../*")]
    [TestCase("&&")]
    [TestCase("\"a\u0001*\"")]
    public void A_pattern_that_can_match_nothing_is_passed_over(string pattern) => _server.Converse($"""
        C: a LIST "" {pattern}
        S: a OK …
        C: b LIST "" ({pattern} Moo)
        S: * LIST (\HasNoChildren) "/" Moo
        S: b OK …
        """);

    [Test]
    public void The_reference_goes_before_the_name_as_it_is() => _server.Converse("""
        C: a LIST Foo/ %
        S: * LIST (\HasNoChildren) "/" Foo/Bar
        S: * LIST (\HasNoChildren) "/" Foo/Baz
        S: a OK …
        C: b LIST Fo o
        S: * LIST (\HasChildren) "/" Foo
        S: b OK …
        C: c LIST inbox ""
        S: * LIST (\Noselect) "/" ""
        S: c OK …
        C: d LIST Foo/Bar/ *
        S: d OK …
        """);

    [TestCase("*")]
    [TestCase("%")]
    [TestCase("inbox")]
    [TestCase("iNb%")]
    [TestCase("*x")]
    public void INBOX_is_told_where_its_name_in_capitals_matches(string pattern) => Assert.That(
        _server.Client.Command($"a LIST \"\" {pattern}"), Has.Exactly(1).EqualTo("* LIST (\\HasNoChildren) \"/\" INBOX"));

    [Test]
    public void REMOTE_adds_nothing_where_nothing_is_remote()
    {
        IReadOnlyList<string> all = _server.Client.Command("a LIST () \"\" *");
        Assert.That(_server.Client.Command("a LIST (REMOTE) \"\" *"), Is.EqualTo(all));
        Assert.That(all, Has.None.Contains("\\Remote"));
    }

    [Test]
    public void CHILDINFO_is_of_children_that_meet_the_selection_and_HasChildren_of_any() => _server.Converse("""
        C: a LIST (SUBSCRIBED RECURSIVEMATCH) "" %
        S: a OK …
        C: b SUBSCRIBE Foo/Baz
        S: b OK …
        C: c LIST (SUBSCRIBED) "" *
        S: * LIST (\HasNoChildren \Subscribed) "/" Foo/Baz
        S: c OK …
        C: d LIST (SUBSCRIBED) "" %
        S: d OK …
        C: e LIST (SUBSCRIBED RECURSIVEMATCH) "" %
        S: * LIST (\HasChildren) "/" Foo ("CHILDINFO" ("SUBSCRIBED"))
        S: e OK …
        C: f SUBSCRIBE Foo
        S: f OK …
        C: g LIST (SUBSCRIBED RECURSIVEMATCH) "" %
        S: * LIST (\HasChildren \Subscribed) "/" Foo ("CHILDINFO" ("SUBSCRIBED"))
        S: g OK …
        C: h UNSUBSCRIBE Foo/Baz
        S: h OK …
        C: i SUBSCRIBE Moo
        S: i OK …
        C: j LIST (SUBSCRIBED RECURSIVEMATCH) "" % RETURN (CHILDREN)
        S: * LIST (\HasChildren \Subscribed) "/" Foo
        S: * LIST (\HasNoChildren \Subscribed) "/" Moo
        S: j OK …
        """);

    [Test]
    public void CHILDINFO_does_not_mean_that_a_child_exists() => _server.Converse("""
        C: a SUBSCRIBE Moo/gone
        S: a OK …
        C: b LIST (SUBSCRIBED) "" "Moo/*"
        S: * LIST (\NonExistent \HasNoChildren \Subscribed) "/" Moo/gone
        S: b OK …
        C: c LIST (SUBSCRIBED RECURSIVEMATCH) "" Moo RETURN (CHILDREN)
        S: * LIST (\HasNoChildren) "/" Moo ("CHILDINFO" ("SUBSCRIBED"))
        S: c OK …
        C: d SUBSCRIBE none/at/all
        S: d OK …
        C: e LIST (SUBSCRIBED RECURSIVEMATCH) "" n%
        S: * LIST (\NonExistent \HasNoChildren) "/" none ("CHILDINFO" ("SUBSCRIBED"))
        S: e OK …
        """);

    [Test]
    public void A_level_without_a_mailbox_is_told_with_the_word_the_client_knows() => _server.Converse("""
        C: a LIST "" music
        S: * LIST (\Noselect \HasChildren) "/" music
        S: a OK …
        C: b LIST () "" m%
        S: * LIST (\NonExistent \HasChildren) "/" music
        S: b OK …
        C: c LIST "" (% music/rock) RETURN (CHILDREN)
        S: * LIST (\HasNoChildren) "/" INBOX
        S: * LIST (\HasChildren) "/" Foo
        S: * LIST (\HasNoChildren) "/" Moo
        S: * LIST (\NonExistent \HasChildren) "/" music
        S: * LIST (\HasNoChildren) "/" music/rock
        S: c OK …
        C: d ENABLE IMAP4rev2
        S: …
        S: d OK …
        C: e LIST "" music
        S: * LIST (\NonExistent \HasChildren) "/" music
        S: e OK …
        """);

    [Test]
    public void A_name_told_for_what_is_below_it_has_no_STATUS() => _server.Converse("""
        C: a SUBSCRIBE INBOX
        S: a OK …
        C: b SUBSCRIBE Foo/Baz
        S: b OK …
        C: c LIST (SUBSCRIBED RECURSIVEMATCH) "" % RETURN (STATUS (MESSAGES))
        S: * LIST (\HasNoChildren \Subscribed) "/" INBOX
        S: * STATUS INBOX (MESSAGES 3)
        S: * LIST (\HasChildren) "/" Foo ("CHILDINFO" ("SUBSCRIBED"))
        S: c OK …
        C: d SUBSCRIBE gone
        S: d OK …
        C: e LIST (SUBSCRIBED) "" g* RETURN (STATUS (MESSAGES))
        S: * LIST (\NonExistent \HasNoChildren \Subscribed) "/" gone
        S: e OK …
        """);

    [Test]
    public void STATUS_in_LIST_takes_every_item_of_STATUS()
    {
        string[] lines =
        [
            .. _server.Client.Command("a LIST \"\" INBOX RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE RECENT APPENDLIMIT))"),
        ];
        Assert.That(lines[0], Is.EqualTo("* LIST (\\HasNoChildren) \"/\" INBOX"));
        Assert.That(
            lines[1],
            Does.Match(@"^\* STATUS INBOX \(MESSAGES 3 RECENT 0 UIDNEXT 4 UIDVALIDITY \d+ UNSEEN 0 DELETED 0 SIZE \d+ APPENDLIMIT 67108864\)$"));
    }

    [Test]
    public void A_mailbox_whose_status_cannot_be_had_is_told_without_it()
    {
        string list = Path.Combine(_server.MailRoot, ".Moo", "dovecot-uidlist");
        File.Delete(list);
        using (Process process = Process.Start("mkfifo", [list]))
        {
            process.WaitForExit();
        }

        _server.Converse("""
            C: a LIST "" (Moo music/rock) RETURN (STATUS (MESSAGES))
            S: * LIST (\HasNoChildren) "/" Moo
            S: * LIST (\HasNoChildren) "/" music/rock
            S: * STATUS music/rock (MESSAGES 0)
            S: a OK …
            """);
    }

    [Test]
    public void LSUB_with_a_percent_sign_tells_a_name_above_as_one_that_cannot_be_selected() => _server.Converse("""
        C: a SUBSCRIBE Foo/Bar
        S: a OK …
        C: b LSUB "" %
        S: * LSUB (\Noselect) "/" Foo
        S: b OK …
        C: c SUBSCRIBE Foo
        S: c OK …
        C: d LSUB "" %
        S: * LSUB () "/" Foo
        S: d OK …
        C: e LSUB "" *
        S: * LSUB () "/" Foo
        S: * LSUB () "/" Foo/Bar
        S: e OK …
        C: f LSUB Foo/ B*
        S: * LSUB () "/" Foo/Bar
        S: f OK …
        """);
}
