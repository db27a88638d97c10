using System.Text;
using NUnit.Framework;

namespace Imapd.Tests.Responses;

/// <summary>What the strict parser takes for a response of this server, and what it does not.</summary>
internal sealed class ResponseParserTests
{
    // Everything that sessions say in the tests, the stress and the fuzzers passes through it.
    [TestCase("PARSE")]
    [TestCase("CONTACTADMIN")]
    [TestCase("NOTSAVED")]
    [TestCase("NOSUCHCODE")]
    public void A_code_that_the_tables_of_requirements_say_is_never_said_is_none(string code) =>
        Assert.That(() => ResponseParser.Parse(Encoding.ASCII.GetBytes($"a NO [{code}] x\r\n"), utf8: false), Throws.TypeOf<ResponseFormatException>());

    [TestCase("ALERT")]
    [TestCase("NONEXISTENT")]
    public void A_code_that_is_said_is_one(string code) =>
        Assert.That(ResponseParser.Parse(Encoding.ASCII.GetBytes($"a NO [{code}] x\r\n"), utf8: false).Code, Is.EqualTo(code));
}
