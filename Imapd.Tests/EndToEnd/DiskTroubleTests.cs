using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>Full and read-only disks and used-up descriptors, under a real session: it is told why, and goes on.</summary>
internal sealed class DiskTroubleTests : EndToEndTest
{
    private const string Message = "Subject: x\r\n\r\nbody\r\n";

    [Test]
    public void On_a_full_disk_the_answer_is_OVERQUOTA_and_what_is_there_can_be_read_and_removed()
    {
        using var disk = new Mounted("-t", "tmpfs", "-o", "size=1m", "tmpfs");
        Session(disk, Append("a") + Append("b") + "c CREATE other\r\n");
        Fill(disk);
        string output = Session(
            disk,
            "a SELECT INBOX\r\n"
            + Append("b")
            + "c CREATE more\r\n"
            + "d SUBSCRIBE more\r\n"
            + "e STORE 1 +FLAGS (NewKeyword)\r\n"
            + "f FETCH 1 BODY[]\r\n"
            + "g STORE 1 +FLAGS (\\Deleted)\r\n"
            + "h EXPUNGE\r\n"
            + "i NOOP\r\n");
        Assert.That(output, Does.Contain("a OK").And.Contain("f OK").And.Contain("g OK").And.Contain("h OK").And.Contain("i OK"));
        foreach (string tag in (string[])["b", "c", "d", "e"])
        {
            Assert.That(output, Does.Contain($"\r\n{tag} NO [OVERQUOTA] "));
        }

        File.Delete(disk.Combine(Alice.Name, "filler"));
        Assert.That(Session(disk, Append("a") + "b SELECT INBOX\r\n"), Does.Contain("a OK [APPENDUID ").And.Contain("* 2 EXISTS"));
        Assert.That(ImapdProcess.Run("check-mailbox", disk.Combine(Alice.Name)).Status, Is.Zero);
    }

    [Test]
    public void When_a_quota_is_used_up_the_answer_is_OVERQUOTA_and_nothing_is_half_there()
    {
        RequireProgram("mkfs.btrfs", "btrfs-progs");
        using var image = new TemporaryDirectory();
        string file = image.Write("disk", "");
        Shell.Do("truncate", "--size=256M", file);
        Shell.Do("mkfs.btrfs", "-q", file);
        using var disk = new Mounted("-o", "loop", file);
        Shell.Do("btrfs", "quota", "enable", disk.Path);
        Session(disk, Append("a") + "b CREATE other\r\n");
        Shell.Do("btrfs", "qgroup", "limit", "2M", "0/5", disk.Path);
        Fill(disk);
        string[] before = FilesOf(disk);
        string output = Session(
            disk,
            "a SELECT INBOX\r\n" + Append("b") + "c COPY 1 other\r\nd CREATE more\r\ne SUBSCRIBE more\r\nf FETCH 1 BODY[]\r\ng NOOP\r\n");
        Assert.That(output, Does.Contain("a OK").And.Contain("f OK").And.Contain("g OK"));
        foreach (string tag in (string[])["b", "c", "d", "e"])
        {
            Assert.That(output, Does.Contain($"\r\n{tag} NO [OVERQUOTA] The quota is used up"));
        }

        Assert.That(FilesOf(disk), Is.EqualTo(before));
        Shell.Do("btrfs", "qgroup", "limit", "100M", "0/5", disk.Path);
        Assert.That(Session(disk, Append("a") + "b SELECT INBOX\r\nc COPY 1 other\r\n"), Does.Contain("a OK [APPENDUID ").And.Contain("* 2 EXISTS").And.Contain("c OK [COPYUID "));
        Assert.That(ImapdProcess.Run("check-mailbox", disk.Combine(Alice.Name)).Status, Is.Zero);
    }

    [Test]
    public void A_literal_larger_than_the_disk_is_refused_and_leaves_nothing()
    {
        using var disk = new Mounted("-t", "tmpfs", "-o", "size=1m", "tmpfs");
        string large = new string('x', 2_000_000) + "\r\n";
        string output = Session(disk, $"a APPEND INBOX {{{large.Length}+}}\r\n{large}\r\n" + Append("b"));
        Assert.That(output, Does.Contain("a NO [OVERQUOTA] ").And.Contain("b OK [APPENDUID "));
        Assert.That(Directory.EnumerateFileSystemEntries(disk.Combine(Alice.Name, "tmp")), Is.Empty);
    }

