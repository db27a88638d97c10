using FsCheck;
using FsCheck.Fluent;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using NUnit.Framework;

namespace Imapd.Tests.Protocol;

/// <summary>Modified UTF-7, and patterns against names.</summary>
internal sealed class MailboxNameTests
{
    [TestCase("INBOX", "INBOX")]
    [TestCase("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-")]
    [TestCase("Entwürfe", "Entw&APw-rfe")]
    [TestCase("A&B", "A&-B")]
    [TestCase("é&é", "&AOk-&-&AOk-")]
    [TestCase("😀", "&2D3eAA-")]
    [TestCase("a\tb", "a&AAk-b")]
    [TestCase("", "")]
    public void Names_are_written_in_modified_UTF_7(string text, string encoded)
    {
        Assert.That(MailboxNameEncoding.ToModifiedUtf7(text), Is.EqualTo(encoded));
        Assert.That(MailboxNameEncoding.TryFromModifiedUtf7(encoded, out string decoded), Is.True);
        Assert.That(decoded, Is.EqualTo(text));
    }

    [TestCase("&")]
    [TestCase("a&b")]
    [TestCase("&AGE-", Description = "a needs no shift")]
    [TestCase("&AOk-&AOk-", Description = "two shifts where one does")]
    [TestCase("&AOl-", Description = "bits left over")]
    [TestCase("&AO-")]
    [TestCase("&AOkA-")]
    [TestCase("&AOk=-")]
    [TestCase("&AO/k-")]
    [TestCase("é")]
    [TestCase("a\tb")]
    public void What_is_not_the_one_form_of_a_text_is_not_modified_UTF_7(string encoded)
    {
        Assert.That(MailboxNameEncoding.TryFromModifiedUtf7(encoded, out _), Is.False);
    }

    [Test]
    public void Every_text_comes_back_from_modified_UTF_7()
    {
        Prop.ForAll<string>(text =>
        {
            text ??= "";
            string encoded = MailboxNameEncoding.ToModifiedUtf7(text);
            return encoded.All(c => c is >= ' ' and <= '~')
                && MailboxNameEncoding.TryFromModifiedUtf7(encoded, out string decoded)
                && decoded == text;
        }).QuickCheckThrowOnFailure();
    }

    [TestCase("*", "a/b/c", true)]
    [TestCase("%", "a", true)]
    [TestCase("%", "a/b", false)]
    [TestCase("%/%", "a/b", true)]
    [TestCase("a%", "a", true)]
    [TestCase("a/*", "a", false)]
    [TestCase("*b", "a/b", true)]
    [TestCase("%b", "a/b", false)]
    [TestCase("", "", true)]
    [TestCase("inbox", "INBOX", true)]
    [TestCase("InB%", "INBOX", true)]
    [TestCase("inbox/x", "INBOX/x", true)]
    [TestCase("inbox/X", "INBOX/x", false)]
    [TestCase("inboxes", "INBOXES", false)]
    [TestCase("%x", "INBOX", true)]
    [TestCase("sent", "Sent", false)]
    public void Wildcards_match_within_a_level_or_across(string pattern, string name, bool matches)
    {
        Assert.That(MailboxPattern.Matches(pattern, name), Is.EqualTo(matches));
    }

    [Test]
    public void Patterns_match_as_their_definition_says()
    {
        Gen<string> patterns = Gen.Elements('a', 'b', '/', '*', '%').ArrayOf().Select(chars => new string(chars));
        Gen<string> names = Gen.Elements('a', 'b', '/').ArrayOf().Select(chars => new string(chars));
        Prop.ForAll(
            patterns.Zip(names).ToArbitrary(),
            pair => MailboxPattern.Matches(pair.Item1, pair.Item2) == NaiveMatches(pair.Item1, pair.Item2))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(8));
    }

    [Test]
    public void No_pattern_is_dear()
    {
        string name = new string('a', 5000) + "b";
        string pattern = string.Concat(Enumerable.Repeat("*a%", 2000));
        Assert.That(MailboxPattern.Matches(pattern, name), Is.True);
        Assert.That(MailboxPattern.Matches(pattern + "c", name), Is.False);
        Assert.That(MailboxPattern.Matches(new string('%', 60_000), name), Is.True);
    }

    private static bool NaiveMatches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        if (pattern.IsEmpty)
        {
            return name.IsEmpty;
        }

        if (pattern[0] is not ('*' or '%'))
        {
            return !name.IsEmpty && name[0] == pattern[0] && NaiveMatches(pattern[1..], name[1..]);
        }

        bool canTake = !name.IsEmpty && (pattern[0] == '*' || name[0] != '/');
        return NaiveMatches(pattern[1..], name) || (canTake && NaiveMatches(pattern, name[1..]));
    }
}
