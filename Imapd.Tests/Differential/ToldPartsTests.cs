using NUnit.Framework;

namespace Imapd.Tests.Differential;

/// <summary>What a structure says that there is.</summary>
internal sealed class ToldPartsTests
{
    private const string Leaf = "(\"a\" \"b\" NIL NIL NIL \"7bit\" 3)";
    private const string Envelope = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)";

    [TestCase(Leaf, "BODY[] BODY[TEXT] BODY[HEADER.FIELDS (A)]<0> BODY[1] BODY[1.MIME]<5> BINARY[1] BINARY.SIZE[1]", "BODY[2] BODY[1.1] BODY[1.HEADER] BODY[1.TEXT] BINARY.SIZE[2]")]
    [TestCase($"({Leaf} ({Leaf}{Leaf} \"alternative\") \"mixed\")", "BODY[1] BODY[2] BODY[2.1] BODY[2.2.MIME]", "BODY[3] BODY[2.3] BODY[1.1] BODY[2.HEADER] BODY[2.TEXT]<3>")]
    [TestCase($"((\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 {Envelope} {Leaf} 4) \"mixed\")", "BODY[1] BODY[1.1] BODY[1.HEADER] BODY[1.TEXT] BODY[1.HEADER.FIELDS (A B)] BODY[1.1.MIME]", "BODY[1.2] BODY[1.1.HEADER] BODY[1.1.1]")]
    [TestCase($"(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 {Envelope} ({Leaf}{Leaf} \"mixed\") 4)", "BODY[1] BODY[1.1] BODY[1.2] BODY[1.HEADER]", "BODY[2] BODY[1.3] BODY[1.1.1]")]
    public void A_structure_tells_which_sections_there_are(string structure, string has, string lacks)
    {
        (int number, ToldParts parts) = ToldParts.Of(new Answer("", [$"7 FETCH (BODYSTRUCTURE {structure})"], "OK")).Single();
        Assert.That(number, Is.EqualTo(7));
        Assert.That(Items(has).Where(item => !parts.Has(item)), Is.Empty);
        Assert.That(Items(lacks).Where(parts.Has), Is.Empty);
    }

    // A space within brackets divides no items.
    private static IEnumerable<string> Items(string items) => System.Text.RegularExpressions.Regex.Matches(items, @"[A-Z.]+\[[^\]]*\](<\d+>)?").Select(static item => item.Value);
}
