using System.Text;
using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>Which names mailboxes can have (RFC 9051 §5.1, RFC 3501 §5.1, RFC 6855 §3).</summary>
public sealed class MailboxNameRuleTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.Start(Mail.Three);

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void INBOX_is_one_mailbox_in_every_case_and_so_is_what_is_below_it() => _server.Converse("""
        C: a SELECT iNbOx
        S: …
        S: a OK [READ-WRITE] …
        C: b STATUS "Inbox" (MESSAGES)
        S: * STATUS INBOX (MESSAGES 3)
        S: b OK …
        C: c CREATE inbox/Sub
        S: c OK …
        C: d CREATE INBOX/Sub
        S: d NO [ALREADYEXISTS] …
        C: e STATUS InBox/Sub (MESSAGES)
        S: * STATUS INBOX/Sub (MESSAGES 0)
        S: e OK …
        C: f STATUS INBOX/sub (MESSAGES)
        S: f NO [NONEXISTENT] …
        C: g SUBSCRIBE inbox
        S: g OK …
        C: h LSUB "" *
        S: * LSUB () "/" INBOX
        S: h OK …
        """);

    [Test]
    public void Names_but_INBOX_differ_by_case() => _server.Converse("""
        C: a CREATE Work
        S: a OK …
        C: b CREATE work
        S: b OK …
        C: c RENAME WORK x
        S: c NO [NONEXISTENT] …
        """);

    [TestCase("..")]
    [TestCase(".")]
    [TestCase("../x")]
    [TestCase("a/../b")]
    [TestCase("a/./b")]
    [TestCase("a/..")]
    [TestCase("/etc/passwd")]
    [TestCase("//")]
    [TestCase("/")]
    [TestCase("a//b")]
    [TestCase("a\u0001b")]
    [TestCase("a\tb")]
    [TestCase("a\u007Fb")]
    [TestCase("")]
    public void A_name_that_no_file_system_should_see_is_refused(string name)
    {
        string[] before = Entries();
        foreach (string command in new[] { "CREATE \"{0}\"", "RENAME INBOX \"{0}\"", "SUBSCRIBE \"{0}\"", "COPY 1 \"{0}\"", "DELETE \"{0}\"" })
        {
            _server.Client.Send($"a {string.Format(null, command, name)}\r\n").Converse("S: a NO [CANNOT] …");
        }

        Assert.That(Entries(), Is.EqualTo(before));
    }

    [TestCase(".hidden")]
    [TestCase("...")]
    [TestCase("a.b")]
    [TestCase(".a/.b")]
    [TestCase("~root")]
    [TestCase("cur")]
    [TestCase("new/tmp")]
    [TestCase("a b")]
    [TestCase("#news")]
    [TestCase("back\\\\slash")]
    [TestCase("quo\\\"te")]
    [TestCase("dovecot-uidlist")]
    public void A_name_that_only_looks_odd_is_a_mailbox_below_the_Maildir(string quoted)
    {
        _server.Client.Send($"a CREATE \"{quoted}\"\r\nb STATUS \"{quoted}\" (MESSAGES)\r\nc DELETE \"{quoted}\"\r\n").Converse("""
            S: a OK …
            S: * STATUS … (MESSAGES 0)
            S: b OK …
            S: c OK …
            C: d LIST "" *
            S: * LIST (\HasNoChildren) "/" INBOX
            S: d OK …
            """);
        Assert.That(Directory.GetFileSystemEntries(Path.GetDirectoryName(_server.MailRoot)!), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_level_may_be_as_long_as_the_disk_lets_it_and_not_longer()
    {
        string longest = new('x', 254);
        _server.Converse($"""
            C: a CREATE {longest}
            S: a OK …
            C: b LIST "" x*
            S: * LIST (\HasNoChildren) "/" {longest}
            S: b OK …
            C: c CREATE {longest}x
            S: c NO [CANNOT] …
            C: d RENAME {longest} {longest}x
            S: d NO [CANNOT] …
            C: e CREATE {new string('y', 10_000)}
            S: e NO [CANNOT] …
            C: f SELECT {longest}
            S: …
            S: f OK …
            """);
    }

    [Test]
    public void A_name_and_its_composed_form_are_one_mailbox()
    {
        string decomposed = Octets("Entwu\u0308rfe");
        string composed = Octets("Entw\u00FCrfe");
        _server.Client.Command("e ENABLE UTF8=ACCEPT");
        _server.Client.Send($"a CREATE \"{decomposed}\"\r\nb CREATE \"{composed}\"\r\nc STATUS \"{decomposed}\" (MESSAGES)\r\n").Converse($"""
            S: a OK …
            S: b NO [ALREADYEXISTS] …
            S: * STATUS "{composed}" (MESSAGES 0)
            S: c OK …
            """);
        _server.Client.Send($"d LIST \"\" \"{decomposed}\"\r\n").Converse($"""
            S: * LIST (\HasNoChildren) "/" "{composed}"
            S: d OK …
            """);
    }

    [TestCase("a\u0080b")]
    [TestCase("a\u2028b")]
    [TestCase("a\u2029b")]
    public void Control_and_separator_characters_of_Unicode_are_in_no_name(string name)
    {
        _server.Client.Command("e ENABLE IMAP4rev2");
        _server.Client.Send($"a CREATE \"{Octets(name)}\"\r\n").Converse("S: a NO [CANNOT] …");
    }

    [Test]
    public void What_is_not_UTF_8_is_BAD_and_no_name()
    {
        _server.Client.Command("e ENABLE UTF8=ACCEPT");
        _server.Client.Send("a CREATE \"\u00C3(\"\r\n").Converse("S: a BAD …");
        _server.Client.Send("b CREATE \"\u00ED\u00A0\u0080\"\r\n").Converse("S: b BAD …");
    }

    [TestCase("&")]
    [TestCase("a&b")]
    [TestCase("&AGE-")]
    [TestCase("&AOk-&AOk-")]
    [TestCase("&AOk")]
    [TestCase("&Jjo!")]
    [TestCase("&U,BTFw-&ZeVnLIqe-")]
    public void A_name_that_is_not_in_the_one_modified_UTF_7_is_refused(string name) => _server.Converse($"""
        C: a CREATE {name}
        S: a NO [CANNOT] …
        """);

    [Test]
    public void Modified_base64_is_not_folded() => _server.Converse("""
        C: a CREATE &ZeVnLIqe-
        S: a OK …
        C: b CREATE &ZEVNLIQE-
        S: b OK …
        C: c LIST "" *
        S: * LIST (\HasNoChildren) "/" INBOX
        S: …
        S: c OK …
        C: d STATUS &ZeVnLIqe- (MESSAGES)
        S: * STATUS &ZeVnLIqe- (MESSAGES 0)
        S: d OK …
        """);

    [Test]
    public void In_rev1_names_are_sent_in_modified_UTF_7_by_every_response() => _server.Converse("""
        C: a CREATE A&-B/&AOk-
        S: a OK …
        C: b LIST "" A*
        S: * LIST (\Noselect \HasChildren) "/" A&-B
        S: * LIST (\HasNoChildren) "/" A&-B/&AOk-
        S: b OK …
        C: c SUBSCRIBE A&-B/&AOk-
        S: c OK …
        C: d LSUB "" *
        S: * LSUB () "/" A&-B/&AOk-
        S: d OK …
        C: e STATUS A&-B/&AOk- (MESSAGES)
        S: * STATUS A&-B/&AOk- (MESSAGES 0)
        S: e OK …
        """);

    [Test]
    public void A_name_in_UTF_8_is_taken_from_rev1_too_and_told_in_modified_UTF_7()
    {
        _server.Client.Send($"a CREATE \"{Octets("Entw\u00FCrfe")}\"\r\n").Converse("""
            S: a OK …
            C: b LIST "" E*
            S: * LIST (\HasNoChildren) "/" Entw&APw-rfe
            S: b OK …
            """);
    }

    private static string Octets(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private string[] Entries() =>
        [.. Directory.GetFileSystemEntries(Path.GetDirectoryName(_server.MailRoot)!, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
