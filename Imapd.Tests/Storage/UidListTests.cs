using System.Text;
using Imapd.Storage.Maildir.Index;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

internal sealed class UidListTests
{
    private const string Whole =
        "3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1 Xfuture\n"
        + "25006 :1276528487.M364837P9451.kurkku,S=1355,W=1394:2,\n"
        + "25017 W2481 Qunknown :1276533073.M242911P3632.kurkku:2,F\n";

    [Test]
    public void Text_of_Dovecot_comes_back_octet_by_octet()
    {
        UidList list = Parse(Whole)!;
        Assert.That(UidListText.Header(list) + UidListText.Lines(list.Lines), Is.EqualTo(Whole));
        Assert.That(list.Lines[1].WireOctets, Is.EqualTo(2481));
        Assert.That(list.IsDamaged, Is.False);
        Assert.That(list.CanGrow, Is.True);
    }

    [Test]
    public void The_next_UID_is_larger_than_any_line_has()
    {
        Assert.That(Parse("3 V1 N5 G3085f01b7f11094c501100008c4a11c1\n7 :a\n")!.NextUid, Is.EqualTo(8));
        Assert.That(Parse("3 V1 N50 G3085f01b7f11094c501100008c4a11c1\n7 :a\n")!.NextUid, Is.EqualTo(50));
    }

    [Test]
    public void Lists_of_Courier_are_read()
    {
        UidList list = Parse("1 1170000000 4\n1 1170000001.M1.host\n3 1170000002.M2.host\n")!;
        Assert.That((list.UidValidity, list.NextUid), Is.EqualTo((1170000000u, 4u)));
        Assert.That(list.Lines.Select(line => (line.Uid, line.Name)), Is.EqualTo(new[] { (1u, "1170000001.M1.host"), (3u, "1170000002.M2.host") }));
        Assert.That(list.CanGrow, Is.False, "it has to be written anew in version 3 first");
    }

    [TestCase("5 :a\n7 :b\n9 :c", new uint[] { 5, 7 }, Description = "cut off")]
    [TestCase("5 :a\n\0\0\0\0\n9 :c\n", new uint[] { 5, 9 }, Description = "zeros")]
    [TestCase("9 :c\n5 :a\n", new uint[] { 5, 9 }, Description = "out of order")]
    [TestCase("5 :a\n5 :b\n9 :c\n", new uint[] { 9 }, Description = "one UID twice")]
    [TestCase("0 :a\n4294967295 :b\n4294967296 :c\n-1 :d\nx :e\n8 f\n9 :c\n", new uint[] { 9 }, Description = "no UIDs")]
    public void Damaged_lists_are_salvaged_line_by_line(string lines, uint[] kept)
    {
        UidList list = Parse("3 V77 N10 G3085f01b7f11094c501100008c4a11c1\n" + lines)!;
        Assert.That(list.UidValidity, Is.EqualTo(77));
        Assert.That(list.Lines.Select(line => line.Uid), Is.EqualTo(kept));
        Assert.That(list.IsDamaged, Is.True);
        Assert.That(list.NextUid, Is.GreaterThan(1000), "lost lines may have had larger UIDs");
    }

    [TestCase("")]
    [TestCase("\n")]
    [TestCase("garbage\n1 :a\n")]
    [TestCase("3 N5 G00\n")]
    [TestCase("3 V0 N5\n")]
    [TestCase("3 V99999999999 N5\n")]
    public void A_list_without_UIDVALIDITY_is_none(string text) => Assert.That(Parse(text), Is.Null);

    [Test]
    public void Any_octets_are_read_without_harm([Random(1, int.MaxValue, 50)] int seed)
    {
        var random = new Random(seed);
        byte[] text = Encoding.Latin1.GetBytes(Whole);
        for (int i = 0; i < 20; i++)
        {
            text[random.Next(text.Length)] = (byte)random.Next(256);
        }

        UidList? list = UidListParser.Parse(text);
        Assert.That(list?.Lines.Select(line => line.Uid) ?? [], Is.Ordered.Ascending.And.Unique);
    }

    private static UidList? Parse(string text) => UidListParser.Parse(Encoding.Latin1.GetBytes(text));
}
