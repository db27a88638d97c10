using System.Text;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>--rawlog: what was said in a session, for root to read.</summary>
internal sealed class RawLogTests : EndToEndTest
{
    private TemporaryDirectory _directory = null!;

    private string Logs => _directory.Combine("logs");

    [SetUp]
    public void MakeDirectory()
    {
        _directory = new TemporaryDirectory();
        Directory.CreateDirectory(Logs, (UnixFileMode)0b111_000_000);
    }

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void A_session_is_recorded_from_greeting_to_goodbye_in_a_file_of_roots_without_the_password()
    {
        ImapdProcess server = StartForking("--rawlog", Logs);
        ImapClient client = Login(server, Alice);
        client.Command("SELECT INBOX");
        client.Command("LOGOUT");
        server.WaitForLog("logout", Alice.Name);

        string file = Directory.GetFiles(Logs).Single();
        string log = File.ReadAllText(file);
        Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That(log, Does.Contain("from 127.0.0.1").And.Contain("S: * OK [CAPABILITY").And.Contain(" LOGIN <hidden>"));
        Assert.That(log, Does.Contain($"#: logged in as {Alice.Name}").And.Contain("C: t2 SELECT INBOX\r\n").And.Contain("S: * BYE"));
        Assert.That(log, Does.Not.Contain(Alice.Password));
        Assert.That(server.Log, Does.Contain(Path.GetFileNameWithoutExtension(file).Split('-')[2]), "the session's id is that of the log");
    }

    [Test]
    public void A_user_who_has_made_the_directory_in_his_home_gets_what_follows_his_login()
    {
        ImapdProcess server = StartForking("--rawlog", "~/imap-log");
        ImapClient before = Login(server, Alice);
        before.Command("LOGOUT");
        string logs = Path.Combine(Alice.Home, "imap-log");
        Assert.That(Directory.Exists(logs), Is.False, "nobody makes it for him");

        Shell.Do("/usr/bin/install", "-d", "-o", Alice.Name, logs);
        ImapClient client = Login(server, Alice);
        client.Command("SELECT INBOX");
        client.Command("LOGOUT");
        Wait.Until(() => server.LogLines.Count(line => line.Contains($"logout user={Alice.Name} ", StringComparison.Ordinal)) == 2, "both have logged out");

        string file = Directory.GetFiles(logs).Single();
        string log = File.ReadAllText(file);
        Assert.That(Shell.Do("/usr/bin/stat", "-c", "%U %a", file), Is.EqualTo($"{Alice.Name} 600\n"));
        Assert.That(log, Does.Contain($"#: logged in as {Alice.Name}").And.Contain("C: t2 SELECT INBOX\r\n").And.Contain("S: * BYE"));
        Assert.That(log, Does.Not.Contain(Alice.Password).And.Not.Contain("LOGIN"));
    }

