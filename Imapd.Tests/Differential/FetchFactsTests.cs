using NUnit.Framework;

namespace Imapd.Tests.Differential;

/// <summary>What is the same to the comparison, and what is not.</summary>
internal sealed class FetchFactsTests
{
    [TestCase("1 FETCH (BODY[] \"ab\" UID 7)", "1 FETCH (UID 7 BODY[] {2}\r\nab)")]
    [TestCase("1 FETCH (BINARY[1] ~{2}\r\nab)", "1 FETCH (BINARY[1] \"ab\")")]
    [TestCase("1 FETCH (BODY[HEADER.FIELDS (\"Subject\" TO)] \"\")", "1 FETCH (BODY[HEADER.FIELDS (SUBJECT To)] \"\")")]
    [TestCase("1 FETCH (FLAGS (\\Seen \\Recent a))", "1 FETCH (FLAGS (a \\Seen))")]
    [TestCase("1 FETCH (INTERNALDATE \" 1-Jan-2020 01:00:00 +0100\")", "1 FETCH (INTERNALDATE \"01-Jan-2020 00:00:00 +0000\")")]
    [TestCase(
        "1 FETCH (BODY (\"text\" \"plain\" (\"format\" \"flowed\" \"charset\" \"utf-8\") NIL NIL \"7bit\" 3 1))",
        "1 FETCH (BODY (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"UTF-8\" \"FORMAT\" \"flowed\") NIL NIL \"7BIT\" 3 1))")]
    [TestCase(
        "1 FETCH (BODYSTRUCTURE (\"a\" \"b\" NIL NIL NIL \"7bit\" 3 NIL (\"inline\" NIL) \"en\" NIL))",
        "1 FETCH (BODYSTRUCTURE (\"a\" \"b\" NIL NIL NIL \"7bit\" 3 NIL (\"INLINE\" NIL) (\"en\") NIL))")]
    public void The_same_in_another_form_is_the_same(string one, string other) => Assert.That(Facts(one), Is.EqualTo(Facts(other)));

    [TestCase("1 FETCH (BODY[1] NIL)", "1 FETCH (BODY[1] \"NIL\")")]
    [TestCase("1 FETCH (BODY[1] NIL)", "1 FETCH (BODY[1] \"\")")]
    [TestCase("1 FETCH (BODY[1]<0> \"a\")", "1 FETCH (BODY[1] \"a\")")]
    [TestCase("1 FETCH (FLAGS (\\Seen))", "1 FETCH (FLAGS ())")]
    [TestCase("1 FETCH (UID 1)", "1 FETCH (UID 2)")]
    [TestCase("1 FETCH (UID 1)", "2 FETCH (UID 1)")]
    [TestCase("1 FETCH (INTERNALDATE \" 1-Jan-2020 00:00:00 +0100\")", "1 FETCH (INTERNALDATE \" 1-Jan-2020 00:00:00 +0000\")")]
    [TestCase("1 FETCH (BODY (\"a\" \"b\" (\"x\" \"y\") NIL NIL \"7bit\" 3))", "1 FETCH (BODY (\"a\" \"b\" (\"x\" \"Y\") NIL NIL \"7bit\" 3))")]
    [TestCase("1 FETCH (BODY (\"text\" \"b\" NIL NIL NIL \"7bit\" 3 1))", "1 FETCH (BODY (\"text\" \"b\" NIL NIL NIL \"7bit\" 3 2))")]
    [TestCase("1 FETCH (BODY ((\"a\" \"b\" NIL NIL NIL \"7bit\" 3) \"mixed\"))", "1 FETCH (BODY (\"a\" \"b\" NIL NIL NIL \"7bit\" 3))")]
    public void What_is_not_the_same_is_not(string one, string other) => Assert.That(Facts(one), Is.Not.EqualTo(Facts(other)));

    [Test]
    public void Every_octet_of_what_is_long_counts() =>
        Assert.That(FetchFacts.Show(new string('a', 1000)), Is.Not.EqualTo(FetchFacts.Show(new string('a', 999) + "b")));

    [Test]
    public void Parts_of_a_message_inside_are_told_apart()
    {
        const string Structure = "1 FETCH (BODY ((\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 9 "
            + "(NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) (\"text\" \"plain\" NIL NIL NIL \"7bit\" 3 1) 4) \"mixed\"))";
        Assert.That(Facts(Structure), Does.Contain("1: BODY 1/envelope/subject = \"in\"").And.Contain("1: BODY 1.1/lines = 1").And.Contain("1: BODY 1/lines = 4"));
    }

    private static List<string> Facts(string response) =>
        [.. FetchFacts.Of(new Answer("", [response], "OK")).SelectMany(static message => message.Value.Select(fact => $"{message.Key}: {fact.Key} = {fact.Value}"))];
}