    [Test]
    public void A_read_only_disk_is_read_and_every_change_is_refused()
    {
        using var disk = new Mounted("-t", "tmpfs", "-o", "size=1m", "tmpfs");
        Session(disk, Append("a") + "b CREATE other\r\nc SELECT INBOX\r\nd STORE 1 +FLAGS (\\Seen)\r\n");
        Shell.Do("mount", "-o", "remount,ro", disk.Path);
        string output = Session(
            disk,
            "a EXAMINE INBOX\r\nb FETCH 1 BODY[]\r\nc STATUS INBOX (MESSAGES UIDNEXT)\r\nd CREATE more\r\ne SUBSCRIBE more\r\n"
            + Append("f") + "g COPY 1 other\r\nh DELETE other\r\ni RENAME other more\r\nj NOOP\r\nk SELECT INBOX\r\n");
        Assert.That(output, Does.Contain("a OK").And.Contain("b OK").And.Contain("c OK").And.Contain("j OK").And.Contain("k OK [READ-ONLY]"));
        foreach (string tag in (string[])["d", "e", "f", "g", "h", "i"])
        {
            Assert.That(output, Does.Contain($"\r\n{tag} NO [READ-ONLY] The file system is read-only"));
        }
    }

    [Test]
    public void When_no_descriptor_is_left_the_command_fails_and_the_session_goes_on()
    {
        using var disk = new Mounted("-t", "tmpfs", "-o", "size=1m", "tmpfs");
        Session(disk, Append("a") + "b CREATE other\r\n");
        bool wasRefused = false;
        for (int limit = 12; limit < 60; limit++)
        {
            ShellResult result = Run(
                disk, "a SELECT INBOX\r\n" + Append("b") + "c COPY 1 other\r\nd NOOP\r\n", ["prlimit", $"--nofile={limit}"]);
            if (!result.Output.StartsWith("* PREAUTH", StringComparison.Ordinal))
            {
                continue;
            }

            Assert.That(result.Output, Does.Contain("\r\nd OK"), () => $"limit {limit}\n{result}");
            Assert.That(result.Output, Does.Not.Contain("SERVERBUG"));
            wasRefused |= result.Output.Contains("NO [UNAVAILABLE] Too many files are open", StringComparison.Ordinal);
        }

        Assert.That(wasRefused, Is.True, "no limit was low enough");
        Assert.That(ImapdProcess.Run("check-mailbox", disk.Combine(Alice.Name)).Status, Is.Zero);
    }

    private static string Append(string tag) => $"{tag} APPEND INBOX {{{Message.Length}+}}\r\n{Message}\r\n";

    private static string Session(Mounted disk, string commands)
    {
        ShellResult result = Run(disk, commands, []);
        Assert.That((result.Status, result.Output[..9]), Is.EqualTo((0, "* PREAUTH")), result.ToString);
        return result.Output;
    }

    private static ShellResult Run(Mounted disk, string commands, string[] through)
    {
        using var copy = new InstalledCopy();
        return Shell.Run(
            "runuser",
            ["-u", Alice.Name, "--", .. through, copy.Executable, "--preauth", "--maildir-path", disk.Path],
            commands + "z LOGOUT\r\n");
    }

    private static string[] FilesOf(Mounted disk) =>
        [.. Directory.EnumerateFiles(disk.Combine(Alice.Name), "*", SearchOption.AllDirectories).Where(static path => Path.GetFileName(Path.GetDirectoryName(path)) is "cur" or "new" or "tmp").Order(StringComparer.Ordinal)];

    private static void Fill(Mounted disk)
    {
        string path = disk.Combine(Alice.Name, "filler");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[512]);
            }
        }
        catch (IOException)
        {
            TestContext.Out.WriteLine("full");
        }
    }

    /// <summary>A small file system with a directory of Alice's.</summary>
    private sealed class Mounted : IDisposable
    {
        private readonly TemporaryDirectory _directory = new();

        public Mounted(params string[] arguments)
        {
            RequireRoot();
            if (Shell.Run("mount", [.. arguments, Path]).Status != 0)
            {
                _directory.Dispose();
                Assert.Ignore("needs root that may mount");
            }

            File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
            string mail = Combine(Alice.Name);
            _ = Directory.CreateDirectory(mail);
            Native.ChangeOwner(mail, Alice.UserId, Alice.GroupId);
        }

        public string Path => _directory.Path;

        public string Combine(params string[] parts) => _directory.Combine(parts);

        public void Dispose()
        {
            _ = Shell.Run("umount", ["-l", Path]);
            _directory.Dispose();
        }
    }
}
