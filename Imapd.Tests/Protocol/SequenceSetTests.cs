using FsCheck;
using FsCheck.Fluent;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using NUnit.Framework;

namespace Imapd.Tests.Protocol;

internal sealed class SequenceSetTests
{
    [Test]
    public void Resolving_a_set_gives_the_numbers_it_names_sorted_and_merged()
    {
        Gen<uint> ends = Gen.Choose(0, 12).Select(end => (uint)end);
        Gen<SetRange[]> ranges = ends.Zip(ends).Select(pair => new SetRange(pair.Item1, pair.Item2)).NonEmptyListOf()
            .Select(list => list.ToArray());
        Prop.ForAll(ranges.Zip(ends).ToArbitrary(), pair => IsResolved(pair.Item1, pair.Item2))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Test]
    public void The_largest_number_does_not_overflow()
    {
        var set = new SequenceSet([new(uint.MaxValue, 5), new(uint.MaxValue, uint.MaxValue), new(3, 4)]);
        Assert.That(set.Resolve(7), Is.EqualTo(new[] { new SetRange(3, uint.MaxValue) }));
    }

    [TestCase("1", "1")]
    [TestCase("1,2,3", "1:3")]
    [TestCase("1,3,4", "1,3:4")]
    [TestCase("3,2,1", "3,2,1")]
    [TestCase("1,2,2,3", "1:2,2:3")]
    [TestCase("4294967294,4294967295,1", "4294967294:4294967295,1")]
    [TestCase("", "")]
    public void Numbers_are_written_as_a_set_in_their_order(string numbers, string written)
    {
        IEnumerable<uint> values = numbers.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(uint.Parse);
        Assert.That(OctetCollector.WrittenText(writer => writer.NumberSet(values)), Is.EqualTo(written));
    }

    [Test]
    public void A_set_that_was_written_is_read_as_the_same_numbers()
    {
        Gen<uint[]> numbers = Gen.Choose(1, 30).Select(number => (uint)number).NonEmptyListOf().Select(list => list.ToArray());
        Prop.ForAll(numbers.ToArbitrary(), list =>
        {
            byte[] written = OctetCollector.Written(writer => writer.NumberSet(list));
            SequenceSet set = SequenceSetGrammar.Read(new CommandReader(written, 1));
            return set.Ranges.SelectMany(Expand).SequenceEqual(list);
        }).QuickCheckThrowOnFailure();
    }

    private static bool IsResolved(SetRange[] ranges, uint largest)
    {
        var expected = new SortedSet<uint>(ranges
            .Select(range => new SetRange(range.First == 0 ? largest : range.First, range.Last == 0 ? largest : range.Last))
            .SelectMany(Expand)
            .Where(number => number != 0));
        IReadOnlyList<SetRange> resolved = new SequenceSet(ranges).Resolve(largest);
        bool isMerged = resolved.Zip(resolved.Skip(1)).All(pair => pair.First.Last + 1 < pair.Second.First);
        return isMerged && resolved.SelectMany(Expand).SequenceEqual(expected);
    }

    private static IEnumerable<uint> Expand(SetRange range)
    {
        for (uint number = Math.Min(range.First, range.Last); number <= Math.Max(range.First, range.Last); number++)
        {
            yield return number;
        }
    }
}
