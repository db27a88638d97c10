using System.Text;
using Imapd.Protocol.Commands;
using Imapd.Protocol.Search;
using Imapd.Protocol.Values;
using NUnit.Framework;
using static Imapd.Tests.Protocol.Parsing;

namespace Imapd.Tests.Protocol;

internal sealed class SearchCommandTests
{
    private static IEnumerable<TestCaseData> Keys()
    {
        var day = new DateOnly(1994, 2, 1);
        yield return Case("ALL", new AllKey());
        yield return Case("RECENT", new RecentKey(true));
        yield return Case("OLD", new RecentKey(false));
        yield return Case("NEW", new NewKey());
        foreach (SystemFlags flag in new[] { SystemFlags.Answered, SystemFlags.Deleted, SystemFlags.Draft, SystemFlags.Flagged, SystemFlags.Seen })
        {
            yield return Case(flag.ToString(), new SystemFlagKey(flag, true));
            yield return Case("UN" + flag, new SystemFlagKey(flag, false));
        }

        yield return Case("KEYWORD $Forwarded", new KeywordKey("$Forwarded", true));
        yield return Case("UNKEYWORD x", new KeywordKey("x", false));
        foreach (string field in new[] { "FROM", "TO", "CC", "BCC", "SUBJECT" })
        {
            yield return Case(field + " \"a b\"", new HeaderKey(field, "a b"));
        }

        yield return Case("HEADER Message-ID {5}\r\n<a@b>", new HeaderKey("Message-ID", "<a@b>"));
        yield return Case("HEADER X \"\"", new HeaderKey("X", ""));
        yield return Case("BODY x", new BodyKey("x"));
        yield return Case("TEXT \"Käse\"", new TextKey("Käse"));
        yield return Case("BEFORE 1-Feb-1994", new DateKey(DateField.Internal, DateTest.Before, day));
        yield return Case("ON \"01-feb-1994\"", new DateKey(DateField.Internal, DateTest.On, day));
        yield return Case("SINCE 1-FEB-1994", new DateKey(DateField.Internal, DateTest.Since, day));
        yield return Case("SENTBEFORE 1-Feb-1994", new DateKey(DateField.Sent, DateTest.Before, day));
        yield return Case("SENTON 1-Feb-1994", new DateKey(DateField.Sent, DateTest.On, day));
        yield return Case("SENTSINCE 1-Feb-1994", new DateKey(DateField.Sent, DateTest.Since, day));
        yield return Case("SAVEDSINCE 1-Feb-1994", new DateKey(DateField.Saved, DateTest.Since, day));
        yield return Case("LARGER 4294967296", new SizeKey(true, 4294967296));
        yield return Case("SMALLER 0", new SizeKey(false, 0));
        yield return Case("OLDER 3600", new AgeKey(true, 3600));
        yield return Case("YOUNGER 1", new AgeKey(false, 1));
        yield return Case("NOT NOT SEEN", new NotKey(new NotKey(new SystemFlagKey(SystemFlags.Seen, true))));
        yield return Case("OR NEW OLD", new OrKey(new NewKey(), new RecentKey(false)));
        yield return Case("(ALL)", new AllKey());

        static TestCaseData Case(string text, SearchKey key) => new(text, key);
    }

    [TestCaseSource(nameof(Keys))]
    public void Every_key_is_known_in_any_case(string text, SearchKey key)
    {
        Assert.That(Parse<SearchCommand>("SEARCH " + text).Key, Is.EqualTo(key));
        string name = text.Split(' ')[0];
        Assert.That(Parse<SearchCommand>("UID SEARCH " + name.ToLowerInvariant() + text[name.Length..]).Key, Is.EqualTo(key));
    }

    [Test]
    public void Keys_in_a_row_must_all_match()
    {
        var and = (AndKey)Parse<SearchCommand>("SEARCH 1:3,7 UID $ (SEEN DRAFT)").Key;
        Assert.That(and.Keys, Has.Count.EqualTo(3));
        Assert.That(((SequenceKey)and.Keys[0]).Set.Ranges, Is.EqualTo(new SetRange[] { new(1, 3), new(7, 7) }));
        Assert.That(((UidKey)and.Keys[1]).Set.IsSavedResult, Is.True);
        Assert.That(((AndKey)and.Keys[2]).Keys, Has.Count.EqualTo(2));
        Assert.That(((SequenceKey)Parse<SearchCommand>("SEARCH $").Key).Set.IsSavedResult, Is.True);
        Assert.That(((SequenceKey)Parse<SearchCommand>("SEARCH *").Key).Set.Ranges[0].First, Is.EqualTo(SequenceSet.Star));
    }

    [TestCase("SEARCH ALL", null)]
    [TestCase("SEARCH RETURN () ALL", SearchReturn.All)]
    [TestCase("SEARCH RETURN (MIN max COUNT) ALL", SearchReturn.Min | SearchReturn.Max | SearchReturn.Count)]
    [TestCase("SEARCH RETURN (SAVE) CHARSET utf-8 ALL", SearchReturn.Save)]
    [TestCase("UID SEARCH RETURN (ALL SAVE) ALL", SearchReturn.All | SearchReturn.Save)]
    public void RETURN_says_what_to_answer_with(string text, SearchReturn? wanted)
    {
        Assert.That(Parse<SearchCommand>(text).Return, Is.EqualTo(wanted));
    }

