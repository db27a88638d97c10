using System.Text;
using Imapd.Protocol.Commands;
using NUnit.Framework;
using static Imapd.Tests.Protocol.Parsing;

namespace Imapd.Tests.Protocol;

/// <summary>Commands that log in, and those that have no arguments.</summary>
internal sealed class SessionCommandTests
{
    private static readonly Type[] Bare =
    [
        typeof(CapabilityCommand), typeof(NoopCommand), typeof(LogoutCommand), typeof(StartTlsCommand),
        typeof(IdleCommand), typeof(CheckCommand), typeof(CloseCommand), typeof(UnselectCommand),
        typeof(NamespaceCommand),
    ];

    [Test]
    public void Commands_without_arguments_are_known_in_any_case_and_take_none()
    {
        foreach (Type type in Bare)
        {
            string name = type.Name.Replace("Command", "", StringComparison.Ordinal);
            foreach (string written in new[] { name, name.ToUpperInvariant(), name.ToUpperInvariant().ToLowerInvariant() })
            {
                TaggedCommand tagged = CommandParser.Parse(Encoding.ASCII.GetBytes("x " + written), Rev1);
                Assert.That(tagged.Command, Is.TypeOf(type));
            }

            Assert.That(BadText($"x {name} 1"), Is.EqualTo($"Expected the end of the command at octet {3 + name.Length}"));
            Assert.That(BadText($"x {name} "), Does.StartWith("Expected the end of the command"));
        }
    }

    [TestCase("", "Expected a tag at octet 1")]
    [TestCase(" NOOP", "Expected a tag at octet 1")]
    [TestCase("+ NOOP", "Expected a tag at octet 1")]
    [TestCase("* NOOP", "Expected a tag at octet 1")]
    [TestCase("a", "Expected a space at octet 2")]
    [TestCase("a ", "Expected a command at octet 3")]
    [TestCase("a  NOOP", "Expected a command at octet 3")]
    [TestCase("a\tNOOP", "Expected a space at octet 2")]
    [TestCase("a NOOP\0", "Expected the end of the command at octet 7")]
    [TestCase("a NOOP\r", "Expected the end of the command at octet 7")]
    [TestCase("a UID", "Expected a space at octet 6")]
    [TestCase("a UID ", "Expected a command that takes UIDs at octet 7")]
    public void A_line_that_is_no_command_is_told_what_was_expected_and_where(string line, string text)
    {
        Assert.That(BadText(line), Is.EqualTo(text));
    }

    [Test]
    public void A_tag_has_at_most_64_octets()
    {
        string tag = new('t', 64);
        Assert.That(CommandParser.Parse(Encoding.ASCII.GetBytes(tag + " NOOP"), Rev1).Tag, Is.EqualTo(tag));
        Assert.That(BadText("t" + tag + " NOOP"), Does.Contain("at most 64 octets"));
    }

    [TestCase("XYZZY", "XYZZY")]
    [TestCase("xyzzy plugh \"", "XYZZY")]
    [TestCase("UID XYZZY 1", "UID XYZZY")]
    [TestCase("UID NOOP", "UID NOOP")]
    public void A_command_not_known_keeps_its_name_and_tag(string text, string name)
    {
        Assert.That(Parse<UnknownCommand>(text).Name, Is.EqualTo(name));
    }

    [Test]
    public void An_unknown_name_is_cut_to_32_octets()
    {
        Assert.That(Parse<UnknownCommand>(new string('X', 5000)).Name, Has.Length.EqualTo(32));
    }

    [TestCase("LOGIN fred secret", "fred", "secret")]
    [TestCase("LOGIN \"fr\\\"ed\" \"s\\\\ecret\"", "fr\"ed", "s\\ecret")]
    [TestCase("LOGIN {4}\r\nfred {8}\r\n a\r\n b) ", "fred", " a\r\n b) ")]
    [TestCase("LOGIN {4+}\r\nfred {0+}\r\n", "fred", "")]
    [TestCase("LOGIN \"Käthe\" \"größe\"", "Käthe", "größe")]
    [TestCase("LOGIN a]b NIL", "a]b", "NIL")]
    public void LOGIN_takes_its_names_as_atoms_strings_and_literals(string text, string user, string password)
    {
        var login = Parse<LoginCommand>(text);
        Assert.That(Encoding.UTF8.GetString(login.User), Is.EqualTo(user));
        Assert.That(Encoding.UTF8.GetString(login.Password), Is.EqualTo(password));
    }

