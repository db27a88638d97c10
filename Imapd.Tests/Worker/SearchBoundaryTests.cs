using System.Text;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>What is searched for is found wherever the message or its encoding is cut, on files with either kind of line end.</summary>
[TestFixture("\r\n")]
[TestFixture("\n")]
public sealed class SearchBoundaryTests(string lineEnd)
{
    private const string Needle = "needle in ħäy, 日本 𐐀";
    private const string Text = "Content-Type: text/plain; charset=utf-8\r\n";

    [Test]
    public void A_match_may_cross_a_line()
    {
        const string Body = "first line ends\r\nsecond line\r\n\r\nafter an empty one\r\n";
        using var mailbox = new MailboxUnderTest(lineEnd);
        mailbox.Add("Subject: as it is\r\n\r\n" + Body);
        mailbox.Add("Content-Transfer-Encoding: quoted-printable\r\n\r\n" + Body.Replace("second", "s=65co=\r\nnd", StringComparison.Ordinal));
        mailbox.Add("Content-Transfer-Encoding: base64\r\n\r\n" + Base64(Body, 8));
        mailbox.Select();
        Assert.That(mailbox.Search("BODY ", "ENDS\r\nSecond"), Is.EqualTo("1 2 3"));
        Assert.That(mailbox.Search("TEXT ", "line\r\n\r\nafter"), Is.EqualTo("1 2 3"));
        Assert.That(mailbox.Search("BODY ", "ends second"), Is.Empty);
    }

    [Test]
    public void A_match_in_a_header_crosses_its_folds()
    {
        using var mailbox = new MailboxUnderTest(lineEnd);
        for (int cut = 1; cut < "one two".Length; cut++)
        {
            mailbox.Add($"Subject: {"all of one two three".Insert(cut + 7, "\r\n ")}\r\n\r\n");
        }

        mailbox.Select();

        // A fold is one space, with what white space there is beside it; also where somebody folded within a word.
        Assert.That(mailbox.Search("SUBJECT \"one two\""), Is.EqualTo("3 4"));
        Assert.That(mailbox.Search("SUBJECT \"on e two\""), Is.EqualTo("2"));
        Assert.That(mailbox.Search("TEXT \"Subject: all of on e two\""), Is.EqualTo("2"));
        using var folded = new MailboxUnderTest(lineEnd);
        folded.Add("Subject: one\r\n two\r\n\tthree\r\n\r\n");
        folded.Select();
        Assert.That(folded.Search("SUBJECT \"one two\""), Is.EqualTo("1"));
        Assert.That(folded.Search("TEXT \"one two\""), Is.EqualTo("1"));
    }

    [Test]
    public void A_match_crosses_a_soft_line_break_wherever_it_is()
    {
        byte[] octets = Encoding.UTF8.GetBytes(Needle);
        using var mailbox = new MailboxUnderTest(lineEnd);
        for (int cut = 1; cut < octets.Length; cut++)
        {
            mailbox.Add($"{Text}Content-Transfer-Encoding: quoted-printable\r\n\r\nbefore {Quoted(octets[..cut])}= \t\r\n{Quoted(octets[cut..])}\r\n");
        }

        mailbox.Select();
        Assert.That(mailbox.Search("BODY ", Needle), Is.EqualTo(AllOf(octets.Length - 1)));
    }

    [TestCase('q')]
    [TestCase('b')]
    public void A_match_crosses_encoded_words_even_in_the_middle_of_a_character(char encoding)
    {
        byte[] octets = Encoding.UTF8.GetBytes(Needle);
        using var mailbox = new MailboxUnderTest(lineEnd);
        for (int cut = 1; cut < octets.Length; cut++)
        {
            string separator = (cut % 3) switch { 0 => " ", 1 => "\r\n ", _ => "\t \r\n\t" };
            mailbox.Add($"Subject: before {Word(encoding, "utf-8", octets[..cut])}{separator}{Word(encoding, "utf-8", octets[cut..])} after\r\n\r\n");
        }

        mailbox.Select();
        Assert.That(mailbox.Search("SUBJECT ", Needle), Is.EqualTo(AllOf(octets.Length - 1)));
        Assert.That(mailbox.Search("TEXT ", "Subject: before " + Needle + " after"), Is.EqualTo(AllOf(octets.Length - 1)));
    }

    [Test]
    public void A_match_crosses_from_an_encoded_word_to_another_charset_and_to_plain_text()
    {
        using var mailbox = new MailboxUnderTest(lineEnd);
        mailbox.Add($"Subject: {Word('q', "iso-8859-1", [0xE9])} {Word('b', "koi8-r", [0xC4, 0xC1])} plain\r\n\r\n");
        mailbox.Add($"Subject: {Word('q', "iso-8859-1", [0xE9])}\r\n {Word('b', "koi8-r", [0xC4, 0xC1])} plain\r\n\r\n");
        mailbox.Select();
        Assert.That(mailbox.Search("SUBJECT ", "ÉДА PLAIN"), Is.EqualTo("1 2"));
    }

    [Test]
    public void A_match_crosses_the_lines_of_base64_however_long_they_are()
    {
        using var mailbox = new MailboxUnderTest(lineEnd);
        for (int width = 1; width <= 76; width++)
        {
            mailbox.Add($"{Text}Content-Transfer-Encoding: base64\r\n\r\n{Base64("before " + Needle + " after", width)}");
        }

        mailbox.Select();
        Assert.That(mailbox.Search("BODY ", Needle), Is.EqualTo(AllOf(76)));
    }

    // Pieces of 8192 octets and of as many characters are read, and the folded text is gathered in about as many.
    [TestCase("", 8192)]
    [TestCase("ä", 8192)]
    [TestCase("ä", 16384)]
    [TestCase("𐐀", 8192)]
    [TestCase("\uFDFA", 8192)]
    public void A_match_crosses_the_pieces_that_are_read(string first, int end)
    {
        byte[] needle = Encoding.UTF8.GetBytes(Needle);
        int octetsBefore = Encoding.UTF8.GetByteCount(first);
        using var mailbox = new MailboxUnderTest(lineEnd);
        for (int before = 0; before <= needle.Length; before += 3)
        {
            string body = $"{first}{new string('x', end - octetsBefore - before)}{Needle}{new string('y', 100)}\r\n";
            mailbox.Add($"{Text}Content-Transfer-Encoding: 8bit\r\n\r\n{Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(body))}");
            mailbox.Add($"{Text}Content-Transfer-Encoding: base64\r\n\r\n{Base64(body, 76)}");
        }

        mailbox.Select();
        Assert.That(mailbox.Search("BODY ", Needle), Is.EqualTo(AllOf(((needle.Length / 3) + 1) * 2)));
    }

    private static string AllOf(int count) => string.Join(' ', Enumerable.Range(1, count));

    private static string Quoted(byte[] octets) => string.Concat(octets.Select(octet => $"={octet:X2}"));

    private static string Word(char encoding, string charset, byte[] octets) =>
        $"=?{charset}?{encoding}?{(encoding == 'q' ? Quoted(octets) : Convert.ToBase64String(octets))}?=";

    private static string Base64(string text, int width) =>
        string.Concat(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).Chunk(width).Select(line => new string(line) + "\r\n"));
}
