using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir.Index;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>The keyword table, which other programs write too: names are atoms, places have no gaps, letters keep their meaning.</summary>
internal sealed class KeywordTarget : FuzzTarget
{
    public override string Name => "keywords";

    public override int MaxInputOctets => 8192;

    public override IReadOnlyList<string> Dictionary { get; } =
        ["0 ", "25 ", "26 ", "1 $Forwarded\n", "2 work\n", "3 WORK\n", "\n", " ", "\0", "\\", "(", "]", "\u00e4", "x", "-1 "];

    public override IEnumerable<byte[]> Seeds { get; } =
        [.. new[] { "0 $Forwarded\n1 work\n25 last\n", "", "0 a\n0 b\n1 A\n", "3\n4 \n5 a b\n6 (x\n", "0 \u00e4\n" }.Select(Latin1)];

    public override object? Exercise(byte[] input)
    {
        KeywordTable table = KeywordTable.Parse(Latin1(input));
        return (table, table.With(["new", "$Forwarded"], static () => 6), table.PlacesOf(uint.MaxValue));
    }

    public override string Check(byte[] input, object? result)
    {
        (KeywordTable table, KeywordTable more, uint places) = ((KeywordTable, KeywordTable, uint))result!;
        Require(table.Names.All(OctetClasses.IsAtom), () => $"{string.Join(' ', table.Names)} are not all atoms");
        Require(table.Names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == table.Names.Count, () => "a keyword is there twice");
        Require(places == (uint)((1L << table.Names.Count) - 1), () => $"places {places:x} of {table.Names.Count} keywords");
        KeywordTable again = KeywordTable.Parse(table.ToText());
        Require(again.Names.SequenceEqual(table.Names) && again.LettersOtherThanIn(table) == 0, () => $"written as {table.ToText()}");
        uint changed = more.LettersOtherThanIn(table);
        Require((changed & (table.NamedLetters | 6)) == 0, () => $"letters {changed:x} have changed their meaning");
        return $"{table.Names.Count} {more.Names.Count} {Math.Min(table.NamedLetters, 64)}";
    }
}
