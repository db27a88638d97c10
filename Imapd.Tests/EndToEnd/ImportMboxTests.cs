using System.Globalization;
using System.Text.RegularExpressions;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary><c>imapd import-mbox</c>, as a user who comes from UW-IMAP.</summary>
internal sealed class ImportMboxTests : EndToEndTest
{
    private const string OfUwImap = """
        From MAILER-DAEMON Fri Nov 20 09:00:00 2026 +0000
        Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA
        X-IMAP: 1000000000 0000000040
        Status: RO

        This text is part of the internal format of your mail folder, and is not
        a real message.

        From ann@example.org Fri Nov 20 10:00:00 2026 +0000
        Subject: first
        Status: RO
        X-Status: A
        X-UID: 3

        >From the beginning

        From ann@example.org Fri Nov 20 11:00:00 2026 +0000
        Subject: second
        Status: O
        X-UID: 40

        two

        """;

    private string _imapd = "";
    private string _mboxes = "";

    [SetUp]
    public void MakeMboxes()
    {
        RequireRoot();
        _imapd = Keep(new InstalledCopy()).Executable;
        _mboxes = Keep(new TemporaryDirectory()).Path;
        File.WriteAllText(Mbox("inbox"), OfUwImap);
        File.WriteAllText(Mbox("sent-mail"), OfUwImap.Replace("1000000000", "1000000001", StringComparison.Ordinal));
        File.WriteAllText(Mbox("text"), "not mail\n");
    }

    [Test]
    public void A_user_imports_his_mail_and_his_client_goes_on_with_the_UIDs_it_knows()
    {
        ShellResult result = Import("--mailbox", "INBOX", Mbox("inbox"));
        Assert.That((result.Status, result.Errors), Is.EqualTo((0, "")), result.ToString);
        Assert.That(result.Output, Is.EqualTo($"{Mbox("inbox")}: 2 messages into INBOX, with the UIDs they had (UIDVALIDITY 1000000000)\n"));

        ImapClient client = Login(StartForking(), Alice);
        Assert.That(client.Command("SELECT INBOX").Untagged, Has.Some.Contains("[UIDVALIDITY 1000000000]").And.Some.Contains("[UIDNEXT 41]"));
        ImapReply reply = client.Command("UID FETCH 1:* (FLAGS INTERNALDATE BODY.PEEK[TEXT])");
        Assert.That(reply.Untagged, Has.Count.EqualTo(2));
        Assert.That(reply.Untagged[0], Does.Contain("UID 3 ").And.Contain("(\\Answered \\Seen)").And.Contain("20-Nov-2026 10:00:00 +0000").And.Contain("\r\nFrom the beginning\r\n"));
        Assert.That(reply.Untagged[1], Does.Contain("UID 40 ").And.Contain("FLAGS ()"));
        Assert.That(Shell.Do("find", Alice.Maildir, "!", "-user", Alice.Name), Is.Empty);
        Assert.That(ImapdProcess.Run("check-mailbox", Alice.Maildir).Status, Is.Zero);
    }

    [Test]
    public void What_UW_IMAPs_own_library_has_written_keeps_UIDs_flags_and_text()
    {
        RequireProgram("mailutil", "uw-mailutils");
        string source = Path.Combine(Alice.Home, "source");
        string folder = Path.Combine(Alice.Home, "folder");
        try
        {
            File.WriteAllText(source, """
                From ann@example.org Fri Nov 20 10:00:00 2026 +0000
                Subject: one
                Status: RO

                >From the start

                From ann@example.org Fri Nov 20 11:00:00 2026 +0000
                Subject: two

                two

                """);
            Shell.Do("chmod", "0644", source);
            foreach (string command in (string[])
                ["create #driver.unix/folder", "append source folder", "append source folder", "prune folder SUBJECT~one", "append source folder", "check folder"])
            {
                // Its exit status says 1 of a prune that has pruned; what it has written is looked at instead.
                _ = Shell.Run("runuser", ["-u", Alice.Name, "--", "mailutil", .. command.Split(' ').Select(word => word.Replace('~', ' '))]);
            }

            string text = File.ReadAllText(folder);
            string[] uids = [.. Regex.Matches(text, @"(?m)^X-UID: (\d+)").Select(match => match.Groups[1].Value)];
            string uidValidity = Regex.Match(text, @"(?m)^X-IMAP: (\d+) ").Groups[1].Value;
            Assert.That(uids, Is.EqualTo(new[] { "2", "4", "5", "6" }), text);

            // A mailbox that is made in the same second would have its UIDVALIDITY.
            Wait.Until(() => DateTimeOffset.UtcNow.ToUnixTimeSeconds() > long.Parse(uidValidity, CultureInfo.InvariantCulture), "the second is over");
            Assert.That(Import("--mailbox", "INBOX", folder).Output, Does.Contain($"4 messages into INBOX, with the UIDs they had (UIDVALIDITY {uidValidity})"));
            ImapClient client = Login(StartForking(), Alice);
            Assert.That(client.Command("SELECT INBOX").Untagged, Has.Some.Contains($"[UIDVALIDITY {uidValidity}]").And.Some.Contains("[UIDNEXT 7]"));
            Assert.That(
                client.Command("UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[TEXT])").Untagged.Select(line => line.Replace("\r\n", "|", StringComparison.Ordinal)),
                Is.EqualTo(new[]
                {
                    "* 1 FETCH (UID 2 FLAGS () BODY[HEADER.FIELDS (SUBJECT)] {16}|Subject: two|| BODY[TEXT] {5}|two|)",
                    "* 2 FETCH (UID 4 FLAGS () BODY[HEADER.FIELDS (SUBJECT)] {16}|Subject: two|| BODY[TEXT] {5}|two|)",
                    "* 3 FETCH (UID 5 FLAGS (\\Seen) BODY[HEADER.FIELDS (SUBJECT)] {16}|Subject: one|| BODY[TEXT] {16}|From the start|)",
                    "* 4 FETCH (UID 6 FLAGS (\\Recent) BODY[HEADER.FIELDS (SUBJECT)] {16}|Subject: two|| BODY[TEXT] {5}|two|)",
                }));
        }
        finally
        {
            File.Delete(source);
            File.Delete(folder);
        }
    }

