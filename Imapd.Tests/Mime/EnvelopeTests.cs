using Imapd.Protocol.Mime;
using NUnit.Framework;

namespace Imapd.Tests.Mime;

internal sealed class EnvelopeTests
{
    private const string Missing = "\"MISSING_MAILBOX\" \"MISSING_DOMAIN\"";

    [TestCase("a@b", "(NIL NIL \"a\" \"b\")")]
    [TestCase("Foo Bar <a@b>", "(\"Foo Bar\" NIL \"a\" \"b\")")]
    [TestCase("\"Foo, \\\"x\\\" Bar\" <a@b>", "(\"Foo, \\\"x\\\" Bar\" NIL \"a\" \"b\")")]
    [TestCase("a@b (Foo Bar)", "(\"Foo Bar\" NIL \"a\" \"b\")")]
    [TestCase("<a@b> (Foo)", "(\"Foo\" NIL \"a\" \"b\")")]
    [TestCase("a@b (x (y) z)", "(\"x (y) z\" NIL \"a\" \"b\")")]
    [TestCase("Foo (x) Bar <a@b> (y)", "(\"Foo Bar\" NIL \"a\" \"b\")")]
    [TestCase("<@x,@y:a@b>", "(NIL \"@x,@y\" \"a\" \"b\")")]
    [TestCase("N <@x:a@b>", "(\"N\" \"@x\" \"a\" \"b\")")]
    [TestCase("<@x a@b>", "(NIL \"INVALID_ROUTE\" \"a\" \"b\")")]
    [TestCase("grp: a@b, C <c@d>;", "(NIL NIL \"grp\" NIL)(NIL NIL \"a\" \"b\")(\"C\" NIL \"c\" \"d\")(NIL NIL NIL NIL)")]
    [TestCase("undisclosed-recipients:;", "(NIL NIL \"undisclosed-recipients\" NIL)(NIL NIL NIL NIL)")]
    [TestCase("\"my grp\": a@b", "(NIL NIL \"my grp\" NIL)(NIL NIL \"a\" \"b\")(NIL NIL NIL NIL)")]
    [TestCase("g: ;, x@y", "(NIL NIL \"g\" NIL)(NIL NIL NIL NIL)(NIL NIL \"x\" \"y\")")]
    [TestCase("g: a@b; c@d", "(NIL NIL \"g\" NIL)(NIL NIL \"a\" \"b\")(NIL NIL NIL NIL)(NIL NIL \"c\" \"d\")")]
    [TestCase("g: h: a@b;;", "(NIL NIL \"g\" NIL)(NIL NIL \"a\" \"b\")(NIL NIL NIL NIL)")]
    [TestCase("a@b; c@d", "(NIL NIL \"a\" \"b\")(NIL NIL \"c\" \"d\")")]
    [TestCase("user", "(NIL NIL \"user\" \"MISSING_DOMAIN\")")]
    [TestCase("Foo <user>", "(\"Foo\" NIL \"user\" \"MISSING_DOMAIN\")")]
    [TestCase("Foo Bar", $"(\"Foo Bar\" NIL {Missing})")]
    [TestCase("Foo <>", $"(\"Foo\" NIL {Missing})")]
    [TestCase("<>", $"(NIL NIL {Missing})")]
    [TestCase("@b", "(NIL NIL \"MISSING_MAILBOX\" \"b\")")]
    [TestCase("<@b>", "(NIL NIL \"MISSING_MAILBOX\" \"b\")")]
    [TestCase("a@", "(NIL NIL \"a\" \"MISSING_DOMAIN\")")]
    [TestCase("a@b@c", "(NIL NIL \"a\" \"b\")")]
    [TestCase(",,a@b,,c@d,", "(NIL NIL \"a\" \"b\")(NIL NIL \"c\" \"d\")")]
    [TestCase("a.b.c@d.e", "(NIL NIL \"a.b.c\" \"d.e\")")]
    [TestCase("a . b @ c . d", "(NIL NIL \"a.b\" \"c.d\")")]
    [TestCase("John Doe a@b", "(\"John Doe\" NIL \"a\" \"b\")")]
    [TestCase("\"a b\"@c", "(NIL NIL \"a b\" \"c\")")]
    [TestCase("<\"a\\\"b\"@c>", "(NIL NIL \"a\\\"b\" \"c\")")]
    [TestCase("a@[127.0.0.1]", "(NIL NIL \"a\" \"[127.0.0.1]\")")]
    [TestCase("a@[IPv6:::1], c@d", "(NIL NIL \"a\" \"[IPv6:::1]\")(NIL NIL \"c\" \"d\")")]
    [TestCase("=?utf-8?q?a_b?= =?utf-8?q?c?= <a@b>", "(\"=?utf-8?q?a_b?= =?utf-8?q?c?=\" NIL \"a\" \"b\")")]
    [TestCase("\u00e4 <a@b>", "({1}\r\n\u00e4 NIL \"a\" \"b\")")]
    [TestCase("J. R. Foo <a@b>", "(\"J. R. Foo\" NIL \"a\" \"b\")")]
    [TestCase("Foo \"Bar\" Baz <a@b>", "(\"Foo Bar Baz\" NIL \"a\" \"b\")")]
    [TestCase("\"Foo\n  Bar\" <a@b>", "(\"Foo Bar\" NIL \"a\" \"b\")")]
    [TestCase("Foo\n  Bar <a@b>,\n\tc@d", "(\"Foo Bar\" NIL \"a\" \"b\")(NIL NIL \"c\" \"d\")")]
    [TestCase("Foo\tBar  Baz <a@b>", "(\"Foo Bar Baz\" NIL \"a\" \"b\")")]
    [TestCase("\"\" <a@b>", "(NIL NIL \"a\" \"b\")")]
    [TestCase("Foo, Bar <a@b>", "(NIL NIL \"Foo\" \"MISSING_DOMAIN\")(\"Bar\" NIL \"a\" \"b\")")]
    [TestCase("a@b c@d", "(NIL NIL \"a\" \"b\")")]
    [TestCase("<<a@b>>", "(NIL NIL \"a\" \"b\")")]
    [TestCase("Foo <a@b", "(\"Foo\" NIL \"a\" \"b\")")]
    [TestCase("a@b (foo", "(\"foo\" NIL \"a\" \"b\")")]
    [TestCase("a@b (foo\\", "(\"foo\\\\\" NIL \"a\" \"b\")")]
    [TestCase("mailto:a@b", "(NIL NIL \"mailto\" NIL)(NIL NIL \"a\" \"b\")(NIL NIL NIL NIL)")]
    [TestCase("<mailto:a@b>", "(NIL NIL \"a\" \"b\")")]
    [TestCase("<,,@x,,@y:a@b>", "(NIL \"@x,@y\" \"a\" \"b\")")]
    [TestCase("\"\"@b", "(NIL NIL \"\" \"b\")")]
    [TestCase("<\"\"@b>", "(NIL NIL \"\" \"b\")")]
    [TestCase("Foo \\\"Bar\\\" <a@b>", "(\"Foo \\\"Bar\\\"\" NIL \"a\" \"b\")")]
    [TestCase("'Foo' <a@b>", "(\"'Foo'\" NIL \"a\" \"b\")")]
    public void An_address_is_taken_apart(string field, string expected) =>
        Assert.That(Scan.EnvelopeOf($"Cc: {field}\n\n"), Is.EqualTo($"(NIL NIL NIL NIL NIL NIL ({expected}) NIL NIL NIL)"));

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("(comment)")]
    [TestCase(",")]
    [TestCase(";>)")]
    public void A_field_without_an_address_is_NIL(string field) =>
        Assert.That(Scan.EnvelopeOf($"Cc: {field}\n\n"), Is.EqualTo("(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"));

    [Test]
    public void All_fields_are_told_of_in_order() =>
        Assert.That(
            Scan.EnvelopeOf("Bcc: b@b\nMessage-ID: <1@2>\nIn-Reply-To: <q>\nCc: c@c\nTo: t@t\nReply-To: r@r\nSender: s@s\n"
                + "From: f@f\nSubject: s\nDate: Sat, 21 Nov 2026 10:00:00 +0100\n\n"),
            Is.EqualTo("(\"Sat, 21 Nov 2026 10:00:00 +0100\" \"s\" ((NIL NIL \"f\" \"f\")) ((NIL NIL \"s\" \"s\")) "
                + "((NIL NIL \"r\" \"r\")) ((NIL NIL \"t\" \"t\")) ((NIL NIL \"c\" \"c\")) ((NIL NIL \"b\" \"b\")) \"<q>\" \"<1@2>\")"));

    [Test]
    public void Sender_and_reply_to_default_to_from() =>
        Assert.That(
            Scan.EnvelopeOf("From: a@b\nReply-To: ,\n\n"),
            Is.EqualTo("(NIL NIL ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) NIL NIL NIL NIL NIL)"));

    [Test]
    public void Of_texts_the_last_counts_and_addresses_are_joined() =>
        Assert.That(
            Scan.EnvelopeOf("Subject: one\nTo: a@b\nSUBJECT : two\nto: c@d\n\n"),
            Is.EqualTo("(NIL \"two\" NIL NIL NIL ((NIL NIL \"a\" \"b\")(NIL NIL \"c\" \"d\")) NIL NIL NIL NIL)"));

    [Test]
    public void An_empty_field_is_not_a_missing_one() =>
        Assert.That(Scan.EnvelopeOf("Subject:\n\n"), Is.EqualTo("(NIL \"\" NIL NIL NIL NIL NIL NIL NIL NIL)"));

    [TestCase("foo\n\t bar  \n baz =?utf-8?q?x?=", ExpectedResult = "\"foo bar baz =?utf-8?q?x?=\"")]
    [TestCase("\n foo", ExpectedResult = "\"foo\"")]
    [TestCase("a  b\tc ", ExpectedResult = "\"a  b\tc\"")]
    [TestCase("a\rb", ExpectedResult = "\"a b\"")]
    [TestCase("\u00e4", ExpectedResult = "{1}\r\n\u00e4")]
    [TestCase("a\0b", ExpectedResult = "{5}\r\na\u00ef\u00bf\u00bdb")]
    public string A_subject_is_unfolded_and_otherwise_as_sent(string subject)
    {
        string envelope = Scan.EnvelopeOf($"Subject: {subject}\n\n");
        return envelope["(NIL ".Length..^" NIL NIL NIL NIL NIL NIL NIL NIL)".Length];
    }

    [Test]
    public void Lines_that_are_no_field_are_passed_over() =>
        Assert.That(
            Scan.EnvelopeOf(" lead\n>From x\njunk\nSubject: z\n cont\n: empty\n\n"),
            Is.EqualTo("(NIL \"z cont\" NIL NIL NIL NIL NIL NIL NIL NIL)"));

    [Test]
    public void A_million_addresses_are_cut_and_a_cut_group_is_ended()
    {
        string envelope = Scan.EnvelopeOf($"To: g: {string.Concat(Enumerable.Repeat("a@b,", 1_000_000))};\n\n");

        Assert.Multiple(() =>
        {
            Assert.That(envelope.Split("(NIL NIL \"a\" \"b\")"), Has.Length.EqualTo(MimeLimits.Default.MaxAddresses));
            Assert.That(envelope, Does.EndWith("(NIL NIL NIL NIL)) NIL NIL NIL NIL)"));
        });
    }
}
