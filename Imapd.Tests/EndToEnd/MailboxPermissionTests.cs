using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>Mailboxes that the user himself may not read.</summary>
internal sealed class MailboxPermissionTests : EndToEndTest
{
    [Test]
    public void A_mailbox_that_may_not_be_read_is_listed_as_one_that_cannot_be_selected()
    {
        ImapClient client = Login(StartForking(), Alice);
        client.Command("CREATE Locked");
        client.Command("CREATE Open");
        File.SetUnixFileMode(Path.Combine(Alice.Maildir, ".Locked"), UnixFileMode.None);

        ImapReply list = client.Command("LIST \"\" (Locked Open) RETURN (STATUS (MESSAGES))");
        Assert.That(list.Status, Does.StartWith("OK"));
        Assert.That(list.Untagged, Is.EqualTo(new[]
        {
            "* LIST (\\Noselect \\HasNoChildren) \"/\" Locked",
            "* LIST (\\HasNoChildren) \"/\" Open",
            "* STATUS Open (MESSAGES 0)",
        }));
        Assert.That(client.Command("STATUS Locked (MESSAGES)").Status, Does.StartWith("NO [NOPERM]"));
        Assert.That(client.Command("SELECT Locked").Status, Does.StartWith("NO [NOPERM]"));
    }
}
