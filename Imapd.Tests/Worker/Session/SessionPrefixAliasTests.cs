using Imapd.Worker.Commands;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>A client from Courier's days, and one that knows nothing of prefixes, with the same mailboxes.</summary>
public sealed class SessionPrefixAliasTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.Start(Mail.Three);

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void Every_command_knows_a_mailbox_by_its_name_with_the_prefix() => _server.Converse("""
        C: a CREATE INBOX.Lists.imap
        S: a OK …
        C: b SUBSCRIBE inbox.Lists.imap
        S: b OK …
        C: c APPEND INBOX.Lists.imap {4+}
        C: x
        C: 
        S: c OK [APPENDUID …
        C: d COPY 1 INBOX.Lists.imap
        S: d OK …
        C: e STATUS INBOX.Lists.imap (MESSAGES)
        S: * STATUS INBOX.Lists.imap (MESSAGES 2)
        S: e OK …
        C: f STATUS Lists/imap (MESSAGES)
        S: * STATUS Lists/imap (MESSAGES 2)
        S: f OK …
        C: g RENAME INBOX.Lists.imap INBOX.Lists.new
        S: g OK …
        C: h MOVE 1 INBOX.Nowhere.at.all
        S: h NO [TRYCREATE] …
        C: i LIST "" *
        S: * LIST (\HasNoChildren) "/" INBOX
        S: * LIST (\Noselect \HasChildren) "/" Lists
        S: * LIST (\HasNoChildren) "/" Lists/new
        S: i OK …
        C: j LIST "" INBOX.*
        S: * LIST (\Noselect \HasChildren) "." INBOX.Lists
        S: * LIST (\HasNoChildren) "." INBOX.Lists.new
        S: j OK …
        C: k LIST INBOX. %
        S: * LIST (\Noselect \HasChildren) "." INBOX.Lists
        S: k OK …
        C: l LSUB "" INBOX.%
        S: * LSUB (\Noselect) "." INBOX.Lists
        S: l OK …
        C: m LSUB "" INBOX.*
        S: * LSUB () "." INBOX.Lists.imap
        S: m OK …
        C: n LSUB "" *
        S: * LSUB () "/" Lists/imap
        S: n OK …
        C: o NAMESPACE
        S: * NAMESPACE (("" "/")) NIL NIL
        S: o OK …
        C: p UNSUBSCRIBE INBOX.Lists.imap
        S: p OK …
        C: q LSUB "" *
        S: q OK …
        C: r SELECT INBOX.Lists.new
        S: * OK [CLOSED] …
        S: * 2 EXISTS
        S: …
        S: r OK [READ-WRITE] …
        C: s DELETE INBOX.Lists.new
        S: * OK [CLOSED] …
        S: s OK …
        C: t LIST "" INBOX.*
        S: t OK …
        """);

    [Test]
    public void A_full_stop_within_a_level_is_escaped_and_INBOX_is_itself() => _server.Converse("""
        C: a CREATE example.org/a
        S: a OK …
        C: b CREATE INBOX/sub
        S: b OK …
        C: c LIST "" (INBOX.% INBOX.*.a) RETURN (STATUS (MESSAGES))
        S: * LIST (\NonExistent \HasChildren) "." "INBOX.example\\2eorg"
        S: * LIST (\HasNoChildren) "." "INBOX.example\\2eorg.a"
        S: * STATUS "INBOX.example\\2eorg.a" (MESSAGES 0)
        S: c OK …
        C: d SELECT "INBOX.example\\2eorg.a"
        S: …
        S: d OK [READ-WRITE] …
        C: e STATUS INBOX.INBOX (MESSAGES)
        S: * STATUS INBOX.INBOX (MESSAGES 3)
        S: e OK …
        C: f STATUS INBOX.INBOX.sub (MESSAGES)
        S: * STATUS INBOX.INBOX.sub (MESSAGES 0)
        S: f OK …
        C: g CREATE INBOX.
        S: g OK …
        C: h LIST "" INBOX.
        S: * LIST (\HasNoChildren) "/" INBOX.
        S: h OK …
        """);

    [Test]
    public void A_mailbox_that_really_has_such_a_name_is_meant_first()
    {
        Directory.CreateDirectory(Path.Combine(_server.MailRoot, ".INBOX\\2eSent", "cur"));
        Directory.CreateDirectory(Path.Combine(_server.MailRoot, ".Sent", "cur"));
        File.WriteAllText(Path.Combine(_server.MailRoot, ".Sent", "cur", "1.x:2,"), "x\n");
        _server.Converse("""
            C: a STATUS INBOX.Sent (MESSAGES)
            S: * STATUS INBOX.Sent (MESSAGES 0)
            S: a OK …
            C: b STATUS INBOX.sent (MESSAGES)
            S: b NO [NONEXISTENT] …
            C: c LIST "" INBOX.*
            S: * LIST (\HasNoChildren) "/" INBOX.Sent
            S: * LIST (\HasNoChildren \Sent) "." INBOX.Sent
            S: c OK …
            """);
    }

    [Test]
    public void A_client_that_speaks_rev2_is_told_the_name_it_used() => _server.Converse("""
        C: a ENABLE IMAP4rev2
        S: * ENABLED IMAP4rev2
        S: a OK …
        C: b CREATE INBOX.Notes
        S: b OK …
        C: c SELECT INBOX.Notes
        S: …
        S: * LIST (\HasNoChildren) "." INBOX.Notes
        S: c OK [READ-WRITE] …
        """);

    [Test]
    public void With_a_slash_the_mailboxes_seem_to_be_below_INBOX()
    {
        _server.Options = _server.Options with { PrefixAlias = new PrefixAlias("INBOX/") };
        using TestClient client = _server.LogIn();
        client.Converse("""
            C: a CREATE INBOX/Sent.x/y
            S: a OK …
            C: b LIST "" *
            S: * LIST (\HasNoChildren) "/" INBOX
            S: * LIST (\Noselect \HasChildren) "/" Sent.x
            S: * LIST (\HasNoChildren) "/" Sent.x/y
            S: * LIST (\Noselect \HasChildren) "/" INBOX/Sent.x
            S: * LIST (\HasNoChildren) "/" INBOX/Sent.x/y
            S: b OK …
            """.Replace("\"\" *", "\"\" (* INBOX/*) RETURN ()", StringComparison.Ordinal).Replace("\\Noselect", "\\NonExistent", StringComparison.Ordinal));
    }

    [Test]
    public void Without_it_the_name_is_a_name_like_any_other()
    {
        _server.Options = _server.Options with { PrefixAlias = null };
        using TestClient client = _server.LogIn();
        client.Converse("""
            C: a CREATE INBOX.Sent
            S: a OK …
            C: b LIST "" IN*.*
            S: * LIST (\HasNoChildren) "/" INBOX.Sent
            S: b OK …
            """);
    }
}
