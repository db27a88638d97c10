using System.Text.RegularExpressions;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>OfflineIMAP keeps two stores the same: messages and flags both ways, mailboxes in subdirectories, then nothing left to do.</summary>
internal sealed class OfflineImapTests : EndToEndTest
{
    [Test]
    public void OfflineIMAP_brings_both_sides_together_and_then_has_nothing_to_do()
    {
        RequireProgram("offlineimap", "offlineimap3");
        ImapdProcess server = StartForking();
        for (int i = 1; i <= 20; i++)
        {
            Alice.Deliver(Mail.WithUnixLines($"from the server {i}"));
        }
        ImapClient client = Login(server, Alice);
        Assert.That(client.Command("CREATE Lists/Gr&APwA3w-e").IsOk, Is.True);
        Assert.That(client.Append("Lists/Gr&APwA3w-e", Mail.With("on the list")).IsOk, Is.True);
        using var directory = new TemporaryDirectory();
        string local = directory.Combine("mail");
        string configuration = directory.Write(
            "offlineimaprc",
            $"""
            [general]
            accounts = both
            ui = quiet
            metadata = {directory.Combine("metadata")}
            [Account both]
            localrepository = here
            remoterepository = server
            [Repository here]
            type = Maildir
            localfolders = {local}
            [Repository server]
            type = IMAP
            remotehost = localhost
            remoteport = {server.TlsPort}
            remoteuser = {Alice.Name}
            remotepass = {Alice.Password}
            ssl = yes
            sslcacertfile = {Certificate.CertificateFile}

            """);

        Sync(configuration, directory);
        Assert.That(Files(local), Has.Count.EqualTo(21));

        List<string> inbox = [.. Files(Path.Combine(local, "INBOX"))
            .Where(file => Regex.IsMatch(file, ",U=[1-9],"))]; // not those that are answered below
        File.Move(inbox[0], Path.Combine(local, "INBOX", "cur", Path.GetFileName(inbox[0]) + "FS"));
        File.Delete(inbox[1]);
        File.WriteAllText(Path.Combine(local, "INBOX", "new", "1000000000.M1P1.local"), Mail.WithUnixLines("from here"));
        Assert.That(client.Command("SELECT INBOX").IsOk, Is.True);
        Assert.That(client.Command(@"STORE 10:12 +FLAGS.SILENT (\Answered)").IsOk, Is.True);

        Sync(configuration, directory);
        Assert.That(client.Command("NOOP").IsOk, Is.True);
        Assert.That(client.Command("SEARCH SUBJECT here").Untagged.Single(IsSearch).Split(' '), Has.Length.EqualTo(3));
        Assert.That(client.Command("SEARCH FLAGGED SEEN").Untagged.Single(IsSearch).Split(' '), Has.Length.EqualTo(3));
        Assert.That(client.Command("SEARCH ALL").Untagged.Single(IsSearch).Split(' '), Has.Length.EqualTo(22));
        Assert.That(Files(local).Count(file => file.Split(":2,")[^1].Contains('R', StringComparison.Ordinal)), Is.EqualTo(3));

        List<string> before = Files(local);
        Sync(configuration, directory);
        Assert.That(Files(local), Is.EqualTo(before));
    }

    private static bool IsSearch(string line) => line.StartsWith("* SEARCH", StringComparison.Ordinal);

    private static List<string> Files(string root) =>
        [
            .. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(Path.GetDirectoryName(file)) is "cur" or "new")
                .Order(StringComparer.Ordinal)
        ];

    private static void Sync(string configuration, TemporaryDirectory directory)
    {
        ShellResult result = Shell.Run(
            "offlineimap", ["-o", "-c", configuration], environment: new Dictionary<string, string> { ["HOME"] = directory.Path });
        Assert.That(result.Status, Is.Zero, result.ToString);
    }
}
