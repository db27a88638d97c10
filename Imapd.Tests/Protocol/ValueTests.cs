using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Imapd.Protocol.Commands;
using Imapd.Protocol.Normalization;
using Imapd.Protocol.Wire;
using NUnit.Framework;

namespace Imapd.Tests.Protocol;

/// <summary>Dates, base64, SASL PLAIN and the composition of characters.</summary>
internal sealed class ValueTests
{
    [Test]
    public void Dates_come_back_from_what_was_written()
    {
        Gen<DateTimeOffset> dates = Gen.Choose(0, int.MaxValue).Zip(Gen.Choose(-14 * 60, 14 * 60)).Select(
            pair => DateTimeOffset.FromUnixTimeSeconds(pair.Item1 * 4L).ToOffset(TimeSpan.FromMinutes(pair.Item2)));
        Prop.ForAll(dates.ToArbitrary(), date =>
        {
            byte[] written = OctetCollector.Written(writer => ImapDate.Write(writer, date));
            return ImapDate.TryParseDateTime(written.AsSpan(1, written.Length - 2), out DateTimeOffset read)
                && read.EqualsExact(date);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void A_date_is_written_with_a_space_before_a_single_digit()
    {
        var date = new DateTimeOffset(1994, 2, 7, 21, 5, 0, new TimeSpan(-3, -30, 0));
        Assert.That(OctetCollector.WrittenText(writer => ImapDate.Write(writer, date)), Is.EqualTo("\" 7-Feb-1994 21:05:00 -0330\""));
    }

    [TestCase("17-Jul-1996 02:44:60 +0000", true)]
    [TestCase("01-Jan-0001 00:00:00 +0000", true)]
    [TestCase("01-Jan-0001 00:00:00 +0100", false)]
    [TestCase("31-Dec-9999 23:59:59 -0100", false)]
    [TestCase("17-Jul-1996 24:00:00 +0000", false)]
    [TestCase("17-Jul-1996 02:60:00 +0000", false)]
    [TestCase("17-Jul-1996 02:44:25 +1401", false)]
    [TestCase("17-Jul-1996 02:44:25 +0060", false)]
    [TestCase("17-Jul-1996 02:44:25 0000 ", false)]
    [TestCase("29-Feb-1900 02:44:25 +0000", false)]
    [TestCase("00-Feb-1900 02:44:25 +0000", false)]
    [TestCase("-1-Feb-1900 02:44:25 +0000", false)]
    [TestCase("17-Jul-1996 02:44:25", false)]
    [TestCase("", false)]
    public void Only_moments_that_exist_are_date_times(string text, bool exists)
    {
        Assert.That(ImapDate.TryParseDateTime(Encoding.ASCII.GetBytes(text), out _), Is.EqualTo(exists));
    }

    [Test]
    public void Base64_comes_back_and_has_one_form()
    {
        Prop.ForAll<byte[]>(octets =>
            StrictBase64.TryDecode(Encoding.ASCII.GetBytes(Convert.ToBase64String(octets)), out byte[] decoded)
            && decoded.SequenceEqual(octets)).QuickCheckThrowOnFailure();
        Assert.That(StrictBase64.TryDecode("QUJD"u8, out _), Is.True);
        foreach (string bad in new[] { "QUI", "QUJ=", "QQ==QQ==", "QU\nJ", "QU JD", "Q===", "QUJD====", "QUJ-", "=", " " })
        {
            Assert.That(StrictBase64.TryDecode(Encoding.ASCII.GetBytes(bad), out byte[] none), Is.False, bad);
            Assert.That(none, Is.Empty);
        }
    }

    [Test]
    public void SASL_PLAIN_is_taken_apart()
    {
        Assert.That(SaslPlain.TryParse("as\0user\0pass word"u8, out string authzid, out string user, out byte[] password), Is.True);
        Assert.That((authzid, user, Encoding.ASCII.GetString(password)), Is.EqualTo(("as", "user", "pass word")));
        Assert.That(SaslPlain.TryParse("\0Käthe\0größe"u8, out authzid, out user, out _), Is.True);
        Assert.That((authzid, user), Is.EqualTo(("", "Käthe")));
    }

    [TestCase("")]
    [TestCase("user")]
    [TestCase("\0user")]
    [TestCase("\0\0")]
    [TestCase("\0user\0")]
    [TestCase("\0\0pass")]
    [TestCase("\0user\0pass\0")]
    [TestCase("\0us\u00FFer\0pass")]
    [TestCase("\u00C3\0user\0pass")]
    [TestCase("\0user\0pa\u00C0\u0080ss")]
    public void What_is_not_SASL_PLAIN_is_not_taken(string message)
    {
        Assert.That(SaslPlain.TryParse(Encoding.Latin1.GetBytes(message), out string authzid, out string user, out byte[] password), Is.False);
        Assert.That((authzid, user, password.Length), Is.EqualTo(("", "", 0)));
    }

    [Test]
    public void Parts_of_SASL_PLAIN_are_bounded()
    {
        string longest = new('x', SaslPlain.MaxPartOctets);
        Assert.That(SaslPlain.TryParse(Encoding.ASCII.GetBytes($"\0{longest}\0{longest}"), out _, out _, out _), Is.True);
        Assert.That(SaslPlain.TryParse(Encoding.ASCII.GetBytes($"\0u\0{longest}x"), out _, out _, out _), Is.False);
        Assert.That(SaslPlain.TryParse(Encoding.ASCII.GetBytes($"\0{longest}x\0p"), out _, out _, out _), Is.False);
    }

    [TestCase("e\u0301", "é")]
    [TestCase("\u212B", "Å")]
    [TestCase("\u1112\u1161\u11AB", "한")]
    [TestCase("q\u0307\u0323", "q\u0323\u0307")]
    [TestCase("\u0958", "\u0915\u093C")]
    [TestCase("\u0301e", "\u0301e")]
    [TestCase("日本語", "日本語")]
    public void Characters_are_composed(string text, string composed)
    {
        Assert.That(Nfc.Compose(text), Is.EqualTo(composed));
    }

    // The expected hashes are those of Python's unicodedata, Unicode 14.
    [Test]
    public void Every_character_is_composed_as_Unicode_says()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int value = 0; value < 0x110000; value++)
        {
            if (Rune.IsValid(value))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(Nfc.Compose(new Rune(value).ToString())));
            }
        }

