using NUnit.Framework;

namespace Imapd.Tests.Differential;

/// <summary>Which answers to a search are the same to the comparison, and which are not.</summary>
internal sealed class SearchFactsTests
{
    [TestCase("SEARCH", "")]
    [TestCase("SEARCH 3 1 2", "1 2 3")]
    [TestCase("SEARCH 2 2", "2")]
    public void Numbers_are_found_in_whatever_order_they_are_told(string response, string found) =>
        Assert.That(string.Join(' ', SearchFacts.Found(Answered(response)).Order()), Is.EqualTo(found));

    [TestCase("ESEARCH (TAG \"t1\") UID MIN 1 MAX 9 COUNT 3 ALL 1,5,9", "ESEARCH (TAG \"t7\") UID ALL 9,5,1 COUNT 3 MAX 9 MIN 1")]
    [TestCase("ESEARCH (TAG \"t1\") ALL 1:3", "ESEARCH (TAG \"t1\") ALL 3,1,2")]
    [TestCase("ESEARCH (TAG \"t1\") UID", "ESEARCH UID")]
    public void The_same_in_another_form_is_the_same(string one, string other) =>
        Assert.That(SearchFacts.Extended(Answered(one)), Is.EqualTo(SearchFacts.Extended(Answered(other))));

    [TestCase("ESEARCH (TAG \"t1\") UID ALL 1", "ESEARCH (TAG \"t1\") ALL 1")]
    [TestCase("ESEARCH (TAG \"t1\") ALL 1:3", "ESEARCH (TAG \"t1\") ALL 1,3")]
    [TestCase("ESEARCH (TAG \"t1\") MIN 1", "ESEARCH (TAG \"t1\") MAX 1")]
    [TestCase("ESEARCH (TAG \"t1\") COUNT 0", "ESEARCH (TAG \"t1\")")]
    [TestCase("ESEARCH (TAG \"t1\") COUNT 1 MIN 2", "ESEARCH (TAG \"t1\") COUNT 2 MIN 1")]
    public void What_is_not_the_same_is_not(string one, string other) =>
        Assert.That(SearchFacts.Extended(Answered(one)), Is.Not.EqualTo(SearchFacts.Extended(Answered(other))));

    private static Answer Answered(string response) => new("", ["5 EXISTS", response], "OK done");
}
