using Imapd.Protocol.Values;
using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>CREATE, DELETE, RENAME, SUBSCRIBE and UNSUBSCRIBE (RFC 9051 §6.3.4 to §6.3.8).</summary>
public sealed class MailboxChangeTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.Start(Mail.Three);

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void The_levels_above_a_new_mailbox_are_there() => _server.Converse("""
        C: a CREATE foo/bar/zap
        S: a OK …
        C: b LIST "" foo*
        S: * LIST (\Noselect \HasChildren) "/" foo
        S: * LIST (\Noselect \HasChildren) "/" foo/bar
        S: * LIST (\HasNoChildren) "/" foo/bar/zap
        S: b OK …
        C: c CREATE foo
        S: c OK …
        C: d LIST "" foo
        S: * LIST (\HasChildren) "/" foo
        S: d OK …
        C: e SELECT foo/bar
        S: * OK [CLOSED] …
        S: e NO [NONEXISTENT] …
        """);

    [Test]
    public void DELETE_leaves_what_is_below_and_refuses_a_name_that_is_only_above() => _server.Converse("""
        C: a CREATE foo
        S: a OK …
        C: b CREATE foo/bar
        S: b OK …
        C: c DELETE foo
        S: c OK …
        C: d LIST "" foo*
        S: * LIST (\Noselect \HasChildren) "/" foo
        S: * LIST (\HasNoChildren) "/" foo/bar
        S: d OK …
        C: e DELETE foo
        S: e NO [HASCHILDREN] …
        C: f DELETE foo/bar
        S: f OK …
        C: g LIST "" foo*
        S: g OK …
        C: h DELETE foo
        S: h NO [NONEXISTENT] …
        """);

    [Test]
    public void DELETE_removes_the_messages()
    {
        _server.Client.Command("a CREATE foo");
        _server.Client.Command("a COPY 1:3 foo");
        _server.Converse("""
            C: b DELETE foo
            S: b OK …
            C: c CREATE foo
            S: c OK …
            C: d STATUS foo (MESSAGES)
            S: * STATUS foo (MESSAGES 0)
            S: d OK …
            """);
    }

    [TestCase("DELETE foo")]
    [TestCase("RENAME foo other")]
    public void A_mailbox_made_again_under_a_name_has_another_UIDVALIDITY(string command)
    {
        _server.Client.Command("a CREATE foo");
        string before = _server.Client.Command("a STATUS foo (UIDVALIDITY)")[0];
        _server.Client.Command("a " + command);
        _server.Client.Command("a CREATE foo");
        Assert.That(_server.Client.Command("a STATUS foo (UIDVALIDITY)")[0], Is.Not.EqualTo(before));
    }

    [Test]
    public void RENAME_takes_what_is_below_along_and_makes_the_levels_above() => _server.Converse("""
        C: a CREATE foo/bar
        S: a OK …
        C: b RENAME foo zap
        S: b OK …
        C: c LIST "" (foo* zap*)
        S: * LIST (\NonExistent \HasChildren) "/" zap
        S: * LIST (\HasNoChildren) "/" zap/bar
        S: c OK …
        C: d RENAME zap/bar baz/rag/zowie
        S: d OK …
        C: e LIST "" (zap* baz*)
        S: * LIST (\NonExistent \HasChildren) "/" baz
        S: * LIST (\NonExistent \HasChildren) "/" baz/rag
        S: * LIST (\HasNoChildren) "/" baz/rag/zowie
        S: e OK …
        """);

    [TestCase("RENAME nowhere x", "NONEXISTENT")]
    [TestCase("RENAME foo bar", "ALREADYEXISTS")]
    [TestCase("RENAME foo inbox", "ALREADYEXISTS")]
    [TestCase("RENAME foo foo", "ALREADYEXISTS")]
    [TestCase("RENAME INBOX bar", "ALREADYEXISTS")]
    [TestCase("RENAME foo foo/below", "CANNOT")]
    [TestCase("RENAME foo foo/below/it", "CANNOT")]
    [TestCase("RENAME foo a//b", "CANNOT")]
    [TestCase("CREATE foo", "ALREADYEXISTS")]
    [TestCase("CREATE INBOX", "ALREADYEXISTS")]
    [TestCase("CREATE ..", "CANNOT")]
    [TestCase("DELETE nowhere", "NONEXISTENT")]
    [TestCase("DELETE iNBOX", "CANNOT")]
    [TestCase("DELETE a//b", "CANNOT")]
    public void What_cannot_be_done_with_a_name_is_answered_NO_and_changes_nothing(string command, string code)
    {
        _server.Client.Command("a CREATE foo");
        _server.Client.Command("a CREATE bar");
        _server.Converse($"""
            C: b {command}
            S: b NO [{code}] …
            C: c LIST "" *
            S: * LIST (\HasNoChildren) "/" INBOX
            S: * LIST (\HasNoChildren) "/" bar
            S: * LIST (\HasNoChildren) "/" foo
            S: c OK …
            C: d STATUS INBOX (MESSAGES)
            S: * STATUS INBOX (MESSAGES 3)
            S: d OK …
            """);
    }

    [Test]
    public void RENAME_of_INBOX_moves_its_messages_and_leaves_what_is_below_it() => _server.Converse("""
        C: a CREATE INBOX/bar
        S: a OK …
        C: b RENAME inbox old-mail
        S: * 3 EXPUNGE
        S: * 2 EXPUNGE
        S: * 1 EXPUNGE
        S: b OK …
        C: c LIST "" * RETURN (STATUS (MESSAGES))
        S: * LIST (\HasChildren) "/" INBOX
        S: * STATUS INBOX (MESSAGES 0)
        S: * LIST (\HasNoChildren) "/" INBOX/bar
        S: * STATUS INBOX/bar (MESSAGES 0)
        S: * LIST (\HasNoChildren) "/" old-mail
        S: * STATUS old-mail (MESSAGES 3)
        S: c OK …
        """);

    [Test]
    public void INBOX_may_be_renamed_to_a_name_below_it() => _server.Converse("""
        C: a RENAME INBOX INBOX/2026
        S: * 3 EXPUNGE
        S: * 2 EXPUNGE
        S: * 1 EXPUNGE
        S: a OK …
        C: b LIST "" * RETURN (STATUS (MESSAGES))
        S: * LIST (\HasChildren) "/" INBOX
        S: * STATUS INBOX (MESSAGES 0)
        S: * LIST (\HasNoChildren) "/" INBOX/2026
        S: * STATUS INBOX/2026 (MESSAGES 3)
        S: b OK …
        """);

    [Test]
    public void Subscriptions_stay_when_mailboxes_are_renamed_or_deleted() => _server.Converse("""
        C: a CREATE x
        S: a OK …
        C: b CREATE y
        S: b OK …
        C: c SUBSCRIBE x
        S: c OK …
        C: d SUBSCRIBE x
        S: d OK …
        C: e SUBSCRIBE y
        S: e OK …
        C: f RENAME x z
        S: f OK …
        C: g DELETE y
        S: g OK …
        C: h LIST (SUBSCRIBED) "" *
        S: * LIST (\NonExistent \HasNoChildren \Subscribed) "/" x
        S: * LIST (\NonExistent \HasNoChildren \Subscribed) "/" y
        S: h OK …
        C: i LIST "" * RETURN (SUBSCRIBED)
        S: * LIST (\HasNoChildren) "/" INBOX
        S: * LIST (\HasNoChildren) "/" z
        S: i OK …
        C: j UNSUBSCRIBE x
        S: j OK …
        C: k UNSUBSCRIBE never
        S: k OK …
        C: l LSUB "" *
        S: * LSUB () "/" y
        S: l OK …
        """);

    [Test]
    public void A_special_use_that_another_mailbox_was_made_for_is_refused_and_nothing_is_made() => _server.Converse("""
        C: a CREATE Post (USE (\Sent))
        S: a OK …
        C: b CREATE Other (USE (\Sent))
        S: b NO [USEATTR] …
        C: c CREATE Everything (USE (\All))
        S: c NO [USEATTR] …
        C: d CREATE Both (USE (\Drafts \Trash))
        S: d NO [USEATTR] …
        C: e LIST (SPECIAL-USE) "" *
        S: * LIST (\HasNoChildren \Sent) "/" Post
        S: e OK …
        C: f LIST "" *
        S: * LIST (\HasNoChildren) "/" INBOX
        S: * LIST (\HasNoChildren \Sent) "/" Post
        S: f OK …
        """);

    [Test]
    public void A_mailbox_found_by_its_name_gives_way_to_one_made_for_the_use() => _server.Converse("""
        C: a CREATE Sent
        S: a OK …
        C: b CREATE "Sent Messages" (USE (\Sent))
        S: b OK …
        C: c LIST (SPECIAL-USE) "" *
        S: * LIST (\HasNoChildren \Sent) "/" "Sent Messages"
        S: c OK …
        """);

    [Test]
    public void A_session_in_a_mailbox_that_is_deleted_and_made_again_is_told_to_come_back()
    {
        using TestClient other = _server.LogIn();
        other.Command("a CREATE foo");
        _server.Client.Command("b SELECT foo");
        other.Command("c DELETE foo");
        other.Command("d CREATE foo");
        other.Command("e SELECT INBOX");
        other.Command("f COPY 1 foo");
        _server.Converse("""
            C: g NOOP
            S: g OK …
            S: * BYE …
            """);
    }

    [Test]
    public void Nothing_is_told_of_mailboxes_that_others_make_or_remove()
    {
        using TestClient other = _server.LogIn();
        other.Command("a CREATE foo");
        other.Command("b RENAME foo bar");
        other.Command("c DELETE bar");
        _server.Converse("""
            C: d NOOP
            S: d OK …
            """);
    }

    [Test]
    public void Who_logs_in_finds_INBOX_and_no_mailbox_made_for_him()
    {
        using var server = TestServer.StartAlone();
        server.LogIn().Converse("""
            C: a LIST "" *
            S: * LIST (\HasNoChildren) "/" INBOX
            S: a OK …
            C: b LIST (SPECIAL-USE) "" *
            S: b OK …
            """);
    }

    private static IEnumerable<TestCaseData> KnownNames()
    {
        foreach ((SpecialUse use, string[] names) in new[]
        {
            (SpecialUse.Archive, new[] { "Archive", "Archives" }),
            (SpecialUse.Drafts, ["Drafts", "Draft"]),
            (SpecialUse.Junk, ["Junk", "Spam", "Junk E-mail", "Junk Email", "Bulk Mail"]),
            (SpecialUse.Sent, ["Sent", "Sent Items", "Sent Messages", "Sent Mail"]),
            (SpecialUse.Trash, ["Trash", "Deleted Items", "Deleted Messages", "Deleted"]),
        })
        {
            foreach (string name in names)
            {
                yield return new TestCaseData(name, use);
                yield return new TestCaseData(name.ToLowerInvariant(), use);
                yield return new TestCaseData("INBOX/" + name, use);
            }
        }
    }

    [TestCaseSource(nameof(KnownNames))]
    public void A_mailbox_with_a_well_known_name_has_its_use(string name, SpecialUse use)
    {
        _server.Client.Command($"a CREATE \"{name}\"");
        Assert.That(
            _server.Client.Command("b LIST (SPECIAL-USE) \"\" *")[0],
            Is.EqualTo($"* LIST (\\HasNoChildren \\{use}) \"/\" {(name.Contains(' ', StringComparison.Ordinal) ? $"\"{name}\"" : name)}"));
    }
}
