using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>Names that are not in their canonical form, and what the client is told of them (RFC 9051 §6.3.9.7).</summary>
public sealed class SessionOldNameTests
{
    // "e" and a combining acute accent, and the one character that is the same in NFC; octets of UTF-8 as characters.
    private const string Decomposed = "e\u00CC\u0081";
    private const string Composed = "\u00C3\u00A9";

    [Test]
    public void SELECT_of_INBOX_in_small_letters_tells_how_it_is_written() => InRev2("""
        C: a SELECT inbox
        S: …
        S: * LIST (\HasNoChildren) "/" INBOX ("OLDNAME" (inbox))
        S: a OK [READ-WRITE] …
        C: b SELECT INBOX
        S: …
        S: * LIST (\HasNoChildren) "/" INBOX
        S: b OK [READ-WRITE] …
        """);

    [Test]
    public void CREATE_tells_the_normalised_name() => InRev2($"""
        C: a CREATE "{Decomposed}"
        S: * LIST (\HasNoChildren) "/" "{Composed}" ("OLDNAME" ("{Decomposed}"))
        S: a OK …
        """);

    [Test]
    public void A_delimiter_at_the_end_is_no_other_name() => InRev2("""
        C: a CREATE "new/"
        S: a OK …
        """);

    [Test]
    public void RENAME_tells_the_old_name_when_either_was_normalised() => InRev2($"""
        C: a CREATE old
        S: a OK …
        C: b RENAME old "{Decomposed}"
        S: * LIST (\HasNoChildren) "/" "{Composed}" ("OLDNAME" (old))
        S: b OK …
        C: c RENAME "{Decomposed}" new
        S: * LIST (\HasNoChildren) "/" new ("OLDNAME" ("{Decomposed}"))
        S: c OK …
        """);

    [Test]
    public void DELETE_tells_the_normalised_name_of_what_is_no_more() => InRev2($"""
        C: a CREATE "{Composed}"
        S: a OK …
        C: b DELETE "{Decomposed}"
        S: * LIST (\NonExistent \HasNoChildren) "/" "{Composed}" ("OLDNAME" ("{Decomposed}"))
        S: b OK …
        """);

    [Test]
    public void APPEND_tells_the_normalised_name()
    {
        using TestServer server = TestServer.StartAlone();
        TestClient client = server.LogIn();
        client.Converse("""
            C: e ENABLE IMAP4rev2
            S: …
            S: e OK …
            """);
        client.Send("a APPEND inbox {3+}\r\nabc\r\n").Converse("""
            S: * LIST (\HasNoChildren) "/" INBOX ("OLDNAME" (inbox))
            S: a OK [APPENDUID …
            """);
    }

    [Test]
    public void A_client_of_rev1_is_told_nothing_it_does_not_know()
    {
        using TestServer server = TestServer.StartAlone();
        server.LogIn().Converse("""
            C: a SELECT inbox
            S: …
            S: * OK [UIDNEXT …
            S: a OK [READ-WRITE] …
            """);
    }

    private static void InRev2(string transcript)
    {
        using TestServer server = TestServer.StartAlone();
        TestClient client = server.LogIn();
        client.Converse("""
            C: e ENABLE IMAP4rev2
            S: …
            S: e OK …
            """);
        client.Converse(transcript);
    }
}
