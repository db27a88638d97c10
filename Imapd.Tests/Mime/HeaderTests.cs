using Imapd.Protocol.Mime;
using NUnit.Framework;

namespace Imapd.Tests.Mime;

internal sealed class HeaderTests
{
    private static readonly string[] Wanted = ["SUBJECT", "x-none", "To"];

    [Test]
    public void Selected_fields_are_whole_and_in_their_order()
    {
        byte[] header = Scan.Octets("To: a\r\n b\r\nFrom: c\r\nsubject : s\r\nTo: d\r\n\r\nTo: body\r\n");

        Assert.Multiple(() =>
        {
            Assert.That(
                Scan.Text(HeaderFields.Select(header, Wanted, complement: false)),
                Is.EqualTo("To: a\r\n b\r\nsubject : s\r\nTo: d\r\n\r\n"));
            Assert.That(
                Scan.Text(HeaderFields.Select(header, Wanted, complement: true)), Is.EqualTo("From: c\r\n\r\n"));
        });
    }

    [Test]
    public void Selected_fields_end_in_a_blank_line_where_the_header_has_none() =>
        Assert.That(
            Scan.Text(HeaderFields.Select(Scan.Octets("To: a"), Wanted, complement: false)), Is.EqualTo("To: a\r\n"));

    [Test]
    public void Values_are_as_sent() =>
        Assert.That(
            HeaderFields.Enumerate(Scan.Octets("A: x\r\n y \r\njunk\r\nB:\r\nC : z"))
                .Select(field => Scan.Text(field.Name.Span) + "|" + Scan.Text(field.Value.Span)),
            Is.EqualTo(new[] { "A| x\r\n y ", "B|", "C| z" }));

    [TestCase("plain", ExpectedResult = "plain")]
    [TestCase("=?utf-8?q?a=C3=A4_b?=", ExpectedResult = "aä b")]
    [TestCase("=?UTF-8?B?w6Q=?= x", ExpectedResult = "ä x")]
    [TestCase("=?utf-8?q?a?= =?utf-8?q?b?=\r\n =?utf-8?q?c?= d", ExpectedResult = "abc d")]
    [TestCase("=?utf-8?q?=C3?= =?utf-8?q?=A4?=", ExpectedResult = "ä")]
    [TestCase("=?utf-8?b?w6Q?= =?utf-8?b?w6Q=?=", ExpectedResult = "ää")]
    [TestCase("=?utf-8?q?=C3?= =?iso-8859-1?q?=A4?=", ExpectedResult = "\uFFFD¤")]
    [TestCase("=?iso-8859-1*de?q?=E4?=", ExpectedResult = "ä")]
    [TestCase("=?koi8-r?b?8NLJ18XU?=", ExpectedResult = "Привет")]
    [TestCase("=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", ExpectedResult = "日本")]
    [TestCase("=?utf-8?q?a ?= b", ExpectedResult = "a  b")]
    [TestCase("=?utf-8?q?a_?= =?utf-8?q?b?=", ExpectedResult = "a b")]
    [TestCase("=?x-unknown?q?a?=", ExpectedResult = "a")]
    [TestCase("=?x-unknown?b?w6TkYQ==?=", ExpectedResult = "ääa")]
    [TestCase("=?utf-8?x?a?=", ExpectedResult = "=?utf-8?x?a?=")]
    [TestCase("=?utf-8?q?a", ExpectedResult = "=?utf-8?q?a")]
    [TestCase("=?utf-8?q?", ExpectedResult = "=?utf-8?q?")]
    [TestCase("=?utf-8?q??=x", ExpectedResult = "x")]
    [TestCase("=?utf-7?q?a?=", ExpectedResult = "a")]
    [TestCase("=?", ExpectedResult = "=?")]
    [TestCase("\u00c3\u00a4", ExpectedResult = "ä")]
    [TestCase("\u00e4", ExpectedResult = "ä")]
    public string Header_text_is_decoded(string value) => HeaderText.Decode(Scan.Octets(value));

