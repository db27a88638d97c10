using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>What the system does not permit to the user (RFC 9051 §7.1, NOPERM).</summary>
internal sealed class PermissionTests : EndToEndTest
{
    [Test]
    public void NOPERM_for_a_mailbox_that_the_user_may_not_read_and_the_others_are_served()
    {
        ImapClient client = Login(StartForking(), Alice);
        Assert.That(client.Command("CREATE locked").IsOk, Is.True);
        string directory = Path.Combine(Alice.Maildir, ".locked", "cur");
        UnixFileMode before = File.GetUnixFileMode(directory);
        try
        {
            File.SetUnixFileMode(directory, UnixFileMode.None);
            Assert.That(client.Command("SELECT locked").Status, Does.StartWith("NO [NOPERM]"));
            Assert.That(client.Command("SELECT INBOX").IsOk, Is.True);
        }
        finally
        {
            File.SetUnixFileMode(directory, before);
        }

        Assert.That(client.Command("SELECT locked").IsOk, Is.True);
    }
}
