using Imapd.Protocol.Commands;
using Imapd.Protocol.Fetch;
using NUnit.Framework;
using static Imapd.Tests.Protocol.Parsing;

namespace Imapd.Tests.Protocol;

internal sealed class FetchCommandTests
{
    [Test]
    public void The_macros_are_spelled_out()
    {
        FetchItem[] fast = [new FlagsItem(), new InternalDateItem(), new SizeItem()];
        Assert.That(Parse<FetchCommand>("FETCH 1 fast").Items, Is.EqualTo(fast));
        Assert.That(Parse<FetchCommand>("FETCH 1 ALL").Items, Is.EqualTo(fast.Append(new EnvelopeItem())));
        Assert.That(
            Parse<FetchCommand>("UID FETCH 1 FULL").Items,
            Is.EqualTo(fast.Append(new EnvelopeItem()).Append(new BodyStructureItem(false))));
        BadText("a FETCH 1 (ALL)");
    }

    [Test]
    public void Items_stand_alone_or_in_a_list()
    {
        Assert.That(Parse<FetchCommand>("FETCH 1 UID").Items, Is.EqualTo(new[] { new UidItem() }));
        Assert.That(
            Parse<FetchCommand>("FETCH 1 (BODY BODYSTRUCTURE FLAGS)").Items,
            Is.EqualTo(new FetchItem[] { new BodyStructureItem(false), new BodyStructureItem(true), new FlagsItem() }));
    }

    [TestCase("BODY[]", "[]", SectionText.Whole, false)]
    [TestCase("body.peek[]", "[]", SectionText.Whole, true)]
    [TestCase("BODY[1]", "[1]", SectionText.Whole, false)]
    [TestCase("BODY[1.2.3.TEXT]", "[1.2.3.TEXT]", SectionText.Text, false)]
    [TestCase("BODY[TEXT]", "[TEXT]", SectionText.Text, false)]
    [TestCase("BODY[Header]", "[HEADER]", SectionText.Header, false)]
    [TestCase("BODY[4.mime]", "[4.MIME]", SectionText.Mime, false)]
    [TestCase("BODY.PEEK[HEADER.FIELDS (From \"To\")]", "[HEADER.FIELDS (From To)]", SectionText.HeaderFields, true)]
    [TestCase("BODY[2.HEADER.FIELDS.NOT (\"X Y\")]", "[2.HEADER.FIELDS.NOT (\"X Y\")]", SectionText.HeaderFieldsNot, false)]
    public void Sections_are_read_and_written_back(string text, string written, SectionText sectionText, bool peek)
    {
        var item = (BodyItem)Parse<FetchCommand>("FETCH 1 " + text).Items.Single();
        Assert.That(item.Section.Text, Is.EqualTo(sectionText));
        Assert.That(item.Peek, Is.EqualTo(peek));
        Assert.That(item.Rfc822Name, Is.Null);
        Assert.That(OctetCollector.WrittenText(item.Section.Write), Is.EqualTo(written));
    }

    [TestCase("RFC822", SectionText.Whole, false)]
    [TestCase("RFC822.HEADER", SectionText.Header, true)]
    [TestCase("RFC822.TEXT", SectionText.Text, false)]
    public void The_names_of_RFC_3501_are_sections_that_are_answered_by_name(string name, SectionText text, bool peek)
    {
        var item = (BodyItem)Parse<FetchCommand>("FETCH 1 " + name.ToLowerInvariant()).Items.Single();
        Assert.That((item.Rfc822Name, item.Section.Text, item.Peek), Is.EqualTo((name, text, peek)));
    }

    [Test]
    public void A_partial_has_63_bits_and_at_least_one_octet()
    {
        var item = (BodyItem)Parse<FetchCommand>("FETCH 1 BODY[]<0.2048>").Items.Single();
        Assert.That(item.Partial, Is.EqualTo(new Partial(0, 2048)));
        item = (BodyItem)Parse<FetchCommand>("FETCH 1 BODY[1]<9223372036854775807.9223372036854775807>").Items.Single();
        Assert.That(item.Partial, Is.EqualTo(new Partial(long.MaxValue, long.MaxValue)));
    }

    [Test]
    public void BINARY_names_parts()
    {
        var item = (BinaryItem)Parse<FetchCommand>("FETCH 1 BINARY.PEEK[1.2]<3.4>").Items.Single();
        Assert.That((item.Peek, item.Partial), Is.EqualTo((true, new Partial(3, 4))));
        Assert.That(item.Part, Is.EqualTo(new[] { 1, 2 }));
        Assert.That(OctetCollector.WrittenText(item.WriteSection), Is.EqualTo("[1.2]"));
        Assert.That(((BinaryItem)Parse<FetchCommand>("FETCH 1 BINARY[]").Items.Single()).Part, Is.Empty);
        Assert.That(((BinarySizeItem)Parse<FetchCommand>("FETCH 1 BINARY.SIZE[7]").Items.Single()).Part, Is.EqualTo(new[] { 7 }));
    }

    [TestCase("")]
    [TestCase("()")]
    [TestCase("(FLAGS")]
    [TestCase("(FLAGS )")]
    [TestCase("FLAGS UID")]
    [TestCase("(FLAGS FAST)")]
    [TestCase("(ALL)")]
    [TestCase("COLOUR")]
    [TestCase("BODY[")]
    [TestCase("BODY[0]")]
    [TestCase("BODY[1.0]")]
    [TestCase("BODY[1.]")]
    [TestCase("BODY[.1]")]
    [TestCase("BODY[4294967295]")]
    [TestCase("BODY[MIME]")]
    [TestCase("BODY[HEADER.FIELDS]")]
    [TestCase("BODY[HEADER.FIELDS ()]")]
    [TestCase("BODY[HEADER.FIELDS (From)")]
    [TestCase("BODY[HEADER.FIELDS (Fr\xF6m)]")]
    [TestCase("BODY[]<0>")]
    [TestCase("BODY[]<0.0>")]
    [TestCase("BODY[]<-1.2>")]
    [TestCase("BODY[]<9223372036854775808.1>")]
    [TestCase("BODY[] <0.1>")]
    [TestCase("BINARY")]
    [TestCase("BINARY[1.TEXT]")]
    [TestCase("BINARY[1.]")]
    [TestCase("BINARY.SIZE[1]<0.1>")]
    [TestCase("RFC822[]")]
    [TestCase("BODYSTRUCTURE[1]")]
    public void Items_that_are_not_the_grammar_are_BAD(string items)
    {
        BadText("a FETCH 1 " + items);
    }

    [Test]
    public void Part_numbers_may_be_a_thousand_levels_deep()
    {
        string part = string.Join('.', Enumerable.Repeat("1", 1000));
        var item = (BodyItem)Parse<FetchCommand>($"FETCH 1 BODY[{part}]").Items.Single();
        Assert.That(item.Section.Part, Has.Count.EqualTo(1000));
    }
}