    [TestCase("a LOGIN fred")]
    [TestCase("a LOGIN fred sec(ret")]
    [TestCase("a LOGIN fred \"sec\0ret\"")]
    [TestCase("a LOGIN fred \"sec\\ret\"")]
    [TestCase("a LOGIN fred \"sec\xC3\"")]
    [TestCase("a LOGIN fred \"secret")]
    [TestCase("a LOGIN fred secret secret")]
    [TestCase("a LOGIN fred {3}\r\nse\0")]
    [TestCase("a LOGIN fred {6}\r\nsecre")]
    [TestCase("a LOGIN fred ~{6}\r\nsecret")]
    public void A_LOGIN_that_is_not_the_grammar_tells_nothing_of_the_password(string line)
    {
        Assert.That(BadText(line), Does.Not.Contain("ret").And.Not.Contain("sec"));
    }

    [TestCase("AUTHENTICATE plain", "PLAIN", null)]
    [TestCase("AUTHENTICATE PLAIN =", "PLAIN", "")]
    [TestCase("AUTHENTICATE PLAIN AGEAYg==", "PLAIN", "\0a\0b")]
    [TestCase("AUTHENTICATE SCRAM-SHA-256 YWJj", "SCRAM-SHA-256", "abc")]
    public void AUTHENTICATE_takes_an_initial_response(string text, string mechanism, string? response)
    {
        var authenticate = Parse<AuthenticateCommand>(text);
        Assert.That(authenticate.Mechanism, Is.EqualTo(mechanism));
        Assert.That(authenticate.InitialResponse, Is.EqualTo(response is null ? null : Encoding.ASCII.GetBytes(response)));
    }

    [TestCase("AGEAYg=")]
    [TestCase("AGEAYg")]
    [TestCase("AGEAYh==")]
    [TestCase("AGE=AYg=")]
    [TestCase("====")]
    [TestCase("AGEA Yg=")]
    [TestCase("AGEA-g==")]
    [TestCase("")]
    public void AUTHENTICATE_wants_strict_base64(string response)
    {
        BadText("a AUTHENTICATE PLAIN " + response);
    }

    [Test]
    public void ID_takes_fields_NIL_values_and_NIL()
    {
        Assert.That(Parse<IdCommand>("ID NIL").Fields, Is.Null);
        Assert.That(Parse<IdCommand>("ID ()").Fields, Is.Empty);
        Assert.That(
            Parse<IdCommand>("ID (\"name\" \"mutt\" \"os\" NIL {1}\r\nx {2}\r\nyz)").Fields,
            Is.EqualTo(new KeyValuePair<string, string?>[] { new("name", "mutt"), new("os", null), new("x", "yz") }));
    }

    [Test]
    public void ID_has_at_most_30_fields()
    {
        string Fields(int count) => string.Join(' ', Enumerable.Repeat("\"a\" \"b\"", count));
        Assert.That(Parse<IdCommand>($"ID ({Fields(30)})").Fields, Has.Count.EqualTo(30));
        Assert.That(BadText($"a ID ({Fields(31)})"), Does.Contain("30 fields"));
    }

    [Test]
    public void ENABLE_names_capabilities_in_capitals()
    {
        Assert.That(Parse<EnableCommand>("ENABLE imap4rev2 UTF8=ACCEPT").Capabilities, Is.EqualTo(new[] { "IMAP4REV2", "UTF8=ACCEPT" }));
        Assert.That(BadText("a ENABLE"), Is.EqualTo("Expected a space at octet 9"));
    }
}
