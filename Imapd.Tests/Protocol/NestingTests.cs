using System.Text;
using Imapd.Protocol.Commands;
using Imapd.Protocol.Wire;
using NUnit.Framework;
using static Imapd.Tests.Protocol.Parsing;

namespace Imapd.Tests.Protocol;

internal sealed class NestingTests
{
    private static readonly string[] Openings = ["(", "NOT ", "OR ALL ", "OR (", "(NOT "];

    [TestCase("(", ")")]
    [TestCase("NOT ", "")]
    [TestCase("OR ALL ", "")]
    public void Keys_may_be_nested_as_deep_as_the_limit_and_not_deeper(string open, string close)
    {
        int limit = CommandLimits.AfterLogin.MaxDepth;
        string Nested(int depth) =>
            $"SEARCH {string.Concat(Enumerable.Repeat(open, depth))}ALL{string.Concat(Enumerable.Repeat(close, depth))}";
        Parse<SearchCommand>(Nested(limit));
        Assert.That(BadText("a1 " + Nested(limit + 1)), Does.StartWith($"Expected no more than {limit} levels"));
    }

    [TestCaseSource(nameof(Openings))]
    public void Ten_thousand_levels_are_refused(string opening)
    {
        Assert.That(
            BadText("a SEARCH " + string.Concat(Enumerable.Repeat(opening, 10_000))),
            Does.StartWith("Expected no more than"));
    }

    [Test]
    public void Keys_beside_each_other_are_not_nested()
    {
        Parse<SearchCommand>("SEARCH " + string.Join(' ', Enumerable.Repeat("(NOT (ALL))", 5000)));
        Parse<SearchCommand>("SEARCH " + string.Join(' ', Enumerable.Repeat("OR ALL NOT NEW", 3000)));
    }

    [Test]
    public void Lists_nested_where_there_can_be_none_are_BAD()
    {
        string open = new('(', 10_000);
        foreach (string start in new[] { "STATUS x ", "FETCH 1 ", "LIST ", "LIST \"\" ", "ID ", "STORE 1 FLAGS ", "SELECT x ", "APPEND x ", "CREATE x " })
        {
            BadText(Encoding.ASCII.GetBytes("a " + start + open));
        }
    }
}
