using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Stress.Servers;
using NUnit.Framework;

namespace Imapd.Tests.Odd;

/// <summary>A test with worker processes of an ordinary user at a Maildir into which odd things are put.</summary>
[Category("EndToEnd")]
internal abstract class OddTest
{
    private InstalledCopy? _copy;
    private TemporaryDirectory? _mail;
    private PreauthServer? _server;

    protected string Root { get; private set; } = "";

    [SetUp]
    public void Make()
    {
        if (!File.Exists(ImapdProcess.Executable))
        {
            Assert.Ignore("needs out/imapd: run make");
        }

        _copy = new InstalledCopy();
        _mail = new TemporaryDirectory();
        _server = new PreauthServer(_copy.Executables, _mail.Path, "");
        Root = _mail.Combine(PreauthServer.UserName);
        foreach (string part in new[] { "", "tmp", "new", "cur" })
        {
            Directory.CreateDirectory(Path.Combine(Root, part));
            PreauthServer.Own(Path.Combine(Root, part));
        }
    }

    [TearDown]
    public void Remove()
    {
        try
        {
            _server?.Dispose();
        }
        finally
        {
            _mail?.Dispose();
            _copy?.Dispose();
        }
    }

    protected WorkerClient Connect() => new(_server!.Connect());

    protected WorkerClient ConnectSelected(string mailbox = "INBOX")
    {
        WorkerClient client = Connect();
        Assert.That(client.Command("SELECT " + mailbox).IsOk, Is.True);
        return client;
    }

    /// <summary>Writes a file of the user's; the path is below the Maildir.</summary>
    protected string Write(string path, string content)
    {
        string whole = Path.Combine(Root, path);
        File.WriteAllText(whole, content, System.Text.Encoding.Latin1);
        PreauthServer.Own(whole);
        return whole;
    }

    /// <summary>Runs shell commands in the Maildir.</summary>
    protected void Shell(string script) => EndToEnd.Harness.Shell.Do("sh", "-c", "cd \"$0\" && " + script, Root);
}
