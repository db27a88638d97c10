using Imapd.Protocol.Mime;
using Imapd.Tests.Protocol;
using NUnit.Framework;

namespace Imapd.Tests.Mime;

internal sealed class BodyStructureTests
{
    private const string Plain = "\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\"";
    private const string Mixed = "Content-Type: multipart/mixed; boundary=b\n\n";

    [TestCase("", $"({Plain} 0 0)")]
    [TestCase("From: a@b\n\nhi\n", $"({Plain} 4 1)")]
    [TestCase("From: a@b\n\nhi", $"({Plain} 2 0)")]
    [TestCase(Mixed + "pre\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\nthree\n--b--\nepi\n",
        $"(({Plain} 3 0)(\"text\" \"html\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 10 1) \"mixed\")")]
    [TestCase(Mixed + "nothing\n", $"(({Plain} 0 0) \"mixed\")")]
    [TestCase("Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n", $"(({Plain} 0 0) \"mixed\")")]
    [TestCase(Mixed + "--b\n\none\n--b\n", $"(({Plain} 3 0)({Plain} 0 0) \"mixed\")")]
    [TestCase(Mixed + "--b\n\none\n--b", $"(({Plain} 3 0) \"mixed\")")]
    [TestCase("Content-Type: message/delivery-status\n\nA: b\n\nc: d\n", "(\"message\" \"delivery-status\" NIL NIL NIL \"7BIT\" 14)")]
    [TestCase("Content-Type: message/rfc822\nSubject: out\n\nFrom: q@w\nSubject: in\n\none\ntwo\n",
        "(\"message\" \"rfc822\" NIL NIL NIL \"7BIT\" 36 (NIL \"in\" ((NIL NIL \"q\" \"w\")) ((NIL NIL \"q\" \"w\")) "
        + $"((NIL NIL \"q\" \"w\")) NIL NIL NIL NIL NIL) ({Plain} 10 2) 5)")]
    [TestCase("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: in\n\none\n--b\nContent-Type: text/plain\n\nthree\n--b--\n",
        $"((\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 18 (NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) ({Plain} 3 0) 2)"
        + "(\"text\" \"plain\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 5 0) \"digest\")")]
    public void BODY_describes(string text, string expected) => Assert.That(Scan.Structure(text), Is.EqualTo(expected));

    [Test]
    public void A_message_global_is_a_message_to_who_takes_UTF_8_and_a_type_like_others_to_revision_1()
    {
        MimeEntity message = Scan.Message(Mixed + "--b\nContent-Type: message/global\n\n--b--\n");
        const string Type = "\"message\" \"global\" NIL NIL NIL \"7BIT\" 0";
        Assert.That(
            OctetCollector.WrittenText(writer => BodyStructure.Write(writer, message, extended: false), utf8: true),
            Is.EqualTo($"(({Type} (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ({Plain} 0 0) 0) \"mixed\")"));
        Assert.That(Scan.Structure(message), Is.EqualTo($"(({Type}) \"mixed\")"));
    }

    [TestCase("text", "\"text\" \"plain\" (\"CHARSET\" \"US-ASCII\")")]
    [TestCase("", "\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\")")]
    [TestCase("nonsense", "\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\")")]
    [TestCase("/plain", "\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\")")]
    [TestCase("Text / Plain (c)", "\"Text\" \"Plain\" (\"CHARSET\" \"US-ASCII\")")]
    [TestCase("Text/Plain (c); Charset=(x)utf-8 (y); format=\"flo\\\"w ed\" ; foo=b/c@d?",
        "\"Text\" \"Plain\" (\"Charset\" \"utf-8\" \"format\" \"flo\\\"w ed\" \"foo\" \"b/c@d?\")")]
    [TestCase("text/plain; charset", "\"text\" \"plain\" (\"CHARSET\" \"US-ASCII\")")]
    [TestCase("text/plain; charset=", "\"text\" \"plain\" (\"charset\" \"\")")]
    [TestCase("text/plain; ; charset=utf-8;", "\"text\" \"plain\" (\"charset\" \"utf-8\")")]
    [TestCase("text/plain; charset=a; charset=b", "\"text\" \"plain\" (\"charset\" \"a\" \"charset\" \"b\")")]
    [TestCase("text/plain charset=utf-8", "\"text\" \"plain\" (\"charset\" \"utf-8\")")]
    [TestCase("image/png; name=a b c; x=y", "\"image\" \"png\" (\"name\" \"a\" \"x\" \"y\")")]
    [TestCase("image/png; name=\"a\n  b\"", "\"image\" \"png\" (\"name\" \"a b\")")]
    [TestCase("image/png; name=\"unterm", "\"image\" \"png\" (\"name\" \"unterm\")")]
    [TestCase("image/png; name=\"unterm\\", "\"image\" \"png\" (\"name\" \"unterm\\\\\")")]
    [TestCase("image/png; name=x (unterm\\", "\"image\" \"png\" (\"name\" \"x\")")]
    [TestCase("image/png; name=\u00e4", "\"image\" \"png\" (\"name\" {1}\r\n\u00e4)")]
    [TestCase("a/b; boundary=----=_Part_1; x=a=b", "\"a\" \"b\" (\"boundary\" \"----=_Part_1\" \"x\" \"a=b\")")]
    [TestCase("a/b; n*0=ab; n*1=cd; n*2=\"e f\"", "\"a\" \"b\" (\"n\" \"abcde f\")")]
    [TestCase("a/b; n*1=b; n*0=a; x=y", "\"a\" \"b\" (\"n\" \"ab\" \"x\" \"y\")")]
    [TestCase("a/b; n*0*=utf-8''a%20b; n*1=c%d; n*2*=%41", "\"a\" \"b\" (\"n*\" \"utf-8''a%20bc%25d%41\")")]
    [TestCase("a/b; n*0=x; n*1*=%41", "\"a\" \"b\" (\"n*\" \"''x%41\")")]
    [TestCase("a/b; n*=utf-8'en'a%20b", "\"a\" \"b\" (\"n*\" \"utf-8'en'a%20b\")")]
    [TestCase("a/b; n*0=a; n*2=c", "\"a\" \"b\" (\"n*0\" \"a\" \"n*2\" \"c\")")]
    [TestCase("a/b; n*99999999999=a", "\"a\" \"b\" (\"n*99999999999\" \"a\")")]
    public void The_type_is_told_of_as_sent(string value, string expected) =>
        Assert.That(Scan.Structure($"Content-Type: {value}\n\nx\n"), Does.StartWith("(" + expected + " NIL NIL \"7BIT\" 3"));

