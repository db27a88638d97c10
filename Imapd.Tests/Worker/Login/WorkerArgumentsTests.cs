using Imapd.Protocol.Handoff;
using Imapd.Storage.Maildir;
using Imapd.Worker;
using Imapd.Worker.Login;
using Imapd.Worker.Native;
using NUnit.Framework;

namespace Imapd.Tests.Worker.Login;

internal sealed class WorkerArgumentsTests
{
    [Test]
    public void Every_option_is_read()
    {
        WorkerArguments arguments = WorkerArguments.Parse(
        [
            "--serve-all", "--pam-service", "mail", "--min-uid", "500", "--insecure-auth", "--mail-location", "/var/mail/%{user}",
            "--run-as", "8", "--storage", "maildir", "--login-timeout", "30",
            "--layout", "fs", "--prefix-alias", "none", "--autologout", "3600", "--still-here", "0",
            "--rawlog", "/var/log/imapd",
            "--preauth-program", "/bin/who", "--preauth-account", "65534",
        ]);
        Assert.That(arguments, Is.EqualTo(new WorkerArguments
        {
            Mode = WorkerMode.ServeAll,
            PamService = "mail",
            MinUserId = 500,
            InsecureAuth = true,
            Location = MailLocation.Below("/var/mail"),
            RunAs = 8,
            IsMemory = false,
            LoginTimeoutSeconds = 30,
            AutologoutSeconds = 3600,
            StillHereSeconds = 0,
            RawLog = "/var/log/imapd",
            Layout = MailboxLayout.Fs,
            PrefixAlias = null,
            PreauthProgram = "/bin/who",
            PreauthAccount = 65534,
        }));
    }

    [Test]
    public void What_the_server_says_of_itself_is_taken_word_for_word()
    {
        WorkerArguments arguments = WorkerArguments.Parse(
            ["--connection", "--greeting", "--hello", "--id", "os", "--id", "vendor=a=b", "--login-disabled", "Closed today"]);

        Assert.That((arguments.Greeting, arguments.LoginDisabled), Is.EqualTo(("--hello", "Closed today")));
        Assert.That(arguments.IdFields!.Select(field => field.Key + ":" + field.Value), Is.EqualTo(new[] { "os:Linux", "vendor:a=b" }));
        Assert.That(WorkerArguments.Parse(["--connection", "--id", "none"]).IdFields, Is.Empty);
    }

    [Test]
    public void Limits_repeat()
    {
        WorkerArguments arguments = WorkerArguments.Parse(["--connection", "--limit", "data=100", "--limit", "nofile=64"]);

        Assert.That(arguments.Limits, Is.EqualTo(new[] { new WorkerLimit(ResourceKind.Data, 100), new WorkerLimit(ResourceKind.Files, 64) }));
    }

    [Test]
    public void Rules_of_names_add_up()
    {
        LoginRules rules = WorkerArguments.Parse(
        [
            "--authenticate", "--strip-domain", "a.org", "--strip-domain", "b.org", "--lowercase-login", "--deny-user", "x", "--allow-user", "y",
            "--deny-group", "g", "--allow-group", "h", "--allow-group", "i",
        ]).LoginRules;
        Assert.Multiple(() =>
        {
            Assert.That(rules.StrippedDomains, Is.EqualTo(new[] { "a.org", "b.org" }));
            Assert.That(rules.IsLowercased, Is.True);
            Assert.That(rules.DeniedUsers, Is.EqualTo(new[] { "x" }));
            Assert.That(rules.AllowedUsers, Is.EqualTo(new[] { "y" }));
            Assert.That(rules.DeniedGroups, Is.EqualTo(new[] { "g" }));
            Assert.That(rules.AllowedGroups, Is.EqualTo(new[] { "h", "i" }));
        });
    }

    [Test]
    public void Mailboxes_that_all_are_to_have_add_up() =>
        Assert.That(
            WorkerArguments.Parse(["--connection", "--auto", "sent=Sent Items:create,subscribe", "--auto", "trash:create"]).AutoMailboxes,
            Is.EqualTo(new[] { new AutoMailbox("sent", "Sent Items", true), new AutoMailbox("trash", "Trash", false) }));

    [TestCase("--connection --mail-location ~/mail:LAYOUT=fs", MailboxLayout.Fs)]
    [TestCase("--connection --mail-location ~/mail:LAYOUT=maildir++ --layout fs", MailboxLayout.MaildirPlusPlus)]
    [TestCase("--connection --mail-location ~/mail --layout fs", MailboxLayout.Fs)]
    public void The_layout_of_the_location_wins(string line, MailboxLayout layout) =>
        Assert.That(WorkerArguments.Parse(line.Split(' ')).Layout, Is.EqualTo(layout));

    [TestCase("")]
    [TestCase("--fork")]
    [TestCase("--connection --min-uid")]
    [TestCase("--connection --min-uid -1")]
    [TestCase("--connection --min-uid 99999999999")]
    [TestCase("--connection --pam-service ../other")]
    [TestCase("--connection --pam-service .")]
    [TestCase("--connection --mail-location mail")]
    [TestCase("--connection --auto sent")]
    [TestCase("--connection --storage disk")]
    [TestCase("--connection --layout dbox")]
    [TestCase("--connection --prefix-alias Mail.")]
    [TestCase("--connection --limit data")]
    [TestCase("--connection --limit data=1M")]
    [TestCase("--connection --limit stack=100")]
    [TestCase("--connection --id vendor")]
    [TestCase("--connection --user-limit memory.max")]
    [TestCase("--connection --user-cgroup groups")]
    [TestCase("--connection --rawlog logs")]
    [TestCase("--connection --verbose yes")]
    [TestCase("--connection --verbose")]
    [TestCase("--connection --preauth-program who")]
    [TestCase("--connection --preauth-account 0")]
    [TestCase("--run-program 0 /bin/sh")]
    [TestCase("--run-program 65534")]
    public void What_is_wrong_is_refused(string line) =>
        Assert.That(
            () => WorkerArguments.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            Throws.ArgumentException);
}
