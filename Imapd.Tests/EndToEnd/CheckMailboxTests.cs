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
    public void A_session_killed_at_any_moment_leaves_nothing_to_complain_of()
    {
        ImapdProcess server = StartForking();
        for (int lines = 0; lines < 120; lines += 9)
        {
            ImapClient client = Login(server, Alice);
            Assert.That(client.Command("SELECT INBOX").IsOk, Is.True);
            string message = Mail.With("killed", new string('x', 5000));
            string append = $"APPEND INBOX (\\Seen $k{lines}) {{{message.Length}+}}\r\n{message}\r\n";
            string some = $"a {append}a {append}a STORE 1:* +FLAGS (\\Flagged)\r\na COPY 1:* INBOX\r\na FETCH 1:* (ENVELOPE)\r\n"
                + "a STORE 1:3 +FLAGS (\\Deleted)\r\na EXPUNGE\r\n";
            client.Send(some + some);
            for (int line = 0; line < lines; line++)
            {
                _ = client.ReadLine();
            }

            ProcessView worker = server.WorkerOf(Alice);
            Native.Signal(worker.Id, Native.SignalKill);
            Wait.Until(() => !worker.Exists || worker.IsZombie, "it is dead");
            (int status, string output) = Check(Alice.Maildir);
            Assert.That(status, Is.Zero, output);
        }
    }

    [Test]
    public void How_it_is_called_is_told_on_request_and_to_whoever_calls_it_wrongly()
    {
        ShellResult help = ImapdProcess.Run("check-mailbox", "--help");
        Assert.That((help.Status, help.Errors), Is.EqualTo((0, "")));
        Assert.That(help.Output, Does.StartWith("usage: imapd check-mailbox ").And.Contain("--repair").And.Contain("--layout"));
        foreach (string[] wrong in (string[][])
            [[], [""], ["--"], ["--mend", "/x"], ["--layout", "/x"], ["--layout", "dbox", "/x"], ["--layout=dbox", "/x"], ["/x", "/y"], ["/x", "--", "/y"], ["-x"]])
        {
            ShellResult result = ImapdProcess.Run(["check-mailbox", .. wrong]);
            Assert.That(result.Status, Is.EqualTo(2), string.Join(' ', wrong));
            Assert.That(result.Errors, Does.Contain("usage: imapd check-mailbox "), string.Join(' ', wrong));
        }
    }

    [Test]
    public void Behind_two_hyphens_comes_a_path_whatever_it_looks_like()
    {
        RequireRoot();
        Serve(Alice);
        string odd = Path.Combine(Alice.Home, "--repair");
        Shell.Do("runuser", "-u", Alice.Name, "--", "cp", "-a", Alice.Maildir, odd);
        try
        {
            ShellResult result = Shell.Run("sh", ["-c", "cd \"$1\" && exec \"$2\" check-mailbox -- --repair", "sh", Alice.Home, ImapdProcess.Executable]);
            Assert.That(result.Status, Is.Zero, result.ToString);
            Assert.That(result.Output, Does.StartWith(".: 1 message,"));
        }
        finally
        {
            Directory.Delete(odd, recursive: true);
        }
    }

    [TestCase("--layout", "fs")]
    [TestCase("--layout=fs")]
    public void Mailboxes_of_the_layout_fs_are_found(params string[] layout)
    {
        RequireRoot();
        Serve(Alice);
        Alice.Deliver(Mail.WithUnixLines("below"), "lists/imap");
        (int status, string output) = Check([.. layout, Alice.Maildir]);
        Assert.That(status, Is.Zero, output);
        Assert.That(output.Split('\n'), Has.Some.StartsWith(".: 1 message,").And.Some.StartsWith("lists/imap: 1 message, 1 without a UID yet"));
        Assert.That(Check(Alice.Maildir).Output, Does.Not.Contain("lists"));
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
