using Imapd.Tests.Architecture;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>curl, Python's imaplib and fetchmail, each checking our certificate, against the production server.</summary>
internal sealed class RealClientTests : EndToEndTest
{
    [Test]
    public void Curl_lists_appends_fetches_and_searches()
    {
        RequireProgram("curl", "curl");
        ImapdProcess server = StartForking();
        using var directory = new TemporaryDirectory();
        string message = Mail.With("sent by curl");
        string file = directory.Write("message", message);

        Assert.That(Curl(server, "").Output, Does.Match(@"\* LIST \([^)]*\) ""/"" ""?INBOX""?"));
        ShellResult append = Curl(server, "INBOX", "--upload-file", file);
        Assert.That(append.Status, Is.Zero, append.ToString);
        Assert.That(Curl(server, "INBOX;MAILINDEX=1").Output, Is.EqualTo(message));
        Assert.That(Curl(server, "INBOX?SUBJECT%20curl").Output.Trim(), Is.EqualTo("* SEARCH 1"));
        Assert.That(Curl(server, "INBOX?SUBJECT%20nothing").Output.Trim(), Is.EqualTo("* SEARCH"));
    }

    [Test]
    public void Curl_speaks_STARTTLS()
    {
        RequireProgram("curl", "curl");
        ImapdProcess server = StartForking();
        Alice.Deliver(Mail.WithUnixLines("hello"));
        ShellResult result = Shell.Run(
            "curl",
            ["--silent", "--show-error", "--ssl-reqd", "--cacert", Certificate.CertificateFile, "--user", $"{Alice.Name}:{Alice.Password}", $"imap://localhost:{server.ClearPort}/INBOX;MAILINDEX=1"]);
        Assert.That(result.Output, Does.Contain("Subject: hello"), result.ToString);
    }

    [Test]
    public void Python_imaplib_leads_a_whole_session()
    {
        RequireProgram("python3", "python3");
        ImapdProcess server = StartForking();
        string script = Repository.Combine("Imapd.Tests", "EndToEnd", "Scripts", "imaplib_session.py");
        ShellResult result = Shell.Run("python3", [script, ImapdProcess.Text(server.TlsPort), Certificate.CertificateFile, Alice.Name, Alice.Password]);
        Assert.That(result.Status, Is.Zero, result.ToString);
    }

    [Test]
    public void Fetchmail_takes_all_mail_away()
    {
        RequireProgram("fetchmail", "fetchmail");
        ImapdProcess server = StartForking();
        for (int i = 1; i <= 5; i++)
        {
            Alice.Deliver(Mail.WithUnixLines($"number {i}"));
        }
        using var directory = new TemporaryDirectory();
        string fetched = directory.Combine("fetched");
        string configuration = directory.Write(
            "fetchmailrc",
            $"""
            poll localhost service {server.TlsPort} protocol imap auth password
              username "{Alice.Name}" password "{Alice.Password}"
              ssl sslcertck sslcertfile "{Certificate.CertificateFile}"
              fetchall nokeep no rewrite mda "cat >> {fetched}"

            """);
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        ShellResult result = Shell.Run(
            "fetchmail",
            ["--fetchmailrc", configuration, "--pidfile", directory.Combine("pid"), "--idfile", directory.Combine("ids"), "--nosyslog"],
            environment: new Dictionary<string, string> { ["HOME"] = directory.Path });

        Assert.That(result.Status, Is.Zero, result.ToString);
        string mail = File.ReadAllText(fetched);
        Assert.That(Enumerable.Range(1, 5).Select(i => $"Subject: number {i}"), Is.All.Matches<string>(mail.Contains));
        Assert.That(Login(server, Alice).Command("SELECT INBOX").Untagged, Has.Some.EqualTo("* 0 EXISTS"));
    }

    private static ShellResult Curl(ImapdProcess server, string path, params string[] options) =>
        Shell.Run(
            "curl",
            ["--silent", "--show-error", "--cacert", Certificate.CertificateFile, "--user", $"{Alice.Name}:{Alice.Password}", .. options, $"imaps://localhost:{server.TlsPort}/{path}"]);
}
