using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>
/// What clients do with <c>ssh host imapd --preauth</c>, with a program that becomes the user in the place of ssh: the two pipes are
/// the same, and so is the greeting.
/// </summary>
internal sealed class TunnelTests : EndToEndTest
{
    private TemporaryDirectory _directory = null!;
    private InstalledCopy _copy = null!;

    private string Command => $"setpriv --reuid {Alice.UserId} --regid {Alice.GroupId} --clear-groups --reset-env {_copy.Executable} --config none --preauth";

    [SetUp]
    public void Install()
    {
        RequireRoot();
        RequireProgram("setpriv", "util-linux");
        _directory = new TemporaryDirectory();
        _copy = new InstalledCopy();
    }

    [TearDown]
    public void Remove()
    {
        _copy?.Dispose();
        _directory?.Dispose();
    }

    [Test]
    public void Mbsync_brings_both_sides_together_through_a_tunnel()
    {
        RequireProgram("mbsync", "isync");
        Alice.Deliver(Mail.WithUnixLines("from the server"));
        string local = _directory.Combine("local", "INBOX");
        foreach (string sub in new[] { "tmp", "new", "cur" })
        {
            Directory.CreateDirectory(Path.Combine(local, sub));
        }
        File.WriteAllText(Path.Combine(local, "cur", "1000000000.M1P1.local:2,S"), Mail.WithUnixLines("from here"));
        string configuration = _directory.Write("mbsyncrc", MbsyncTests.Configuration(_directory, $"Tunnel \"{Command}\""));

        for (int round = 0; round < 2; round++)
        {
            ShellResult result = Shell.Run("mbsync", ["--config", configuration, "--all"]);
            Assert.That(result.Status, Is.Zero, result.ToString);
            Assert.That(Files(local), Has.Count.EqualTo(2));
            Assert.That(Files(Alice.Maildir), Has.Count.EqualTo(2));
        }
        string sent = Files(Alice.Maildir).Single(file => File.ReadAllText(file).Contains("from here", StringComparison.Ordinal));
        Assert.That(Shell.Do("stat", "--format", "%u %a", sent).Trim(), Is.EqualTo($"{Alice.UserId} 600"));
    }

    [Test]
    public void Mutt_reads_flags_and_deletes_through_a_tunnel()
    {
        RequireProgram("mutt", "mutt");
        RequireProgram("script", "bsdutils");
        for (int number = 1; number <= 3; number++)
        {
            Alice.Deliver(Mail.WithUnixLines($"number {number}", $"text of {number}"));
        }
        MuttReader.CopyFlagAndDelete(
            _directory,
            $"""
            set tunnel="{Command}"
            set folder="imap://anywhere/" spoolfile="imap://anywhere/INBOX"
            """);

        List<string> left = Files(Alice.Maildir);
        Assert.That(left, Has.Count.EqualTo(2));
        Assert.That(left.Count(file => file.Split(":2,")[^1].Contains('F', StringComparison.Ordinal)), Is.EqualTo(1));
    }

    private static List<string> Files(string maildir) =>
        [.. Directory.GetFiles(Path.Combine(maildir, "cur")).Concat(Directory.GetFiles(Path.Combine(maildir, "new")))];
}
