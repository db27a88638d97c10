using System.Runtime.CompilerServices;
using Imapd.Protocol.Commands;
using Imapd.Tests.Worker;
using Imapd.Worker.Session;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>What is announced works, and what works is announced (RFC 9051 §6.1.1, §6.5, and each extension).</summary>
public sealed class CapabilityRuleTests
{
    // RFC 3501 §6.1 to §6.4; the others each come with a capability.
    private static readonly string[] OfTheBase =
    [
        "CAPABILITY", "NOOP", "LOGOUT", "STARTTLS", "AUTHENTICATE", "LOGIN", "SELECT", "CREATE", "DELETE", "RENAME", "SUBSCRIBE",
        "UNSUBSCRIBE", "LIST", "LSUB", "STATUS", "APPEND", "CHECK", "CLOSE", "EXPUNGE", "SEARCH", "FETCH", "STORE", "COPY",
    ];

    [Test]
    public void Every_command_of_an_extension_has_its_capability()
    {
        using TestServer server = TestServer.StartAlone();
        string[] capabilities = server.LogIn().Command("a CAPABILITY")[0].Split(' ');
        string[] commands =
        [
            .. typeof(Command).Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(Command)) && !type.IsAbstract)
                .Select(type => CommandTable.Find((Command)RuntimeHelpers.GetUninitializedObject(type))?.Name)
                .OfType<string>(),
        ];
        Assert.That(commands, Is.SupersetOf(OfTheBase));
        Assert.That(capabilities, Is.SupersetOf(commands.Except(OfTheBase)));
    }

    [TestCase("ENABLE", "ENABLE X-NONE", "* ENABLED")]
    [TestCase("IDLE", "IDLE\r\nDONE", "+ idling")]
    [TestCase("NAMESPACE", "NAMESPACE", "* NAMESPACE ((\"\" \"/\")) NIL NIL")]
    [TestCase("UNSELECT", "UNSELECT", null)]
    [TestCase("UIDPLUS", "UID EXPUNGE 1", null)]
    [TestCase("ESEARCH", "SEARCH RETURN (COUNT) ALL", "* ESEARCH (TAG \"a\") COUNT 3")]
    [TestCase("SEARCHRES", "SEARCH RETURN (SAVE) ALL", null)]
    [TestCase("WITHIN", "SEARCH YOUNGER 1", "* SEARCH")]
    [TestCase("LIST-EXTENDED", "LIST (SUBSCRIBED) \"\" (INBOX x)", null)]
    [TestCase("LIST-STATUS", "LIST \"\" x RETURN (STATUS (MESSAGES))", null)]
    [TestCase("STATUS=SIZE", "STATUS Work (SIZE)", "* STATUS Work (SIZE 0)")]
    [TestCase("CHILDREN", "LIST \"\" INBOX", "* LIST (\\HasNoChildren) \"/\" INBOX")]
    [TestCase("SPECIAL-USE", "LIST (SPECIAL-USE) \"\" * RETURN (SPECIAL-USE)", null)]
    [TestCase("CREATE-SPECIAL-USE", "CREATE Post (USE (\\Sent))", null)]
    [TestCase("MOVE", "UID MOVE 77 Work", null)]
    [TestCase("BINARY", "FETCH 1 BINARY.SIZE[1]", "* 1 FETCH (BINARY.SIZE[1] 15)")]
    [TestCase("UTF8=ACCEPT", "ENABLE UTF8=ACCEPT", "* ENABLED UTF8=ACCEPT")]
    [TestCase("APPENDLIMIT=67108864", "STATUS Work (APPENDLIMIT)", "* STATUS Work (APPENDLIMIT 67108864)")]
    [TestCase("ID", "ID NIL", null)]
    [TestCase("LITERAL+", "LIST \"\" {1+}\r\nx", null)]
    public void What_is_announced_works(string capability, string command, string? response)
    {
        using TestServer server = TestServer.Start(Mail.Three);
        server.Client.Command("c CREATE Work");
        Assert.That(server.Client.Command("b CAPABILITY")[0].Split(' '), Has.One.EqualTo(capability));
        IReadOnlyList<string> lines = server.Client.Command("a " + command);
        Assert.That(lines[^1], Does.StartWith("a OK "));
        if (response is not null)
        {
            Assert.That(lines[0], Is.EqualTo(response));
        }
    }
}
