using System.Text;
using Imapd.Protocol.Mime;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>Charsets of the mail, and of the command.</summary>
public sealed class SearchCharsetTests
{
    private static readonly string[] Samples =
        ["hello", "café", "žluťoučký", "Привет", "Ελλάδα", "שלום", "مرحبا", "ไทย", "日本語", "简体", "繁體", "한국", "Ünïversal"];

    private static IEnumerable<Encoding> Encodings() => CodePagesEncodingProvider.Instance.GetEncodings()
        .Select(info => CodePagesEncodingProvider.Instance.GetEncoding(info.Name)!)
        .Append(Encoding.UTF8)
        .Append(Encoding.Latin1);

    private static bool CanWrite(Encoding encoding, string text) => encoding.GetString(encoding.GetBytes(text)) == text;

    [Test]
    public void Text_is_found_in_every_charset_there_is()
    {
        (Encoding Encoding, string Text)[] mail = [.. from encoding in Encodings() from text in Samples where CanWrite(encoding, text) select (encoding, text)];
        using var mailbox = new MailboxUnderTest();
        foreach ((Encoding encoding, string text) in mail)
        {
            string encoded = Convert.ToBase64String(encoding.GetBytes(text));
            mailbox.Add($"Content-Type: text/plain; charset=\"{encoding.WebName}\"\r\nContent-Transfer-Encoding: base64\r\n"
                + $"Subject: =?{encoding.WebName}?B?{encoded}?=\r\n\r\n{encoded}\r\n");
        }

        mailbox.Select();
        Assert.That(mail.Select(one => one.Encoding.WebName).Distinct().Count(), Is.GreaterThan(100));
        foreach (string text in Samples)
        {
            string expected = string.Join(' ', mail.Index().Where(one => one.Item.Text == text).Select(one => one.Index + 1));
            Assert.That(mailbox.Search("BODY ", text), Is.EqualTo(expected), $"BODY {text}");
            Assert.That(mailbox.Search("SUBJECT ", text), Is.EqualTo(expected), $"SUBJECT {text}");
        }
    }

    [TestCase("iso-8859-1", "café")]
    [TestCase("ISO-8859-1", "CAFÉ")]
    [TestCase("windows-1252", "café")]
    [TestCase("utf-8", "café")]
    [TestCase("koi8-r", "привет")]
    [TestCase("windows-1251", "Привет")]
    [TestCase("iso-2022-jp", "日本語")]
    [TestCase("Shift_JIS", "日本語")]
    [TestCase("gb18030", "日本語")]
    public void A_text_in_the_charset_that_the_command_names_is_found(string charset, string text)
    {
        using var mailbox = new MailboxUnderTest();
        string octets = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("This: café, привет, 日本語.\r\n"));
        mailbox.Add("Subject: other\r\n\r\nnothing of it\r\n");
        mailbox.Add("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + octets);
        mailbox.Select();
        byte[] sent = (Charsets.Find(charset) ?? throw new AssertionException(charset)).GetBytes(text);
        string answer = mailbox.Send($"SEARCH CHARSET {charset} BODY {{{sent.Length}+}}\r\n{Encoding.Latin1.GetString(sent)}");
        Assert.That(answer, Does.StartWith("* SEARCH 2\r\na OK "));
    }

    [Test]
    public void Every_charset_that_BADCHARSET_tells_of_is_taken()
    {
        using var mailbox = new MailboxUnderTest();
        mailbox.Add("Subject: a\r\n\r\na\r\n");
        mailbox.Select();
        string refusal = mailbox.Send("SEARCH CHARSET X-NOBODY-KNOWS ALL");
        Assert.That(refusal, Does.StartWith("a NO [BADCHARSET (UTF-8 US-ASCII ISO-8859-1 "));
        string[] names = refusal[(refusal.IndexOf('(', StringComparison.Ordinal) + 1)..refusal.IndexOf(')', StringComparison.Ordinal)].Split(' ');
        Assert.That(names, Has.Length.GreaterThan(100).And.No.Member("UTF-16"));
        foreach (string name in names)
        {
            byte[] text = Charsets.Find(name)!.GetBytes("a");
            string answer = mailbox.Send($"SEARCH CHARSET {name} BODY {{{text.Length}+}}\r\n{Encoding.Latin1.GetString(text)}");
            Assert.That(answer, Does.StartWith("* SEARCH 1\r\na OK "), name);
        }

        Assert.That(mailbox.Send("SEARCH CHARSET UTF-16 ALL"), Does.StartWith("a NO [BADCHARSET "));
    }

    [TestCase("x-nobody-knows")]
    [TestCase("unknown-8bit")]
    [TestCase("us-ascii")]
    [TestCase("utf-7")]
    [TestCase(null)]
    public void Text_in_a_charset_that_nobody_knows_is_searched_as_octets(string? charset)
    {
        string type = charset is null ? "text/plain" : $"text/plain; charset={charset}";
        using var mailbox = new MailboxUnderTest();
        mailbox.Add($"Content-Type: {type}\r\n\r\nplain Text\r\n");
        mailbox.Add($"Content-Type: {type}\r\n\r\n{Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("caf\u00E9 \u043F\u0440\u0438\u0432\u0435\u0442"))}\r\n");
        mailbox.Add($"Content-Type: {type}\r\n\r\ncaf\u00E9 in Latin-1\r\n");
        mailbox.Add($"Subject: =?{charset ?? "none"}?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes("café"))}?=\r\n\r\n");
        mailbox.Add($"Subject: =?{charset ?? "none"}?Q?caf=E9?=\r\n\r\n");
        mailbox.Select();
        Assert.That(mailbox.Search("BODY TEXT"), Is.EqualTo("1"));
        Assert.That(mailbox.Search("BODY ", "ПРИВЕТ"), Is.EqualTo("2"));
        Assert.That(mailbox.Search("BODY ", "CAFÉ"), Is.EqualTo("2 3"));
        Assert.That(mailbox.Search("SUBJECT ", "CAF"), Is.EqualTo("4 5"));
        Assert.That(
            mailbox.Search("SUBJECT ", "café"),
            charset == "us-ascii" ? Is.Empty : Is.EqualTo("4 5"),
            "an encoded word says itself what it is in, and ASCII has no such letter");
    }

    [TestCase("hello", "HELLO")]
    [TestCase("𐐨𐐯𐑅", "𐐀𐐇𐐝")]
    [TestCase("hello", "𝐇𝐞𝐥𝐥𝐨")]
    [TestCase("ﬁnance", "FINANCE")]
    [TestCase("ＦＵＬＬ", "full")]
    public void Letters_of_all_planes_are_found_whatever_their_case_and_form(string sent, string wanted)
    {
        using var mailbox = new MailboxUnderTest();
        mailbox.Add("Content-Type: text/plain; charset=utf-8\r\n\r\n" + Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(sent)));
        mailbox.Add("Subject: " + Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(sent)) + "\r\n\r\n");
        mailbox.Select();
        Assert.That(mailbox.Search("TEXT ", wanted), Is.EqualTo("1 2"));
        Assert.That(mailbox.Search("SUBJECT ", wanted), Is.EqualTo("2"));
    }
}
