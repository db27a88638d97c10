using System.Text;
using Imapd.Protocol.Normalization;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

public sealed class SearchCasemapTests
{
    [TestCase("Straße", "STRASSE", ExpectedResult = false)]
    [TestCase("hello", "HELLO", ExpectedResult = true)]
    [TestCase("отпуск", "ОТПУСК", ExpectedResult = true)]
    [TestCase("ÉCOLE", "e\u0301cole", ExpectedResult = true)]
    [TestCase("ﬁn", "FIN", ExpectedResult = true)]
    [TestCase("ǆ", "ǅ", ExpectedResult = true)]
    [TestCase("ＩＭＡＰ", "imap", ExpectedResult = true)]
    [TestCase("한글", "\u1112\u1161\u11AB\u1100\u1173\u11AF", ExpectedResult = true)]
    [TestCase("가", "\u1100\u1161", ExpectedResult = true)]
    [TestCase("ệ", "E\u0323\u0302", ExpectedResult = true)]
    [TestCase("a", "á", ExpectedResult = false)]
    [TestCase("𐐨𐐯𐑅", "𐐀𐐇𐐝", ExpectedResult = true)] // Deseret
    [TestCase("𝐇𝒆𝕝𝔩𝚘", "hello", ExpectedResult = true)] // mathematical letters
    [TestCase("𝜶", "Α", ExpectedResult = true)]
    [TestCase("你\U0002F804", "你你", ExpectedResult = true)] // a compatibility ideograph
    [TestCase("㍿", "株式会社", ExpectedResult = true)]
    [TestCase("⼈", "人", ExpectedResult = true)] // a Kangxi radical
    [TestCase("ﻻ", "لا", ExpectedResult = true)] // Arabic presentation forms
    [TestCase("ⓘⓂ", "im", ExpectedResult = true)]
    [TestCase("ſı", "SI", ExpectedResult = true)]
    [TestCase("😀", "😁", ExpectedResult = false)]
    public bool Texts_are_equal_whatever_their_case_and_composition(string left, string right) =>
        Casemap.Fold(left) == Casemap.Fold(right);

    [Test]
    public void A_base_letter_is_found_in_a_composed_one() =>
        Assert.That(Casemap.Fold("Café"), Does.StartWith(Casemap.Fold("cafe")));

    [Test]
    public void Folding_is_finished_after_once()
    {
        foreach (string character in Characters())
        {
            string once = Casemap.Fold(character);
            if (Casemap.Fold(once) != once)
            {
                Assert.Fail($"U+{char.ConvertToUtf32(character, 0):X4}");
            }
        }
    }

    [Test]
    public void No_character_grows_more_than_announced()
    {
        Assert.That(Characters().Max(character => Casemap.Fold(character).Length), Is.EqualTo(Casemap.MaxGrowth));
        Assert.That(Characters().Min(character => Casemap.Fold(character).Length), Is.EqualTo(1));
    }

    [Test]
    public void Half_a_surrogate_pair_is_kept_as_it_is() =>
        Assert.That(Casemap.Fold("a\uD801"), Is.EqualTo("A\uD801"));

    [Test]
    public void A_character_and_what_it_is_made_of_fold_to_the_same()
    {
        foreach (string character in Characters())
        {
            uint code = (uint)char.ConvertToUtf32(character, 0);
            if (Nfc.TryDecompose(code, out uint first, out uint second))
            {
                string made = new Rune(first) + (second == 0 ? "" : new Rune(second).ToString());
                Assert.That(Casemap.Fold(character), Is.EqualTo(Casemap.Fold(made)), $"U+{code:X4}");
            }
        }
    }

    [Test]
    public void Folding_in_little_pieces_gives_the_same_as_at_once()
    {
        const string Text = "Ünïcode ﬃ 한국어 𐐨 𝕏 plain ASCII text, then é again";
        Span<char> room = stackalloc char[Casemap.MaxGrowth];
        string folded = "";
        ReadOnlySpan<char> rest = Text;
        while (!rest.IsEmpty)
        {
            int written = Casemap.Fold(rest, room, out int consumed);
            folded += new string(room[..written]);
            rest = rest[consumed..];
        }

        Assert.That(folded, Is.EqualTo(Casemap.Fold(Text)));
    }

    private static IEnumerable<string> Characters()
    {
        for (int code = 0; code < 0x110000; code++)
        {
            if (Rune.IsValid(code))
            {
                yield return new Rune(code).ToString();
            }
        }
    }
}
