using Imapd.Tests.Architecture;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>alpine, driven by keys that are typed when its screen shows what they are for.</summary>
internal sealed class AlpineTests : EndToEndTest
{
    /// <summary>The one that finds what Debian's packages install, whichever other comes first in PATH.</summary>
    private const string SystemPython = "/usr/bin/python3";

    [Test]
    public void Alpine_reads_searches_saves_and_expunges()
    {
        RequireProgram("alpine", "alpine");
        RequireProgram(SystemPython, "python3");
        RequireProgram("/usr/lib/python3/dist-packages/pyte/__init__.py", "python3-pyte");
        ImapdProcess server = StartForking();
        for (int i = 1; i <= 3; i++)
        {
            Alice.Deliver(Mail.WithUnixLines($"number {i}", $"text of {i}"));
        }
        using var directory = new TemporaryDirectory();
        string account = $"{{localhost:{server.TlsPort}/ssl/user={Alice.Name}}}";
        string configuration = directory.Write(
            "pinerc",
            $"""
            personal-name=Reader
            user-domain=example.org
            smtp-server=localhost
            inbox-path={account}INBOX
            folder-collections=Mail {account}[]
            default-fcc=
            feature-list=quit-without-confirm,expunge-without-confirm,expunge-without-confirm-everywhere,enable-aggregate-command-set
            last-version-used=9.99

            """);

        ShellResult result = Shell.Run(
            SystemPython,
            [
                Repository.Combine("Imapd.Tests", "EndToEnd", "Scripts", "drive_terminal.py"), "60",
                "ENTER PASSWORD:", $"{Alice.Password}\\r",
                "Preserve password", "n",
                "MESSAGE INDEX.*Message 1 of 3 ", "\\r",
                "MESSAGE TEXT.*text of 1", "d",
                "MESSAGE TEXT.*text of 2", "i",
                "MESSAGE INDEX.*number 1", ";",
                "SELECT criteria", "t",
                "Select based on", "a",
                "to match", "text of 2\\r",
                "ZOOMED MESSAGE INDEX", "s",
                "to folder", "Saved\\r",
                "Create\\?", "y",
                "X D 2 ", "x",
                "Message 1 of 1 ", "q",
                "--", "alpine", "-p", configuration, "-i",
            ],
            environment: new Dictionary<string, string> { ["HOME"] = directory.Path, ["SSL_CERT_FILE"] = Certificate.CertificateFile });

        Assert.That(result.Status, Is.Zero, result.ToString);
        ImapClient client = Login(server, Alice);
        Assert.That(client.Command("STATUS Saved (MESSAGES)").Untagged, Has.Some.EqualTo("* STATUS Saved (MESSAGES 1)"));
        Assert.That(client.Command("SELECT INBOX").Untagged, Has.Some.EqualTo("* 1 EXISTS"));
        Assert.That(client.Command("SEARCH SUBJECT 3").Untagged, Has.Some.EqualTo("* SEARCH 1"));
    }
}
