using Imapd.Protocol.Commands;
using Imapd.Worker.Session;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>What the parser takes for a command and what the session has a row for are the same.</summary>
[TestFixture]
public sealed class CommandTableTests
{
    [TestCaseSource(typeof(CommandParser), nameof(CommandParser.Names))]
    public void A_literal_behind_any_command_is_asked_for_or_refused(string name)
    {
        bool isAllowedSomewhere = false;
        foreach (ConnectionStates state in (ConnectionStates[])[ConnectionStates.NotAuthenticated, ConnectionStates.Authenticated, ConnectionStates.Selected])
        {
            isAllowedSomewhere |= CommandTable.RefuseUnread(name, state) is null;
        }

        Assert.That(isAllowedSomewhere);
    }

    [Test]
    public void EXAMINE_takes_its_mailbox_as_a_literal()
    {
        using TestServer server = TestServer.StartAlone(Mail.Three);
        server.LogIn().Converse("""
            C: a EXAMINE {5}
            S: + Ready for the literal
            C: INBOX
            S: …
            S: a OK [READ-ONLY] …
            """);
    }
}
