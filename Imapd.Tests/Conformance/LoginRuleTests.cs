using System.Text;
using Imapd.Protocol.Commands;
using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>What comes before and with a login (RFC 4959, RFC 7888 §5, RFC 2971).</summary>
public sealed class LoginRuleTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.StartAlone();

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void The_longest_initial_response_is_taken()
    {
        string longest = new('x', SaslPlain.MaxPartOctets);
        string response = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{longest}\0{longest}\0{longest}"));
        _server.Connect().Send($"a AUTHENTICATE PLAIN {response}\r\n").Converse("S: a NO [AUTHENTICATIONFAILED] …");
    }

    [Test]
    public void A_non_synchronising_literal_beyond_4096_octets_is_refused_before_login() => _server.Connect()
        .Send($"a LOGIN {{4097+}}\r\n{new string('x', 4097)} test\r\nb LOGIN {{4+}}\r\ntest test\r\n").Converse("""
            S: a BAD [TOOBIG] …
            S: b OK …
            """);

    [Test]
    public void LITERAL_minus_is_announced_before_login_and_LITERAL_plus_after_it()
    {
        TestClient client = _server.Connect();
        string[] before = client.Command("a CAPABILITY")[0].Split(' ');
        client.Command("b LOGIN test test");
        string[] after = client.Command("c CAPABILITY")[0].Split(' ');
        Assert.That((before.Contains("LITERAL-"), before.Contains("LITERAL+")), Is.EqualTo((true, false)));
        Assert.That((after.Contains("LITERAL-"), after.Contains("LITERAL+")), Is.EqualTo((false, true)));
    }

    [Test]
    public void What_a_client_says_of_itself_changes_nothing()
    {
        TestClient client = _server.Connect();
        string before = client.Command("a CAPABILITY")[0];
        client.Command("b ID (\"name\" \"Some Client\" \"version\" \"1.0\" \"os\" NIL)");
        Assert.That(client.Command("c CAPABILITY")[0], Is.EqualTo(before));
        client.Command("d ID NIL");
        client.Command("e LOGIN test test");
        string loggedIn = client.Command("f CAPABILITY")[0];
        client.Command("g ID (\"name\" \"Some Client\")");
        Assert.That(client.Command("h CAPABILITY")[0], Is.EqualTo(loggedIn));
    }

    [Test]
    public void What_the_server_says_of_itself_is_short_and_each_field_is_there_once()
    {
        string id = _server.Connect().Command("a ID NIL")[0];
        string[] strings = [.. id.Split('"').Where((_, i) => i % 2 == 1)];
        Assert.That(id, Does.StartWith("* ID (\"").And.EndWith("\")"));
        Assert.That(strings.Length / 2, Is.InRange(1, 30));
        Assert.That(strings.Where((_, i) => i % 2 == 0), Is.Unique);
        Assert.That(strings.Where((_, i) => i % 2 == 0).Max(name => name.Length), Is.LessThanOrEqualTo(30));
        Assert.That(strings.Max(text => text.Length), Is.LessThanOrEqualTo(1024));
    }

    [Test]
    public void The_names_of_commands_and_their_options_are_taken_in_any_case() => _server.LogIn().Converse("""
        C: a sElect inbox
        S: …
        S: a OK …
        C: b search rEturn (sAve Count) aLL
        S: * ESEARCH (TAG "b") COUNT 0
        S: b OK …
        C: c uid mOve 77 Inbox
        S: c OK …
        C: d list (Subscribed) "" * rEturn (Children sTatus (mEssages))
        S: d OK …
        C: e status inbox (aPPendlimit sIze)
        S: * STATUS INBOX (SIZE 0 APPENDLIMIT 67108864)
        S: e OK …
        C: f unsElect
        S: f OK …
        C: g idle
        S: + …
        C: dOne
        S: g OK …
        C: h namespacE
        S: * NAMESPACE …
        S: h OK …
        C: i enablE utf8=accepT
        S: * ENABLED UTF8=ACCEPT
        S: i OK …
        """);
}