    [Test]
    public void No_password_right_or_wrong_is_recorded_in_any_form_of_login()
    {
        ImapdProcess server = StartForking("--rawlog", Logs);
        string name = Alice.Name;
        string password = Alice.Password;
        string plain = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{name}\0{password}"));
        string wrong = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{name}\0{password}-wrong"));
        string[] forms =
        [
            $"a LOGIN {name} {password}\r\n",
            $"a LOGIN \"{name}\" \"{password}\"\r\n",
            $"a LOGIN {{{name.Length}+}}\r\n{name} {{{password.Length}+}}\r\n{password}\r\n",
            $"a LOGIN {name} {{{password.Length}}}\r\n{password}\r\n",
            $"a LOGIN {name} {password}-wrong\r\n",
            $"a AUTHENTICATE PLAIN {plain}\r\n",
            $"a AUTHENTICATE PLAIN\r\n{plain}\r\n",
            $"x AUTHENTICATE PLAIN\r\n*\r\na LOGIN {name} {password}\r\n",
            $"a AUTHENTICATE PLAIN {wrong}\r\n",
            $"x LOGIN {name} {password}-wrong\r\nx AUTHENTICATE PLAIN {wrong}\r\na LOGIN {name} {password}\r\n",
            $"x LOGIN {name} {password}\r\ny AUTHENTICATE PLAIN\r\n{plain}\r\na LOGIN {name} {password}\r\n",
        ];
        foreach (string form in forms)
        {
            using ImapClient client = ImapClient.ConnectTls(server.TlsPort);
            client.Send(form);
            client.Finish("a");
            client.Command("LOGOUT");
        }

        using (ImapClient client = ImapClient.ConnectClear(server.ClearPort))
        {
            Assert.That(client.Login(Alice).Status, Does.StartWith("NO [PRIVACYREQUIRED]"));
            Assert.That(client.StartTls().IsOk, Is.True);
            Assert.That(client.Login(Alice).IsOk, Is.True);
        }

        server.Stop();
        string[] logs = [.. Directory.GetFiles(Logs).Select(File.ReadAllText)];
        Assert.That(logs, Has.Length.EqualTo(forms.Length + 1));
        Assert.That(logs, Has.All.Contain("LOGIN <hidden>").Or.All.Contain("AUTHENTICATE <hidden>").Or.All.Contain("<hidden>"));
        foreach (string secret in new[] { password, plain, wrong, plain[..16], plain[12..28] })
        {
            Assert.That(logs, Has.None.Contain(secret));
        }
        Assert.That(logs, Has.One.Contain("#: TLS\n"));
    }

    [Test]
    public void A_directory_that_is_open_to_others_or_that_others_can_replace_is_refused()
    {
        RequireRoot();
        string open = _directory.Combine("open");
        Directory.CreateDirectory(open, (UnixFileMode)0b111_101_000);
        string inHome = Path.Combine(Alice.Home, "logs");
        Directory.CreateDirectory(inHome, (UnixFileMode)0b111_000_000);
        try
        {
            Assert.That(Refused(open), Does.StartWith($"imapd: --rawlog '{open}' has to belong to uid 0 and be closed to others: "));
            Assert.That(Refused(_directory.Combine("missing")), Does.Contain("is not a directory"));
            Assert.That(Refused(inHome), Is.EqualTo($"imapd: --rawlog '{inHome}' is in {Alice.Home}, which others can change\n"));
        }
        finally
        {
            Directory.Delete(inHome);
        }
    }

    [Test]
    public void Without_fork_root_is_told_that_it_cannot_be()
    {
        RequireRoot();
        ShellResult result = ImapdProcess.Run("--config", "none", "--check-config", "-s", "memory", "--rawlog", Logs);
        Assert.That((result.Status, result.Errors.Split(',')[0]), Is.EqualTo((1, "imapd: --rawlog")));
    }

    [Test]
    public void A_user_records_his_own_session_on_standard_input()
    {
        RequireRoot();
        string logs = Path.Combine(Alice.Home, "logs");
        Directory.CreateDirectory(logs, (UnixFileMode)0b111_000_000);
        Alice.Own(logs);
        using var copy = new InstalledCopy();
        try
        {
            ShellResult result = Shell.Run(
                "runuser", ["-u", Alice.Name, "--", copy.Executable, "--config", "none", "--preauth", "--rawlog", logs], "a NOOP\r\nb LOGOUT\r\n");
            Assert.That(result.Output, Does.Contain("b OK"), result.ToString);
            Assert.That(File.ReadAllText(Directory.GetFiles(logs).Single()), Does.Contain("from standard input").And.Contain("C: a NOOP"));
        }
        finally
        {
            Directory.Delete(logs, recursive: true);
        }
    }

    private static string Refused(string directory)
    {
        ShellResult result = ImapdProcess.Run(
            "--config", "none", "--check-config", "--fork", "--cert", Certificate.CertificateFile, "--key", Certificate.KeyFile, "--rawlog", directory);
        Assert.That(result.Status, Is.EqualTo(1), result.ToString);
        return result.Errors;
    }
}
