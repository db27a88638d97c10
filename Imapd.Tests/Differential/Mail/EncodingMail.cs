using System.Text;

namespace Imapd.Tests.Differential.Mail;

/// <summary>Transfer encodings and charsets, right and wrong, and octets that are not text (RFC 2045 §6).</summary>
internal static class EncodingMail
{
    public static IReadOnlyList<NamedMail> All { get; } =
    [
        Encoded("base64", "base64", "SGVsbG8gd29ybGQuIFRoaXMgaXMgYmFzZTY0Lg==\n"),
        Encoded("base64-one-line", "base64", "SGVsbG8gd29ybGQu"),
        Encoded("base64-short-lines", "base64", "SGVs\nbG8g\nd29y\nbGQu\n"),
        Encoded("base64-odd-lines", "base64", "SGVsb\nG8gd2\n9ybGQu\n"),
        Encoded("base64-no-padding", "base64", "SGVsbG8gd29ybGQ\n"),
        Encoded("base64-too-much-padding", "base64", "SGVsbG8gd29ybGQ====\n"),
        Encoded("base64-padding-within", "base64", "SGVsbG8=\nIHdvcmxkLg==\n"),
        Encoded("base64-one-digit-left", "base64", "SGVsbG8gd29ybGQuX\n"),
        Encoded("base64-spaces", "base64", "SGVs bG8g\td29y bGQu\n"),
        Encoded("base64-foreign", "base64", "SGVs*bG8g!d29y#bGQu\n"),
        Encoded("base64-text-behind", "base64", "SGVsbG8gd29ybGQ=\n-- \nan advertisement\n"),
        Encoded("base64-empty", "base64", ""),
        Encoded("base64-blank", "base64", "\n\n"),
        Encoded("base64-nul-within", "base64", "AAECAwQFBgcACAkK\n"),
        Encoded("base64-crlf-within", "base64", "b25lDQp0d28KdGhyZWUN\n"),
        Encoded("qp", "quoted-printable", "Gr=C3=BC=C3=9Fe aus K=C3=B6ln\nsecond=20\n"),
        Encoded("qp-soft-breaks", "quoted-printable", "one =\ntwo=\nthree=   \nfour\n"),
        Encoded("qp-soft-break-last", "quoted-printable", "one=\n"),
        Encoded("qp-equals-last", "quoted-printable", "one="),
        Encoded("qp-half-last", "quoted-printable", "one=4"),
        Encoded("qp-lower-case", "quoted-printable", "gr=c3=bc=c3=9fe\n"),
        Encoded("qp-wrong-hex", "quoted-printable", "a=ZZ b=4 c== d=\n"),
        Encoded("qp-trailing-spaces", "quoted-printable", "one  \ntwo\t\nthree \t \n"),
        Encoded("qp-8bit", "quoted-printable", NamedMail.Utf8("Grüße =C3=A9\n")),
        Encoded("qp-encoded-line-ends", "quoted-printable", "one=0D=0Atwo=0Athree=0D\n"),
        Encoded("qp-nul", "quoted-printable", "one=00two\n"),
        Encoded("qp-space-at-end", "quoted-printable", "one "),
        Encoded("qp-empty", "quoted-printable", ""),
        Encoded("8bit", "8bit", NamedMail.Utf8("Grüße aus Köln\n")),
        Encoded("binary", "binary", "one\0two\n"),
        Encoded("unknown", "x-unknown", "as it is\n"),
        Encoded("uuencode", "x-uuencode", "begin 644 x\n#0V%T\n`\nend\n"),

        new("octets-nul", "Subject: nul\n\none\0two\n\0\n"),
        new("octets-nul-only", "Subject: nul\n\n\0\0\0\0"),
        new("octets-cr-bare", "Subject: cr\n\none\rtwo\r\rthree\n"),
        new("octets-cr-last", "Subject: cr\n\none\r"),
        new("octets-cr-lf-cr", "Subject: cr\r\n\r\none\r\n\rtwo\n\r\nthree\r\r\n"),
        new("octets-lf-and-crlf", "Subject: both\n\none\ntwo\r\nthree\nfour\r\n"),
        new("octets-crlf-only", "Subject: crlf\r\n\r\none\r\ntwo\r\n"),
        new("octets-no-line-end", "Subject: none\n\none"),
        new("octets-all", "Subject: all\n\n" + string.Concat(Enumerable.Range(0, 256).Select(static octet => (char)octet)) + "\n"),
        new("octets-blank-lines", "Subject: blank\n\n\n\n\n\n"),
        new("octets-dots", "Subject: dots\n\n.\n..\n.x\n"),
        new("octets-from", "Subject: from\n\nFrom here on\n>From there\n"),
        new("octets-braces", "Subject: braces {5}\n\n{5}\n) FETCH (\n* 1 EXPUNGE\n"),

        Charset("utf-8", Encoding.UTF8, "Grüße, снег, 日本語, čerešňa"),
        Charset("iso-8859-1", Encoding.Latin1, "Grüße, naïve façade"),
        Charset("iso-8859-15", Code("iso-8859-15"), "Preis: 5 € für Œuvres"),
        Charset("iso-8859-2", Code("iso-8859-2"), "čerešňa dobrý žluťoučký"),
        Charset("windows-1252", Code("windows-1252"), "„quoted“ – naïve € façade"),
        Charset("windows-1251", Code("windows-1251"), "снег идёт в Москве"),
        Charset("koi8-r", Code("koi8-r"), "снег идёт в Москве"),
        Charset("iso-2022-jp", Code("iso-2022-jp"), "日本語のメール"),
        Charset("shift_jis", Code("shift_jis"), "日本語のメール"),
        Charset("euc-jp", Code("euc-jp"), "日本語のメール"),
        Charset("gb2312", Code("gb2312"), "中文邮件"),
        Charset("big5", Code("big5"), "中文郵件"),
        Charset("euc-kr", Code("euc-kr"), "한국어 메일"),
        Charset("utf-16", Encoding.BigEndianUnicode, "Grüße"),
        new("charset-unknown", "Subject: charset\nContent-Type: text/plain; charset=x-nobody\n\nwords of nobody\n"),
        new("charset-wrong", "Subject: charset\nContent-Type: text/plain; charset=utf-8\n\nGr\u00fc\u00dfe words\n"),
        new("charset-none-8bit", "Subject: charset\nContent-Type: text/plain\n\n" + NamedMail.Utf8("Grüße words") + "\n"),
        new("charset-ascii-8bit", "Subject: charset\nContent-Type: text/plain; charset=us-ascii\n\nGr\u00fc\u00dfe words\n"),
        new("charset-html", "Subject: markup\nContent-Type: text/html; charset=utf-8\n\n<html><body><p title=\"hidden\">one &amp; two<b>three</b></p></body></html>\n"),
        new("charset-application", "Subject: not text\nContent-Type: application/x-text\n\nwords in an application\n"),

        new("search-across-lines", "Subject: across\n\nthe needle is split\nover lines and nee\ndle too\n"),
        new("search-across-soft-breaks", "Subject: across\nContent-Transfer-Encoding: quoted-printable\n\nthe haystack hides a nee=\ndle here\n"),
        new("search-across-encoded-words", "Subject: a =?utf-8?q?nee?= =?utf-8?q?dle?= here\n\nx\n"),
        new("search-across-folds", "Subject: one\n two\n\tthree\n\nx\n"),
        new("search-in-boundary", "Content-Type: multipart/mixed; boundary=needleboundary\n\nneedlepreamble\n--needleboundary\n\none\n--needleboundary--\nneedleepilogue\n"),
        new("search-in-mime-header", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; name=needlename\nX-Needle: needlefield\n\none\n--b--\n"),
        new("search-in-message", "Content-Type: message/rfc822\n\nSubject: needleinside\nFrom: inner@example.com\n\nneedletext\n"),
    ];

    private static Encoding Code(string name) => CodePagesEncodingProvider.Instance.GetEncoding(name)!;

    private static NamedMail Encoded(string name, string encoding, string body) => new(
        "encoding-" + name,
        $"Subject: {name}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n{body}");

    private static NamedMail Charset(string name, Encoding charset, string text) => new(
        "charset-" + name,
        $"Subject: charset\nContent-Type: text/plain; charset={name}\nContent-Transfer-Encoding: base64\n\n"
        + Convert.ToBase64String(charset.GetBytes(text), Base64FormattingOptions.InsertLineBreaks).ReplaceLineEndings("\n") + "\n");
}