    [Test]
    public void Beginnings_of_encoded_words_are_not_searched_to_the_end_each()
    {
        string bomb = string.Concat(Enumerable.Repeat("=?a?q?x ", 500_000)).TrimEnd();

        Assert.That(HeaderText.Decode(Scan.Octets(bomb)), Is.EqualTo(bomb));
    }

    [Test]
    public void Many_encoded_words_of_unknown_charsets_are_read_as_octets()
    {
        string bomb = string.Join(' ', Enumerable.Range(0, 200_000).Select(n => $"=?x-{n}?q?a?="));

        Assert.That(HeaderText.Decode(Scan.Octets(bomb)), Is.EqualTo(new string('a', 200_000)));
    }

    [TestCase("Sat, 21 Nov 2026 10:11:12 +0130", ExpectedResult = "2026-11-21T10:11:12.0000000+01:30")]
    [TestCase("21 Nov 2026 10:11 GMT", ExpectedResult = "2026-11-21T10:11:00.0000000+00:00")]
    [TestCase("Sat,21 Nov 2026 10:11:12 -0800 (PST)", ExpectedResult = "2026-11-21T10:11:12.0000000-08:00")]
    [TestCase("1 Jan 99 00:00:00 EST", ExpectedResult = "1999-01-01T00:00:00.0000000-05:00")]
    [TestCase("1 Jan 26 00:00:00 Z", ExpectedResult = "2026-01-01T00:00:00.0000000+00:00")]
    [TestCase("1 Jan 126 00:00:00 PDT", ExpectedResult = "2026-01-01T00:00:00.0000000-07:00")]
    [TestCase("Fri (day), 1\r\n (x) January 2027 0 : 0 : 60 +0000", ExpectedResult = "2027-01-01T00:00:59.0000000+00:00")]
    [TestCase("1-Jan-2027 00:00:00", ExpectedResult = "2027-01-01T00:00:00.0000000+00:00")]
    [TestCase("29 Feb 2028 00:00:00 +9999", ExpectedResult = "2028-02-29T00:00:00.0000000+00:00")]
    [TestCase("29 Feb 2027 00:00:00 +0000", ExpectedResult = null)]
    [TestCase("1 Foo 2027 00:00:00 +0000", ExpectedResult = null)]
    [TestCase("1 Jan 2027", ExpectedResult = null)]
    [TestCase("1 Jan 2027 24:00:00 +0000", ExpectedResult = null)]
    [TestCase("1 Jan 0000 00:00:00 +0000", ExpectedResult = null)]
    [TestCase("1 Jan 20270 00:00:00 +0000", ExpectedResult = null)]
    [TestCase("31 Dec 9999 23:59:59 -1200", ExpectedResult = null)]
    [TestCase("", ExpectedResult = null)]
    [TestCase("yesterday", ExpectedResult = null)]
    public string? A_date_is_read(string value) =>
        MailDate.TryParse(Scan.Octets(value), out DateTimeOffset date)
            ? date.ToString("o", System.Globalization.CultureInfo.InvariantCulture)
            : null;

    [TestCase("utf8", ExpectedResult = "utf-8")]
    [TestCase("UTF-8", ExpectedResult = "utf-8")]
    [TestCase("Windows-1252", ExpectedResult = "windows-1252")]
    [TestCase("gb2312", ExpectedResult = "gb2312")]
    [TestCase("latin1", ExpectedResult = "iso-8859-1")]
    [TestCase("US-ASCII", ExpectedResult = "us-ascii")]
    [TestCase("iso-8859-15", ExpectedResult = "iso-8859-15")]
    [TestCase("shift_jis", ExpectedResult = "shift_jis")]
    [TestCase("big5", ExpectedResult = "big5")]
    [TestCase("euc-kr", ExpectedResult = "euc-kr")]
    [TestCase("utf-7", ExpectedResult = null)]
    [TestCase("none\0such", ExpectedResult = null)]
    [TestCase("", ExpectedResult = null)]
    public string? A_charset_is_found(string name) => Charsets.Find(name)?.WebName;
}