    [Test]
    public void Each_file_becomes_a_mailbox_of_its_name_and_one_that_is_no_mbox_keeps_none_of_the_others_out()
    {
        ShellResult result = Import("--subscribe", Mbox("text"), Mbox("gone"), _mboxes, Mbox("sent-mail"));
        Assert.That(result.Status, Is.EqualTo(1), result.ToString);
        Assert.That(result.Errors.Split('\n'), Has.Length.EqualTo(4).And.Some.Contains("text: it is no mbox").And.Some.Contains("/gone").And.Some.Contains("a directory"));
        Assert.That(result.Output, Does.Contain("2 messages into sent-mail, with the UIDs they had"));
        Assert.That(
            Login(StartForking(), Alice).Command("LIST (SUBSCRIBED) \"\" * RETURN (STATUS (MESSAGES))").Untagged,
            Has.Some.EqualTo("* STATUS sent-mail (MESSAGES 2)"));
        Assert.That(Import(Mbox("sent-mail")).Output, Does.Contain("0 messages into sent-mail, 2 were there already"));
    }

    [Test]
    public void Mail_goes_to_where_the_configuration_says_that_it_is()
    {
        string mail = Mbox("mail");
        Directory.CreateDirectory(mail);
        Shell.Do("chmod", "1777", mail);
        string config = Mbox("imapd.conf");
        File.WriteAllText(config, $"mail-location = \"{mail}/%{{user}}:LAYOUT=fs\"\nfork = yes\n");
        ShellResult result = Import($"--config={config}", "--", Mbox("sent-mail"));
        Assert.That(result.Status, Is.Zero, result.ToString);
        Assert.That(Directory.GetFiles(Path.Combine(mail, Alice.Name, "sent-mail", "cur")), Has.Length.EqualTo(2));
        Assert.That(Directory.Exists(Alice.Maildir), Is.False);
    }

    [Test]
    public void A_place_that_is_missing_is_told()
    {
        ShellResult result = Import("--mail-location", "/nowhere/%u", Mbox("inbox"));
        Assert.That((result.Status, result.Output), Is.EqualTo((1, "")), result.ToString);
        Assert.That(result.Errors, Is.EqualTo("imapd: The directory in which the mail should be is not there\n"));
    }

    [Test]
    public void Root_imports_nothing()
    {
        ShellResult result = ImapdProcess.Run("import-mbox", Mbox("inbox"));
        Assert.That((result.Status, result.Output), Is.EqualTo((1, "")));
        Assert.That(result.Errors, Does.Contain("as the user whose mail it is"));
    }

    [Test]
    public void How_it_is_called_is_told_on_request_and_to_whoever_calls_it_wrongly()
    {
        ShellResult help = ImapdProcess.Run("import-mbox", "--help");
        Assert.That((help.Status, help.Errors), Is.EqualTo((0, "")));
        Assert.That(help.Output, Does.StartWith("usage: imapd import-mbox ").And.Contain("--mailbox").And.Contain("--quoting"));
        foreach (string[] wrong in (string[][])[[], [""], ["--"], ["--mailbox"], ["--mailbox", "x"], ["--quoting", "mbx", "f"], ["--fork", "f"], ["-x", "f"]])
        {
            ShellResult result = ImapdProcess.Run(["import-mbox", .. wrong]);
            Assert.That(result.Status, Is.EqualTo(2), string.Join(' ', wrong));
            Assert.That(result.Errors, Does.Contain("usage: imapd import-mbox "), string.Join(' ', wrong));
        }
    }

    private string Mbox(string name) => Path.Combine(_mboxes, name);

    private ShellResult Import(params string[] arguments)
    {
        string[] config = arguments.Any(argument => argument.StartsWith("--config", StringComparison.Ordinal)) ? [] : ["--config", "none"];
        return Shell.Run("runuser", ["-u", Alice.Name, "--", _imapd, "import-mbox", .. config, .. arguments]);
    }
}