    [Test]
    public void Texts_are_decoded_by_the_charset()
    {
        Assert.That(Parse<SearchCommand>("SEARCH CHARSET UTF-8 BODY {3}\r\n…").Key, Is.EqualTo(new BodyKey("…")));
        Assert.That(Parse<SearchCommand>("SEARCH CHARSET \"us-ascii\" BODY x").Charset, Is.EqualTo("us-ascii"));
        Assert.That(Refused("a SEARCH CHARSET KLINGON ALL").Code, Does.StartWith("BADCHARSET (UTF-8 US-ASCII ISO-8859-1 ").And.Contains(" KOI8-R ").And.EndsWith(")"));
        BadText("a SEARCH BODY {1}\r\n\xFF");
    }

    [TestCase("ISO-8859-1", "caf\xE9")]
    [TestCase("iso-8859-15", "caf\xE9")]
    [TestCase("windows-1252", "caf\xE9")]
    [TestCase("IBM437", "caf\x82")]
    public void Charsets_that_mail_is_read_in_can_be_searched_in(string charset, string text)
    {
        byte[] octets = Encoding.Latin1.GetBytes($"a SEARCH CHARSET {charset} SUBJECT {{4}}\r\n{text}");
        var command = (SearchCommand)CommandParser.Parse(octets, Rev1).Command;
        Assert.That(command.Key, Is.EqualTo(new HeaderKey("SUBJECT", "caf\u00E9")));
    }

    [Test]
    public void Text_that_is_none_in_its_charset_is_bad() => BadText("a SEARCH CHARSET ASCII BODY {1}\r\n\xFF");

    [TestCase("ISO-2022-JP", "\x1B$B")]
    [TestCase("ISO-2022-JP", "\x1B(B")]
    [TestCase("HZ-GB-2312", "~{~}")]
    public void Escapes_without_text_are_bad_and_not_the_empty_string(string charset, string text)
    {
        BadText($"a SEARCH CHARSET {charset} SUBJECT {{{text.Length}}}\r\n{text}");
        Assert.That(Parse<SearchCommand>($"SEARCH CHARSET {charset} SUBJECT \"\"").Key, Is.EqualTo(new HeaderKey("SUBJECT", "")));
    }

    [TestCase("\x1B")]
    [TestCase("\x1B$")]
    [TestCase("a\x1B")]
    [TestCase("\x1B$BF|K\x1B(")]
    [TestCase("\x1B$BF")]
    public void An_escape_or_a_letter_that_is_cut_off_is_bad_in_ISO_2022_and_an_escape_is_a_character_elsewhere(string text)
    {
        BadText($"a SEARCH CHARSET ISO-2022-JP SUBJECT {{{text.Length}}}\r\n{text}");
        Assert.That(Parse<SearchCommand>($"SEARCH CHARSET UTF-8 SUBJECT {{{text.Length}}}\r\n{text}").Key, Is.EqualTo(new HeaderKey("SUBJECT", text)));
    }

    [TestCase("\x1B$BF|K\\\x1B(B")]
    [TestCase("\x1B$BF|K\\")]
    public void Text_in_ISO_2022_need_not_go_back_to_ASCII_at_its_end(string text) =>
        Assert.That(
            Parse<SearchCommand>($"SEARCH CHARSET ISO-2022-JP SUBJECT {{{text.Length}}}\r\n{text}").Key, Is.EqualTo(new HeaderKey("SUBJECT", "日本")));

    [TestCase("")]
    [TestCase("()")]
    [TestCase("(ALL")]
    [TestCase("ALL)")]
    [TestCase("NOT")]
    [TestCase("OR ALL")]
    [TestCase("COLOUR blue")]
    [TestCase("UN")]
    [TestCase("SENT 1-Feb-1994")]
    [TestCase("BEFORE 30-Feb-1994")]
    [TestCase("BEFORE 1-Foo-1994")]
    [TestCase("BEFORE 001-Feb-1994")]
    [TestCase("BEFORE 1-Feb-94")]
    [TestCase("BEFORE 1-Feb-0000")]
    [TestCase("BEFORE \"1-Feb-1994")]
    [TestCase("OLDER 0")]
    [TestCase("OLDER 4294967296")]
    [TestCase("LARGER -1")]
    [TestCase("LARGER 9223372036854775808")]
    [TestCase("KEYWORD \\Seen")]
    [TestCase("HEADER X")]
    [TestCase("FROM")]
    [TestCase("UID")]
    [TestCase("UID 0")]
    [TestCase("ALL  ALL")]
    [TestCase("CHARSET UTF-8")]
    [TestCase("RETURN (COLOUR) ALL")]
    [TestCase("RETURN (MIN)")]
    [TestCase("BODY \"a\0b\"")]
    [TestCase("BODY {3}\r\na\0b")]
    public void A_search_that_is_not_the_grammar_is_BAD(string keys)
    {
        BadText("a SEARCH " + keys);
    }
}
