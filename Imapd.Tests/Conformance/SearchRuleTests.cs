using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>SEARCH (RFC 9051 §6.4.4, RFC 3501 §6.4.4, RFC 6855 §3).</summary>
public sealed class SearchRuleTests
{
    [Test]
    public void After_ENABLE_UTF8_ACCEPT_a_charset_is_BAD_in_rev1_and_redundant_in_rev2()
    {
        using TestServer server = TestServer.Start(Mail.Three);
        server.Converse("""
            C: a SEARCH CHARSET UTF-8 SUBJECT first
            S: * SEARCH 1
            S: a OK …
            C: b ENABLE UTF8=ACCEPT
            S: …
            S: b OK …
            C: c SEARCH CHARSET UTF-8 SUBJECT first
            S: c BAD …
            C: d SEARCH SUBJECT first
            S: * SEARCH 1
            S: d OK …
            C: e ENABLE IMAP4rev2
            S: …
            S: e OK …
            C: f SEARCH CHARSET UTF-8 SUBJECT first
            S: * ESEARCH (TAG "f") ALL 1
            S: f OK …
            """);
    }

    [Test]
    public void The_saved_result_can_be_named_by_a_command_sent_together_with_the_search()
    {
        using TestServer server = Rev2.Start(Mail.Three);
        server.Client.Command("a CREATE Work");
        server.Client.Send("""
            b SEARCH RETURN (SAVE) SUBJECT ir
            c FETCH $ UID
            d SEARCH RETURN (SAVE) SUBJECT second
            e SEARCH RETURN (SAVE) SUBJECT third
            f COPY $ Work
            g STORE $ +FLAGS.SILENT (\Deleted)
            h SEARCH RETURN (SAVE) SUBJECT nothing
            i COPY $ Work
            j UID MOVE $ Work
            k UID EXPUNGE $

            """.ReplaceLineEndings("\r\n")).Converse("""
            S: b OK …
            S: * 1 FETCH (UID 1)
            S: * 3 FETCH (UID 3)
            S: c OK …
            S: d OK …
            S: e OK …
            S: f OK [COPYUID … 3 1] …
            S: g OK …
            S: h OK …
            S: i OK …
            S: j OK …
            S: k OK …
            C: l FETCH 3 FLAGS
            S: * 3 FETCH (FLAGS (\Deleted \Seen))
            S: l OK …
            """);
    }

    [Test]
    public void An_EXAMINE_empties_the_saved_result()
    {
        using TestServer server = Rev2.Start(Mail.Three);
        server.Converse("""
            C: a SEARCH RETURN (SAVE) ALL
            S: a OK …
            C: b EXAMINE INBOX
            S: …
            S: b OK [READ-ONLY] …
            C: c FETCH $ UID
            S: c OK …
            """);
    }

    [Test]
    public void Criteria_in_numbers_and_in_UIDs_mean_each_their_own()
    {
        using TestServer server = Rev2.Start(Mail.Three);
        server.Client.Command("a STORE 1 +FLAGS.SILENT (\\Deleted)");
        server.Client.Command("b EXPUNGE");
        server.Converse("""
            C: a UID SEARCH 1:2 UID 3:557
            S: * ESEARCH (TAG "a") UID ALL 3
            S: a OK …
            C: b SEARCH UID 559:*
            S: * ESEARCH (TAG "b") ALL 2
            S: b OK …
            C: c UID FETCH 559:* FLAGS
            S: * 2 FETCH (UID 3 FLAGS (\Seen))
            S: c OK …
            C: d UID SEARCH RETURN (MIN MAX) 1:5000
            S: * ESEARCH (TAG "d") UID MIN 2 MAX 3
            S: d OK …
            """);
    }

    [Test]
    public void Parts_that_are_neither_text_nor_messages_are_not_searched()
    {
        using var mailbox = new MailboxUnderTest();
        foreach (string type in new[] { "application/octet-stream", "image/png", "text/plain", "text/html", "message/rfc822" })
        {
            mailbox.Add($"Content-Type: {type}\r\n\r\nSubject: x\r\n\r\na needle here\r\n");
        }

        mailbox.Select();
        Assert.That((mailbox.Search("BODY needle"), mailbox.Search("TEXT needle")), Is.EqualTo(("3 4 5", "3 4 5")));
    }

    [Test]
    public void In_rev1_a_search_that_finds_nothing_has_a_response_too()
    {
        using TestServer server = TestServer.Start(Mail.Three);
        server.Converse("""
            C: a SEARCH SUBJECT nothing
            S: * SEARCH
            S: a OK …
            C: b UID SEARCH SUBJECT nothing
            S: * SEARCH
            S: b OK …
            C: c SEARCH RETURN () SUBJECT nothing
            S: * ESEARCH (TAG "c")
            S: c OK …
            """);
    }

    [Test]
    public void A_search_with_a_return_option_has_no_SEARCH_response_in_rev1_either()
    {
        using TestServer server = TestServer.Start(Mail.Three);
        server.Converse("""
            C: a SEARCH RETURN (COUNT) ALL
            S: * ESEARCH (TAG "a") COUNT 3
            S: a OK …
            C: b SEARCH RETURN (SAVE) ALL
            S: b OK …
            C: c UID SEARCH RETURN (ALL) $
            S: * ESEARCH (TAG "c") UID ALL 1:3
            S: c OK …
            """);
    }

    [Test]
    public void The_charsets_there_are_are_told_to_who_asks_for_another()
    {
        using TestServer server = TestServer.Start(Mail.Three);
        string answer = server.Client.Command("a SEARCH CHARSET X-NONE ALL")[0];
        string[] charsets = answer["a NO [BADCHARSET (".Length..answer.IndexOf(')', StringComparison.Ordinal)].Split(' ');
        Assert.That(charsets, Is.SupersetOf(new[] { "UTF-8", "US-ASCII", "ISO-8859-15", "KOI8-R", "WINDOWS-1252", "GB18030", "SHIFT_JIS" }));
        Assert.That(charsets, Is.Unique);
        foreach (string charset in charsets)
        {
            Assert.That(server.Client.Command($"b SEARCH CHARSET {charset} ALL"), Is.EqualTo(new[] { "* SEARCH 1 2 3", "b OK SEARCH completed" }), charset);
        }
    }
}
