using Imapd.Storage.Maildir.Index;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

internal sealed class KeywordTableTests
{
    [Test]
    public void Letters_and_places_differ_where_letters_have_no_name()
    {
        KeywordTable table = KeywordTable.Parse("0 $Junk\n3 $Label1\n");
        Assert.That(table.Names, Is.EqualTo(new[] { "$Junk", "$Label1" }));
        Assert.That(table.PlacesOf(0b1011), Is.EqualTo(0b11));
        Assert.That(table.LettersOf(["$label1"]), Is.EqualTo(0b1000));
        Assert.That(table.ToText(), Is.EqualTo("0 $Junk\n3 $Label1\n"));
    }

    [Test]
    public void A_new_keyword_does_not_take_a_letter_that_messages_bear()
    {
        KeywordTable table = KeywordTable.Empty.With(["new"], () => 0b111);
        Assert.That(table.ToText(), Is.EqualTo("3 new\n"));
    }

    [Test]
    public void There_is_no_letter_for_a_27th_keyword()
    {
        string[] names = [.. Enumerable.Range(0, 26).Select(i => $"k{i}")];
        KeywordTable table = KeywordTable.Empty.With(names, () => 0);
        Assert.That(table.HasAll(names), Is.True);
        Assert.That(table.HasRoom, Is.False);
        Assert.That(table.With(["more"], () => 0).HasAll(["more"]), Is.False);
    }

    [TestCase("x y\n26 a\n-1 b\n1\n2 \n3 has blank\n4 (\n\0\n")]
    public void Lines_that_make_no_sense_are_passed_over(string text) => Assert.That(KeywordTable.Parse(text).Names, Is.Empty);

    [Test]
    public void Letters_in_use_without_a_name_are_left_out_until_no_file_bears_them()
    {
        KeywordTable table = KeywordTable.Empty.With(["one"], () => 0b101).With(["two"], () => 0b101);
        Assert.That(table.ToText(), Is.EqualTo("1 one\n3 two\n"));
        KeywordTable full = table.With([.. Enumerable.Range(0, 24).Select(i => $"k{i}")], () => 0b101);
        Assert.That(full.HasAll(["k21"]), Is.True);
        Assert.That(full.HasAll(["k22"]), Is.False);
        Assert.That(full.With(["k22", "k23"], () => 0).HasAll(["k22", "k23"]), Is.True);
    }
}
