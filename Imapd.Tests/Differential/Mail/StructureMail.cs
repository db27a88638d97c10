using System.Text;

namespace Imapd.Tests.Differential.Mail;

/// <summary>MIME structures: nested, cut, wrong, with boundaries in each other's way (RFC 2045, RFC 2046, RFC 2231).</summary>
internal static class StructureMail
{
    private const string Mixed = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n";

    public static IReadOnlyList<NamedMail> All { get; } =
    [
        new("structure-preamble-epilogue", Mixed + "before\nit all\n--b\n\none\n--b\n\ntwo\n--b--\nbehind\nit all\n"),
        new("structure-no-parts", Mixed + "--b--\n"),
        new("structure-no-boundary-lines", Mixed + "nothing of the kind\nhere\n"),
        new("structure-no-body", "Content-Type: multipart/mixed; boundary=b\n"),
        new("structure-empty-body", Mixed),
        new("structure-no-boundary-parameter", "Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n"),
        new("structure-empty-boundary", "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\none\n----\n"),
        new("structure-no-end", Mixed + "--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n"),
        new("structure-no-end-no-line-end", Mixed + "--b\n\none\n--b\n\ntwo"),
        new("structure-cut-in-boundary", Mixed + "--b\n\none\n--b"),
        new("structure-cut-in-header", Mixed + "--b\n\none\n--b\nContent-Type: text/html"),
        new("structure-cut-behind-boundary", Mixed + "--b\n\none\n--b\n"),
        new("structure-empty-parts", Mixed + "--b\n--b\n\n--b\n\n\n--b--\n"),
        new("structure-part-without-header", Mixed + "--b\nno header here\n\none\n--b--\n"),
        new("structure-part-header-only", Mixed + "--b\nContent-Type: text/html\n--b--\n"),
        new("structure-behind-the-end", Mixed + "--b\n\none\n--b--\n--b\n\nnot a part\n--b--\n"),
        new("structure-boundary-spaces", Mixed + "--b  \t\n\none\n--b-- \n"),
        new("structure-boundary-longer-line", Mixed + "--b\n\none\n--bx\nstill one\n--b--\n"),
        new("structure-boundary-not-at-start", Mixed + "--b\n\none\n --b\nstill one\n--b--\n"),
        new("structure-boundary-behind-cr", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\r--b\rtwo\n--b--\n"),
        new("structure-boundary-space-within", "Content-Type: multipart/mixed; boundary=\"a b\"\n\n--a b\n\none\n--a b--\n"),
        new("structure-boundary-trailing-space", "Content-Type: multipart/mixed; boundary=\"b \"\n\n--b \n\none\n--b --\n"),
        new("structure-boundary-long", Boundary(new string('x', 70))),
        new("structure-boundary-too-long", Boundary(new string('x', 200))),
        new("structure-boundary-specials", Boundary("=_'()+,-./:=?")),
        new("structure-boundary-dashes", Boundary("----")),
        new("structure-boundary-ends-in-dashes", Boundary("b--")),
        new("structure-boundary-utf8", Boundary("gr\u00c3\u00bc")),
        new("structure-boundary-unquoted-specials", "Content-Type: multipart/mixed; boundary=--=_a:b?c\n\n----=_a:b?c\n\none\n----=_a:b?c--\n"),
        new("structure-boundary-escaped", "Content-Type: multipart/mixed; boundary=\"a\\\"b\"\n\n--a\"b\n\none\n--a\"b--\n"),
        new("structure-boundary-continued", "Content-Type: multipart/mixed; boundary*0=a;\n boundary*1=b\n\n--ab\n\none\n--ab--\n"),
        new("structure-boundary-encoded", "Content-Type: multipart/mixed; boundary*=us-ascii''a%62\n\n--ab\n\none\n--ab--\n"),
        new("structure-boundary-twice", "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--a\n\none\n--a--\n"),
        new("structure-boundary-comment", "Content-Type: multipart/mixed; boundary=b (c)\n\n--b\n\none\n--b--\n"),
        new("structure-outer-prefix-of-inner", Nested("foo", "foobar")),
        new("structure-inner-prefix-of-outer", Nested("foobar", "foo")),
        new("structure-inner-is-outer", Nested("foo", "foo")),
        new("structure-inner-is-outer-with-dashes", Nested("foo", "foo--")),
        new("structure-inner-no-end", "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\none\n--o\n\ntwo\n--o--\n"),
        new("structure-inner-never-begins", "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n\nnothing\n--o\n\ntwo\n--o--\n"),
        new("structure-outer-ends-inner-goes-on", "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\none\n--o--\n--i\n\ntwo\n--i--\n"),
        new("structure-digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: a@b\nSubject: one\n\none\n--b\nContent-Type: text/plain\n\ntwo\n--b--\n"),
        new("structure-digest-empty-part", "Content-Type: multipart/digest; boundary=b\n\n--b\n\n--b--\n"),
        new("structure-digest-in-digest", "Content-Type: multipart/digest; boundary=o\n\n--o\nContent-Type: multipart/digest; boundary=i\n\n--i\n\nSubject: in\n\none\n--i--\n--o--\n"),
        new("structure-unknown-multipart", "Content-Type: multipart/x-odd; boundary=b\n\n--b\n\none\n--b--\n"),
        new("structure-multipart-encoded", "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\n\none\n--b--\n"),
        new("structure-multipart-extensions", "Content-Type: multipart/mixed; boundary=b; charset=utf-8\nContent-Disposition: inline\nContent-Language: de, en\nContent-Location: http://example.com/\nContent-ID: <m@x>\nContent-Description: both\n\n--b\n\none\n--b--\n"),
        new("structure-signed", "Content-Type: multipart/signed; micalg=sha-256; protocol=\"application/pgp-signature\"; boundary=s\n\n--s\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\none\n--m--\n\n--s\nContent-Type: application/pgp-signature; name=x.asc\n\nSIG\n--s--\n"),
        new("structure-related", "Content-Type: multipart/related; type=\"text/html\"; start=\"<1@x>\"; boundary=r\n\n--r\nContent-Type: text/html\nContent-ID: <1@x>\n\n<p>\n--r\nContent-Type: image/png\nContent-ID: <2@x>\nContent-Location: two.png\nContent-Transfer-Encoding: base64\n\niVBORw0K\n--r--\n"),
        new("structure-crlf", (Mixed + "before\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n--b--\nbehind\n").ReplaceLineEndings("\r\n")),
        new("structure-mixed-line-ends", Mixed + "--b\r\n\none\r\n--b\nContent-Type: text/html\r\n\r\ntwo\n--b--\r\n"),
        new("structure-lf-only-before-boundary", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\n--b--\r\n"),

        new("message-simple", Message("message/rfc822", "From: in@example.com\nTo: to@example.com\nSubject: in\nDate: Mon, 1 Jan 2001 01:01:01 +0000\n\ninside\n")),
        new("message-global", Message("message/global", NamedMail.Utf8("From: Jürgen <jürgen@example.com>\nSubject: Grüße\n\ninside\n"))),
        new("message-encoded", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaW4KCmluc2lkZQo=\n"),
        new("message-partial", "Content-Type: message/partial; id=\"x@y\"; number=1; total=2\n\nSubject: in\n\ninside\n"),
        new("message-external", "Content-Type: message/external-body; access-type=local-file; name=/x\n\nContent-Type: image/png\n\n"),
        new("message-delivery-status", "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nnot delivered\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b\nAction: failed\n--b\nContent-Type: text/rfc822-headers\n\nSubject: lost\n\n--b--\n"),
        new("message-empty", "Content-Type: message/rfc822\n\n"),
        new("message-nothing", "Content-Type: message/rfc822\n"),
        new("message-header-only", "Content-Type: message/rfc822\n\nSubject: in\n"),
        new("message-body-only", "Content-Type: message/rfc822\n\n\ninside\n"),
        new("message-multipart", Message("message/rfc822", "Subject: in\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\none\n--i\nContent-Type: text/html\n\n<p>\n--i--\n")),
        new("message-multipart-no-end", Message("message/rfc822", "Subject: in\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\none\n")),
        new("message-multipart-same-boundary", Message("message/rfc822", "Subject: in\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\none\n--b--\n")),
        new("message-in-message", "Content-Type: message/rfc822\n\nSubject: one\nContent-Type: message/rfc822\n\nSubject: two\n\ninside\n"),
        new("message-depth-5", Deep(5)),
        new("message-depth-40", Deep(40)),
        new("message-two-in-mixed", Mixed + "--b\nContent-Type: message/rfc822\n\nSubject: one\n\n1\n--b\nContent-Type: message/rfc822\n\nSubject: two\nContent-Type: message/rfc822\n\nSubject: three\n\n3\n--b--\n"),
        new("message-cut", Mixed + "--b\nContent-Type: message/rfc822\n\nSubject: in\n--b\n\nx\n--b--\n"),

        Type("none-given", ""),
        Type("not-a-type", "x"),
        Type("text-alone", "text"),
        Type("slash-alone", "/"),
        Type("without-subtype", "text/"),
        Type("without-type", "/plain"),
        Type("spaces", " text / html "),
        Type("comments", "text (c) / (d) html (e); (f) charset (g) = (h) utf-8 (i)"),
        Type("quoted", "\"text/html\""),
        Type("wrong-characters", "te<xt/ht>ml"),
        Type("three-parts", "text/html/plain"),
        Type("semicolons", "text/plain;; charset=utf-8;;"),
        Type("parameter-without-value", "text/plain; charset"),
        Type("parameter-empty", "text/plain; charset="),
        Type("parameter-empty-quotes", "text/plain; charset=\"\""),
        Type("parameter-spaces", "text/plain ; charset = utf-8 ; format = flowed"),
        Type("parameter-open-quote", "text/plain; charset=\"utf-8"),
        Type("parameter-text-behind", "text/plain; charset=utf-8 foo; format=flowed"),
        Type("parameter-without-semicolon", "text/plain; charset=utf-8 format=flowed"),
        Type("parameter-comma", "text/plain, charset=utf-8"),
        Type("parameter-twice", "text/plain; charset=utf-8; charset=iso-8859-1"),
        Type("parameter-case", "TEXT/Plain; CharSet=UTF-8"),
        Type("parameter-escapes", "application/x; name=\"a\\\"b\\\\c\""),
        Type("parameter-unquoted-path", "application/x; name=C:\\dir\\file.txt"),
        Type("parameter-unquoted-spaces", "application/x; name=my file.txt"),
        Type("parameter-slash", "application/x; name=a/b; x=y"),
        Type("parameter-encoded-word", "application/x; name=\"=?utf-8?q?Gr=C3=BC=C3=9Fe=2Etxt?=\""),
        Type("parameter-utf8", NamedMail.Utf8("application/x; name=\"Grüße.txt\"")),
        Type("parameter-folded", "application/x;\n\tname=\"a\n b\";\n x=y"),
        Type("rfc2231-encoded", "application/x; name*=utf-8''Gr%C3%BC%C3%9Fe.txt"),
        Type("rfc2231-continued", "application/x; name*0=\"one \"; name*1=two; name*2=\" three\""),
        Type("rfc2231-both", "application/x; name*0*=utf-8'de'Gr%C3%BC; name*1*=%C3%9Fe; name*2=\".txt\""),
        Type("rfc2231-out-of-order", "application/x; name*1=two; name*0=one"),
        Type("rfc2231-gap", "application/x; name*0=one; name*2=three"),
        Type("rfc2231-no-first", "application/x; name*1=two; name*2=three"),
        Type("rfc2231-and-plain", "application/x; name=plain; name*=utf-8''en%63oded"),
        Type("rfc2231-unknown-charset", "application/x; name*=x-nobody''a%FFb"),
        Type("rfc2231-no-charset", "application/x; name*=''a%20b"),
        Type("rfc2231-no-quotes", "application/x; name*=a%20b"),
        Type("rfc2231-bad-percent", "application/x; name*=utf-8''a%zzb%2"),
        Type("rfc2231-late-encoded", "application/x; name*0=a%41; name*1*=%42"),
        new("fields-all", "Content-Type: image/png; name=x.png\nContent-ID: <id@x> (c)\nContent-Description: a\n picture\nContent-Transfer-Encoding: base64\nContent-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\nContent-Disposition: attachment; filename=\"x.png\"; size=12\nContent-Language: en\nContent-Location: http://example.com/x.png\n\niVBORw0K\n"),
        new("fields-empty", "Content-Type: image/png\nContent-ID:\nContent-Description:\nContent-Transfer-Encoding:\nContent-MD5:\nContent-Disposition:\nContent-Language:\nContent-Location:\n\nx\n"),
        new("fields-disposition-odd", "Content-Type: image/png\nContent-Disposition: =x; filename=a\n\nx\n"),
        new("fields-disposition-2231", "Content-Type: image/png\nContent-Disposition: attachment; filename*0*=utf-8''Gr%C3%BC; filename*1*=%C3%9Fe.png\n\nx\n"),
        new("fields-disposition-quoted", "Content-Type: image/png\nContent-Disposition: \"attachment\"; filename=a\n\nx\n"),
        new("fields-languages", "Content-Type: text/plain\nContent-Language: de (German), en-GB,, \"fr\" , x y\n\nx\n"),
        new("fields-location-folded", "Content-Type: text/plain\nContent-Location: http://example.com/\n  a/b\n\nx\n"),
        new("fields-description-encoded", "Content-Type: text/plain\nContent-Description: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\nx\n"),
        new("fields-encoding-odd", "Content-Type: text/plain\nContent-Transfer-Encoding: (c) \"base64\" x\n\nSGk=\n"),
        new("fields-encoding-case", "Content-Type: text/plain\nContent-Transfer-Encoding: Quoted-Printable\n\na=62c\n"),
    ];

    private static NamedMail Type(string name, string type) =>
        new("type-" + name, $"From: a@example.com\nContent-Type: {type}\n\nbody of it\n");

    private static string Boundary(string boundary) =>
        $"Content-Type: multipart/mixed; boundary=\"{boundary}\"\n\n--{boundary}\n\none\n--{boundary}\n\ntwo\n--{boundary}--\n";

    private static string Nested(string outer, string inner) =>
        $"Content-Type: multipart/mixed; boundary=\"{outer}\"\n\n--{outer}\nContent-Type: multipart/alternative; boundary=\"{inner}\"\n\n"
        + $"--{inner}\n\none\n--{inner}\nContent-Type: text/html\n\ntwo\n--{inner}--\n--{outer}\n\nthree\n--{outer}--\n";

    private static string Message(string type, string inner) =>
        $"{Mixed}--b\n\nsee below\n--b\nContent-Type: {type}\nContent-Description: forwarded\n\n{inner}\n--b--\n";

    private static string Deep(int levels)
    {
        var text = new StringBuilder();
        for (int level = 1; level < levels; level++)
        {
            text.Append($"Subject: level {level}\n").Append(level % 2 == 0
                ? "Content-Type: message/rfc822\n\n"
                : $"Content-Type: multipart/mixed; boundary=level{level}\n\n--level{level}\nContent-Type: message/rfc822\n\n");
        }

        return text.Append("Subject: innermost\n\ninside\n").ToString();
    }
}
