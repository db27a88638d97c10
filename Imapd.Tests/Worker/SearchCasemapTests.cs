using Imapd.Worker.Search;
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
    public bool Texts_are_equal_whatever_their_case_and_composition(string left, string right) =>
        Casemap.Fold(left) == Casemap.Fold(right);

    [Test]
    public void A_base_letter_is_found_in_a_composed_one() =>
        Assert.That(Casemap.Fold("Café"), Does.StartWith(Casemap.Fold("cafe")));

    [Test]
    public void Folding_is_finished_after_once()
    {
        for (int c = 0; c < 0x10000; c++)
        {
            string once = Casemap.Fold(((char)c).ToString());
            Assert.That(Casemap.Fold(once), Is.EqualTo(once), $"U+{c:X4}");
        }
    }

    [Test]
    public void No_character_grows_more_than_announced()
    {
        for (int c = 0; c < 0x10000; c++)
        {
            Assert.That(Casemap.Fold(((char)c).ToString()).Length, Is.InRange(1, Casemap.MaxGrowth), $"U+{c:X4}");
        }
    }

    [Test]
    public void Folding_in_little_pieces_gives_the_same_as_at_once()
    {
        const string Text = "Ünïcode ﬃ 한국어 plain ASCII text, then é again";
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
}
