using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary><c>imapd check-mailbox</c>, as an administrator and as a user.</summary>
internal sealed class CheckMailboxTests : EndToEndTest
{
    [Test]
    public void Root_checks_and_repairs_as_the_owner_of_the_mail()
    {
        RequireRoot();
        Serve(Alice);
        Assert.That(Check(Alice.Maildir), Is.EqualTo((0, ".: 1 message, 0 without a UID yet, 0 UIDs of messages that are gone, 0 findings\n")));

        string list = Path.Combine(Alice.Maildir, "dovecot-uidlist");
        File.AppendAllText(list, "garbage\n");
        Assert.That(Check(Alice.Maildir), Is.EqualTo((1, """
            damage: dovecot-uidlist: line 3 cannot be read: garbage (--repair would write it anew with what can be read, and pass over UIDs that may have been lost)
            .: 1 message, 0 without a UID yet, 0 UIDs of messages that are gone, 1 finding

            """)));
        Assert.That(Check(Alice.Maildir, "--repair").Status, Is.Zero);
        Assert.That(Check("--repair", Alice.Maildir).Status, Is.Zero);
        Assert.That(Shell.Do("find", Alice.Maildir, "!", "-user", Alice.Name), Is.Empty);
    }

    [Test]
    public void A_user_checks_his_own_mail()
    {
        RequireRoot();
        Serve(Alice);
        using var copy = new InstalledCopy();
        ShellResult own = Shell.Run("runuser", ["-u", Alice.Name, "--", copy.Executable, "check-mailbox", Alice.Maildir]);
        Assert.That((own.Status, own.Errors), Is.EqualTo((0, "")), own.ToString);
        ShellResult others = Shell.Run("runuser", ["-u", Bob.Name, "--", copy.Executable, "check-mailbox", Alice.Maildir]);
        Assert.That(others.Status, Is.EqualTo(2), others.ToString);
    }

    [Test]
    public void What_is_roots_or_is_no_mailbox_is_not_checked()
    {
        RequireRoot();
        using var directory = new TemporaryDirectory();
        foreach (string part in (string[])["new", "cur", "tmp"])
        {
            _ = Directory.CreateDirectory(directory.Combine(part));
        }

        Assert.That(Check(directory.Path).Status, Is.EqualTo(2));
        Assert.That(Directory.EnumerateFileSystemEntries(directory.Path).Count(), Is.EqualTo(3));
        Assert.That(Check(Alice.Home).Status, Is.EqualTo(2));
        Assert.That(Check("/there/is/nothing").Status, Is.EqualTo(2));
        Assert.That(Check().Status, Is.EqualTo(2));
        Assert.That(Check(Alice.Maildir, Bob.Maildir).Status, Is.EqualTo(2));
        Assert.That(Check(Alice.Maildir, "--mend").Status, Is.EqualTo(2));
    }

    [Test]
    public void Root_follows_no_link_of_a_users()
    {
        RequireRoot();
        Serve(Bob);
        string link = Path.Combine(Alice.Home, "link");
        Shell.Do("runuser", "-u", Alice.Name, "--", "ln", "-sfn", Bob.Maildir, link);
        try
        {
            Assert.That(Check(link).Status, Is.EqualTo(2), "the link is Alice's, and Alice may not read Bob's mail");
        }
        finally
        {
            File.Delete(link);
        }
    }

    private static (int Status, string Output) Check(params string[] arguments)
    {
        ShellResult result = ImapdProcess.Run(["check-mailbox", .. arguments]);
        return (result.Status, result.Output);
    }

    private static void Serve(SystemUser user)
    {
        user.Deliver(Mail.WithUnixLines("mine"));
        using var copy = new InstalledCopy();
        ShellResult result = Shell.Run("runuser", ["-u", user.Name, "--", copy.Executable, "--preauth"], "a SELECT INBOX\r\nb LOGOUT\r\n");
        Assert.That(result.Output, Does.Contain("b OK"), result.ToString);
    }
}