    [TestCase("Base64", ExpectedResult = "BASE64")]
    [TestCase("quoted-printable (c)", ExpectedResult = "QUOTED-PRINTABLE")]
    [TestCase("\"8bit\"", ExpectedResult = "8BIT")]
    [TestCase("", ExpectedResult = "7BIT")]
    [TestCase("x-uuencode; y", ExpectedResult = "X-UUENCODE")]
    public string The_encoding_is_told_of_in_capitals(string value) =>
        Scan.Message($"Content-Transfer-Encoding: {value}\n\nx\n").TransferEncoding;

    [TestCase("Content-Disposition: attachment; filename=a.b", "NIL (\"attachment\" (\"filename\" \"a.b\")) NIL NIL")]
    [TestCase("Content-Disposition: inline", "NIL (\"inline\" NIL) NIL NIL")]
    [TestCase("Content-Disposition: inline; filename*0=a; filename*1=b; size=3", "NIL (\"inline\" (\"filename\" \"ab\" \"size\" \"3\")) NIL NIL")]
    [TestCase("Content-Disposition:", "NIL NIL NIL NIL")]
    [TestCase("Content-Disposition: ; x=y", "NIL NIL NIL NIL")]
    [TestCase("Content-MD5: Q2hlY2s=", "\"Q2hlY2s=\" NIL NIL NIL")]
    [TestCase("Content-Language: en, de (x), fr", "NIL NIL (\"en\" \"de\" \"fr\") NIL")]
    [TestCase("Content-Language: \"en\", x_y, de-AT", "NIL NIL (\"de-AT\") NIL")]
    [TestCase("Content-Language: ,", "NIL NIL NIL NIL")]
    [TestCase("Content-Location: http://x/", "NIL NIL NIL \"http://x/\"")]
    public void BODYSTRUCTURE_adds(string field, string expected)
    {
        Assert.That(Scan.Structure(field + "\n\nx\n", extended: true), Is.EqualTo($"({Plain} 3 1 {expected})"));
        Assert.That(
            Scan.Structure($"{field}\n{Mixed}", extended: true),
            Does.EndWith($"\"mixed\" (\"boundary\" \"b\") {expected[(expected.IndexOf(' ') + 1)..]})"));
    }

    [Test]
    public void Id_and_description_are_unfolded_and_otherwise_as_sent() =>
        Assert.That(
            Scan.Structure("Content-ID: <a@b> (x)\nContent-Description: foo =?utf-8?q?a?=\n  \"bar\"\n\nx\n"),
            Does.Contain("\"<a@b> (x)\" \"foo =?utf-8?q?a?= \\\"bar\\\"\" \"7BIT\""));

    [Test]
    public void Joining_a_hundred_thousand_continuations_ends()
    {
        string pieces = string.Concat(Enumerable.Range(0, 100_000).Reverse().Select(n => $"; n*{n}=x"));

        Assert.That(
            Scan.Message($"Content-Type: a/b{pieces}\n\n").ContentType.Find("n")!.Value.Length, Is.EqualTo(100_000));
    }

    [Test]
    public void A_deep_comment_is_passed_over() =>
        Assert.That(Scan.Message($"Content-Type: {new string('(', 1_000_000)}\n\n").ContentType, Is.EqualTo(ContentType.TextPlain));
}
