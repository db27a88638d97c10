using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE, STATUS.</summary>
public sealed class SessionMailboxTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.Start(Mail.Three);

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void A_mailbox_is_created_renamed_and_deleted() => _server.Converse("""
        C: a CREATE Lists/imap
        S: a OK …
        C: b CREATE Lists/imap
        S: b NO [ALREADYEXISTS] …
        C: c RENAME Lists/imap Lists/rev2
        S: c OK …
        C: d LIST "" Lists/*
        S: * LIST (\HasNoChildren) "/" Lists/rev2
        S: d OK …
        C: e DELETE Lists/imap
        S: e NO [NONEXISTENT] …
        C: f DELETE Lists/rev2
        S: f OK …
        C: g RENAME Lists/imap x
        S: g NO [NONEXISTENT] …
        C: h DELETE INBOX
        S: h NO [CANNOT] …
        C: i CREATE inbox
        S: i NO [ALREADYEXISTS] …
        """);

    [Test]
    public void A_trailing_delimiter_only_says_that_there_will_be_more_below() => _server.Converse("""
        C: a CREATE Lists/
        S: a OK …
        C: b LIST "" Lists
        S: * LIST (\HasNoChildren) "/" Lists
        S: b OK …
        """);

    [Test]
    public void Renaming_INBOX_moves_its_messages_and_leaves_it_empty() => _server.Converse("""
        C: a RENAME INBOX Old
        S: * 3 EXPUNGE
        S: * 2 EXPUNGE
        S: * 1 EXPUNGE
        S: a OK …
        C: b STATUS Old (MESSAGES)
        S: * STATUS Old (MESSAGES 3)
        S: b OK …
        C: c STATUS INBOX (MESSAGES)
        S: * STATUS INBOX (MESSAGES 0)
        S: c OK …
        """);

    [Test]
    public void The_selected_mailbox_can_be_deleted() => _server.Converse("""
        C: a CREATE Work
        S: a OK …
        C: b SELECT Work
        S: …
        S: b OK …
        C: c DELETE Work
        S: * OK [CLOSED] …
        S: c OK …
        C: d EXPUNGE
        S: d BAD [CLIENTBUG] …
        """);

    [Test]
    public void A_special_use_is_given_at_creation_and_told_in_every_LIST() => _server.Converse("""
        C: a CREATE Post (USE (\Sent))
        S: a OK …
        C: b LIST "" Post
        S: * LIST (\HasNoChildren \Sent) "/" Post
        S: b OK …
        C: c LIST (SPECIAL-USE) "" *
        S: * LIST (\HasNoChildren \Sent) "/" Post
        S: c OK …
        C: d LIST "" Post RETURN (SPECIAL-USE)
        S: * LIST (\HasNoChildren \Sent) "/" Post
        S: d OK …
        """);

    [Test]
    public void STATUS_tells_what_is_asked() => _server.Converse("""
        C: a STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY UNSEEN DELETED RECENT APPENDLIMIT)
        S: * STATUS INBOX (MESSAGES 3 RECENT 0 UIDNEXT 4 UIDVALIDITY … UNSEEN 0 DELETED 0 APPENDLIMIT 67108864)
        S: a OK …
        C: b STATUS nowhere (MESSAGES)
        S: b NO [NONEXISTENT] …
        """);

    [Test]
    public void STATUS_tells_the_size_of_the_mailbox()
    {
        int octets = Mail.Three.Sum(message => message.Length);
        _server.Converse($"""
            C: a STATUS INBOX (SIZE)
            S: * STATUS INBOX (SIZE {octets})
            S: a OK …
            """);
    }

    [Test]
    public void Names_are_modified_UTF_7_in_rev1_and_UTF_8_in_rev2()
    {
        TestClient client = _server.Client;
        client.Converse("""
            C: a CREATE "Entw&APw-rfe & mehr"
            S: a NO [CANNOT] …
            """);
        client.Converse("""
            C: a CREATE Entw&APw-rfe
            S: a OK …
            C: b LIST "" E*
            S: * LIST (\HasNoChildren) "/" Entw&APw-rfe
            S: b OK …
            C: c ENABLE IMAP4rev2
            S: * ENABLED IMAP4rev2
            S: c OK …
            C: d LIST "" E*
            """);
        Assert.That(client.ReadLine(), Is.EqualTo("* LIST (\\HasNoChildren) \"/\" \"Entw\u00c3\u00bcrfe\""));
        client.Converse("S: d OK …").Send("e SELECT \"Entw\u00c3\u00bcrfe\"\r\n").Converse("""
            S: …
            S: e OK [READ-WRITE] …
            """);
    }

    [Test]
    public void Subscriptions_are_names_whether_mailboxes_or_not() => _server.Converse("""
        C: a SUBSCRIBE nowhere/below
        S: a OK …
        C: b SUBSCRIBE INBOX
        S: b OK …
        C: c LSUB "" *
        S: * LSUB () "/" INBOX
        S: * LSUB () "/" nowhere/below
        S: c OK …
        C: d LSUB "" %
        S: * LSUB () "/" INBOX
        S: * LSUB (\Noselect) "/" nowhere
        S: d OK …
        C: e LSUB nowhere/ %
        S: * LSUB () "/" nowhere/below
        S: e OK …
        C: f LSUB "" ""
        S: * LSUB (\Noselect) "/" ""
        S: f OK …
        C: g UNSUBSCRIBE nowhere/below
        S: g OK …
        C: h UNSUBSCRIBE nowhere/below
        S: h OK …
        C: i LSUB "" *
        S: * LSUB () "/" INBOX
        S: i OK …
        """);
}