        Assert.That(
            Convert.ToHexStringLower(hash.GetHashAndReset()),
            Is.EqualTo("1ffc8e6ce9e83df8e49fd62d6abb68f981775aed0b5101b88c213d4653e9b540"));
    }

    [Test]
    public void Characters_and_marks_in_any_order_are_composed_as_Unicode_says()
    {
        int[] pool =
        [
            0x41, 0x61, 0xE9, 0x1EA5, 0x300, 0x301, 0x302, 0x323, 0x327, 0x345, 0x5B0, 0x5B4, 0x591, 0x1100, 0x1161, 0x11A8,
            0xAC00, 0xAC01, 0x93C, 0x928, 0x9C7, 0x9BE, 0x212B, 0x1D15E, 0x3099, 0x304B, 0x315, 0x31B, 0xFB1D, 0x2F800,
            0x1B05, 0x1B35,
        ];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        uint state = 1;
        var text = new StringBuilder();
        for (int n = 0; n < 20_000; n++)
        {
            text.Clear();
            for (int i = 0; i < 8; i++)
            {
                state = unchecked((state * 1103515245) + 12345) & 0x7FFFFFFF;
                text.Append(new Rune(pool[(int)(state >> 16) % pool.Length]));
            }

            hash.AppendData(Encoding.UTF8.GetBytes(Nfc.Compose(text.ToString())));
        }

        Assert.That(
            Convert.ToHexStringLower(hash.GetHashAndReset()),
            Is.EqualTo("adca69cfa13a97e2358087ed85dcacebc61c8adda1b8414352a9174647317e56"));
    }

    [Test]
    public void A_text_of_only_marks_is_not_dear()
    {
        string marks = string.Concat(Enumerable.Repeat("\u0301\u0323", 50_000));
        Assert.That(Nfc.Compose(marks), Has.Length.EqualTo(marks.Length));
    }
}
