using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary><c>--mail-location</c>: mail somewhere else than in ~/Maildir.</summary>
internal sealed class MailLocationTests : EndToEndTest
{
    [Test]
    public void Mail_outside_the_home_in_the_layout_fs_is_each_users_own()
    {
        TemporaryDirectory spool = Spool();
        ImapdProcess server = StartForking("--mail-location", $"maildir:{spool.Path}/%{{user}}:LAYOUT=fs");
        ImapClient alice = Login(server, Alice);
        Assert.That(alice.Command("CREATE lists/imap").IsOk, Is.True);
        Assert.That(alice.Append("lists/imap", Mail.With("for alice")).IsOk, Is.True);
        Assert.That(Login(server, Bob).Command("LIST \"\" *").Untagged, Is.EqualTo(new[] { "* LIST (\\HasNoChildren) \"/\" INBOX" }));

        string own = spool.Combine(Alice.Name);
        Assert.That(Directory.GetFiles(Path.Combine(own, "lists", "imap", "new")), Has.Length.EqualTo(1));
        Assert.That(File.GetUnixFileMode(own), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        Assert.That(Shell.Do("find", own, "!", "-user", Alice.Name), Is.Empty);
        Assert.That(Directory.Exists(Alice.Maildir), Is.False);
    }

    [Test]
    public void A_worker_can_go_to_the_mail_and_the_home_and_not_to_the_directories_beside_them()
    {
        TemporaryDirectory spool = Spool();
        ImapdProcess server = StartForking("--mail-location", $"{spool.Path}/%u");
        string open = spool.Combine("open");
        Directory.CreateDirectory(open);
        Shell.Do("chmod", "0777", open);
        Directory.CreateSymbolicLink(spool.Combine(Alice.Name), open);
        Login(server, Alice);
        Assert.That(Directory.Exists(Path.Combine(open, "cur")), Is.True, "a link of the administrator's is followed");

        ImapClient bob = Login(server, Bob);
        if (server.Log.Contains("no Landlock", StringComparison.Ordinal))
        {
            Assert.Ignore("this kernel has no Landlock");
        }
        Assert.That(bob.Command("CREATE there").IsOk, Is.True);
        string link = Path.Combine(spool.Combine(Bob.Name), ".there");
        Directory.Delete(link, recursive: true);
        Directory.CreateSymbolicLink(link, open);
        Assert.That(bob.Command("SELECT there").Status, Does.StartWith("NO"), "everybody may write there, but it is not his mail");
    }

    [Test]
    public void A_place_that_is_missing_is_told_to_the_client_and_with_its_path_to_the_log()
    {
        TemporaryDirectory spool = Spool();
        ImapdProcess server = StartForking("--mail-location", $"{spool.Path}/missing/%{{user}}");
        ImapClient client = Connect(server);
        ImapReply reply = client.Login(Alice);
        Assert.That(reply.Status, Does.StartWith("NO [NONEXISTENT] The directory in which the mail should be is not there"));
        Assert.That(client.ReadToEnd(), Does.StartWith("* BYE"));
        server.WaitForLog("error", $"The mail of {Alice.Name} in {spool.Path}/missing/{Alice.Name} cannot be opened");
    }

    [Test]
    public void A_place_that_is_not_the_users_is_told_to_the_client_and_with_its_path_to_the_log()
    {
        TemporaryDirectory spool = Spool();
        Directory.CreateDirectory(spool.Combine(Alice.Name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        ImapdProcess server = StartForking("--mail-location", $"{spool.Path}/%{{user}}");
        ImapReply reply = Connect(server).Login(Alice);
        Assert.That(reply.Status, Does.StartWith("NO [NOPERM] "));
        Assert.That(reply.Status, Does.Not.Contain(spool.Path));
        server.WaitForLog("error", $"The mail of {Alice.Name} in {spool.Path}/{Alice.Name} cannot be opened");
        Assert.That(Directory.EnumerateFileSystemEntries(spool.Combine(Alice.Name)), Is.Empty);
    }

    [Test]
    public void A_place_that_the_user_may_only_read_is_told_to_the_log()
    {
        TemporaryDirectory spool = Spool();
        Directory.CreateDirectory(spool.Combine(Alice.Name));
        Shell.Do("chmod", "0755", spool.Combine(Alice.Name));
        ImapdProcess server = StartForking("--mail-location", $"{spool.Path}/%{{user}}");
        Assert.That(Login(server, Alice).Command("SELECT INBOX").Status, Does.StartWith("NO [NOPERM] "));
        server.WaitForLog("warning", $"{spool.Path}/{Alice.Name}, where the mail of {Alice.Name} is, may not be written by him");
    }

    [Test]
    public void One_process_for_all_serves_a_location_too()
    {
        TemporaryDirectory spool = Spool();
        using SystemUser keeper = SystemUser.Create();
        keeper.Own(spool.Path);
        ImapdProcess server = StartTls(
            "-s", "maildir", "--mail-location", $"{spool.Path}/u%{{uid}}", "--pam-service", EndToEndSetup.Pam.Name);
        Assert.That(Login(server, Alice).Append("INBOX", Mail.With("for alice")).IsOk, Is.True);
        Assert.That(Directory.GetFiles(Path.Combine(spool.Combine($"u{Alice.UserId}"), "new")), Has.Length.EqualTo(1));
        server.Stop();
    }

    [Test]
    public void A_preauthenticated_session_goes_to_the_same_place()
    {
        TemporaryDirectory spool = Spool();
        using var copy = new InstalledCopy();
        ShellResult result = Shell.Run(
            "runuser",
            ["-u", Alice.Name, "--", copy.Executable, "--config", "none", "--preauth", "--mail-location", $"{spool.Path}/%u"],
            "a SELECT INBOX\r\nb LOGOUT\r\n");
        Assert.That(result.Output, Does.Contain("a OK"), result.ToString);
        Assert.That(Directory.Exists(Path.Combine(spool.Combine(Alice.Name), "cur")), Is.True);
    }

    /// <summary>A directory where everybody may make his own, as /var/mail is.</summary>
    private TemporaryDirectory Spool()
    {
        RequireRoot();
        var directory = Keep(new TemporaryDirectory());
        Shell.Do("chmod", "1777", directory.Path);
        return directory;
    }
}
