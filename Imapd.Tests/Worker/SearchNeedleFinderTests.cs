using Imapd.Worker.Search;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

public sealed class SearchNeedleFinderTests
{
    [Test]
    public void A_match_is_found_wherever_the_text_is_cut()
    {
        const string Text = "the quick brown fox jumps over the lazy dog";
        for (int first = 0; first <= Text.Length; first++)
        {
            NeedleFinder finder = Finder("BROWN FOX", "LAZY DOG", "NOT THERE");
            finder.BeginMessage();
            finder.BeginText(TextScope.Body);
            finder.Offer(Text.AsSpan(0, first));
            finder.Offer(Text.AsSpan(first));
            finder.EndMessage();
            Assert.That(
                (finder.IsFound(0), finder.IsFound(1), finder.IsFound(2)), Is.EqualTo((true, true, false)), $"cut at {first}");
        }
    }

    [Test]
    public void A_character_of_another_plane_is_found_when_a_piece_ends_within_it()
    {
        NeedleFinder finder = Finder("A𐐀B");
        finder.BeginMessage();
        finder.BeginText(TextScope.Body);
        finder.Offer("xa\uD801");
        finder.Offer("\uDC28b");
        finder.EndMessage();
        Assert.That(finder.IsFound(0), Is.True);
    }

    [Test]
    public void A_match_is_found_at_every_place_of_a_long_text()
    {
        // The window holds 8192 characters beyond the overlap: places around its end are the interesting ones.
        for (int place = 8150; place < 8260; place++)
        {
            NeedleFinder finder = Finder("NEEDLE");
            finder.BeginMessage();
            finder.BeginText(TextScope.Body);
            finder.Offer(new string('x', place) + "needle" + new string('y', 9000));
            finder.EndMessage();
            Assert.That(finder.IsFound(0), Is.True, $"at {place}");
        }
    }

    [Test]
    public void A_match_does_not_reach_from_one_text_into_the_next()
    {
        NeedleFinder finder = Finder("ONETWO");
        finder.BeginMessage();
        finder.BeginText(TextScope.Body);
        finder.Offer("one");
        finder.BeginText(TextScope.Body);
        finder.Offer("two");
        finder.EndMessage();
        Assert.That(finder.IsFound(0), Is.False);
    }

    [Test]
    public void What_only_bodies_are_searched_for_is_not_found_in_headers()
    {
        var finder = new NeedleFinder([new Needle("A", TextScope.Body), new Needle("A", TextScope.Both)]);
        finder.BeginMessage();
        finder.BeginText(TextScope.Headers);
        finder.Offer("a");
        finder.EndMessage();
        Assert.That((finder.IsFound(0), finder.IsFound(1), finder.IsDone), Is.EqualTo((false, true, false)));
    }

    [Test]
    public void Nothing_of_one_message_is_found_in_the_next()
    {
        NeedleFinder finder = Finder("A", "B");
        finder.BeginMessage();
        finder.BeginText(TextScope.Body);
        finder.Offer("ab");
        finder.EndMessage();
        Assert.That(finder.IsDone, Is.True);
        finder.BeginMessage();
        finder.BeginText(TextScope.Body);
        finder.Offer("b");
        finder.EndMessage();
        Assert.That((finder.IsFound(0), finder.IsFound(1)), Is.EqualTo((false, true)));
    }

    private static NeedleFinder Finder(params string[] folded) =>
        new([.. folded.Select(text => new Needle(text, TextScope.Both))]);
}
