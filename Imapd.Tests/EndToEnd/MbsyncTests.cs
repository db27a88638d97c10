using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>mbsync keeps two stores the same: a thousand messages, flags both ways, then nothing left to do.</summary>
internal sealed class MbsyncTests : EndToEndTest
{
    private const int Half = 500;

    [Test]
    public void Mbsync_brings_both_sides_together_and_then_has_nothing_to_do()
    {
        RequireProgram("mbsync", "isync");
        ImapdProcess server = StartForking();
        using var directory = new TemporaryDirectory();
        string local = directory.Combine("local", "INBOX");
        foreach (string sub in new[] { "tmp", "new", "cur" })
        {
            Directory.CreateDirectory(Path.Combine(local, sub));
        }
        for (int i = 0; i < Half; i++)
        {
            Alice.Deliver(Mail.WithUnixLines($"from the server {i}"));
            File.WriteAllText(Path.Combine(local, "cur", $"1000000000.M{i}P1.local:2,S"), Mail.WithUnixLines($"from here {i}"));
        }
        string configuration = directory.Write("mbsyncrc", Configuration(
            directory,
            $"""
            Host localhost
            Port {server.TlsPort}
            User {Alice.Name}
            Pass {Alice.Password}
            SSLType IMAPS
            AuthMechs LOGIN
            CertificateFile {Certificate.CertificateFile}
            """));

        Sync(configuration);
        ImapClient client = Login(server, Alice);
        Assert.That(client.Command("SELECT INBOX").Untagged, Has.Some.EqualTo($"* {2 * Half} EXISTS"));
        Assert.That(Files(local), Has.Count.EqualTo(2 * Half));
        Assert.That(client.Command("UID SEARCH SEEN").Untagged.Single(IsSearch).Split(' '), Has.Length.EqualTo(2 + Half));

        Assert.That(client.Command(@"STORE 1:100 +FLAGS.SILENT (\Flagged)").IsOk, Is.True);
        Assert.That(client.Command(@"STORE 101:110 +FLAGS.SILENT (\Deleted)").IsOk, Is.True);
        Assert.That(client.Command("EXPUNGE").IsOk, Is.True);
        foreach (string file in Files(local).Where(file => file.EndsWith(":2,S", StringComparison.Ordinal)).Take(50))
        {
            File.Move(file, file[..^1] + "RS");
        }

        Sync(configuration);
        Assert.That(client.Command("NOOP").IsOk, Is.True);
        Assert.That(Files(local), Has.Count.EqualTo((2 * Half) - 10));
        Assert.That(Files(local).Count(file => file.Split(":2,")[^1].Contains('F', StringComparison.Ordinal)), Is.EqualTo(100));
        Assert.That(client.Command("UID SEARCH ANSWERED").Untagged.Single(IsSearch).Split(' '), Has.Length.EqualTo(2 + 50));

        // mbsync says nothing of what it did when it has no terminal; that neither side changed is what counts.
        var before = Files(local).Concat(Files(Alice.Maildir)).ToList();
        Sync(configuration);
        Assert.That(Files(local).Concat(Files(Alice.Maildir)), Is.EqualTo(before));
    }

    private static bool IsSearch(string line) => line.StartsWith("* SEARCH", StringComparison.Ordinal);

    private static List<string> Files(string maildir) =>
        [.. Directory.GetFiles(Path.Combine(maildir, "cur")).Concat(Directory.GetFiles(Path.Combine(maildir, "new"))).Order(StringComparer.Ordinal)];

    private static void Sync(string configuration)
    {
        ShellResult result = Shell.Run("mbsync", ["--config", configuration, "--all"]);
        Assert.That(result.Status, Is.Zero, result.ToString);
    }

    /// <summary>An mbsyncrc that keeps INBOX the same in <c>local/INBOX</c> of a directory and on a server.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="server">The lines that lead to the server.</param>
    internal static string Configuration(TemporaryDirectory directory, string server) =>
        $"""
        IMAPStore server
        {server}

        MaildirStore here
        Path {directory.Combine("local")}/
        Inbox {directory.Combine("local", "INBOX")}
        SubFolders Verbatim

        Channel both
        Far :server:
        Near :here:
        Patterns INBOX
        Create Both
        Expunge Both
        Sync All
        SyncState *

        """;
}
