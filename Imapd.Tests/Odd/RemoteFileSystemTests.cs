using System.Globalization;
using Imapd.Tests.EndToEnd;
using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Stress.Servers;
using NUnit.Framework;

namespace Imapd.Tests.Odd;

/// <summary>Mail on a file system of another host, where a file that is mapped may end the process that reads it.</summary>
[Category("EndToEnd")]
internal sealed class RemoteFileSystemTests
{
    // Enough that the index is mapped where that is safe.
    private const int Messages = 4000;

    [Test]
    public void A_large_index_is_mapped_on_this_hosts_file_system_and_read_on_another_hosts()
    {
        if (!File.Exists(ImapdProcess.Executable) || !EndToEndSetup.IsRoot)
        {
            Assert.Ignore("needs out/imapd (run make) and root");
        }

        using var copy = new InstalledCopy();
        using var mail = new TemporaryDirectory();
        string root = mail.Combine(PreauthServer.UserName);
        foreach (string part in (string[])["", "cur", "new", "tmp"])
        {
            Directory.CreateDirectory(Path.Combine(root, part));
        }

        for (int i = 0; i < Messages; i++)
        {
            File.WriteAllText(Path.Combine(root, "cur", string.Create(CultureInfo.InvariantCulture, $"{1_700_000_000 + i}.M{i}P1.test:2,S")), "Subject: x\n\n");
        }

        Shell.Do("chown", "-R", PreauthServer.UserName, root);
        using var remote = new RemoteMount(mail.Path);
        Assert.That(MapsIndex(copy, mail.Path), Is.True);
        Assert.That(MapsIndex(copy, remote.Path), Is.False);
    }

    private static bool MapsIndex(InstalledCopy copy, string mailRoot)
    {
        using var server = new PreauthServer(copy.Executables, mailRoot, "");
        using var client = new WorkerClient(server.Connect());
        Assert.That(client.Command("SELECT INBOX").IsOk, Is.True);
        Assert.That(client.Command("FETCH 1:* FLAGS").Untagged, Has.Count.EqualTo(Messages));
        Assert.That(client.Command("STORE 5 +FLAGS (\\Flagged)").IsOk, Is.True);
        return client.Process.HasMapped("imapd.index");
    }
}
