using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>-s memory: the development server.</summary>
internal sealed class MemoryModeTests : EndToEndTest
{
    [Test]
    public void The_account_test_has_sample_mail()
    {
        ImapClient client = LoginAsTest(StartMemory());
        ImapReply reply = client.Command("SELECT INBOX");
        string exists = reply.Untagged.Single(line => line.EndsWith(" EXISTS", StringComparison.Ordinal));
        Assert.That(exists, Is.Not.EqualTo("* 0 EXISTS"));
        Assert.That(client.Command("FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE)").IsOk, Is.True);
    }

    [Test]
    public void No_other_account_and_no_other_password_works()
    {
        ImapdProcess server = StartMemory();
        Assert.That(Connect(server).Command("LOGIN test wrong").Status, Does.StartWith("NO [AUTHENTICATIONFAILED]"));
        Assert.That(Connect(server).Command("LOGIN root test").Status, Does.StartWith("NO [AUTHENTICATIONFAILED]"));
    }

    [Test]
    public void Two_sessions_share_one_store()
    {
        ImapdProcess server = StartMemory();
        ImapClient first = LoginAsTest(server);
        ImapClient second = LoginAsTest(server);
        Assert.That(first.Command("CREATE shared").IsOk, Is.True);
        Assert.That(second.Command("SELECT shared").IsOk, Is.True);
        Assert.That(first.Append("shared", Mail.With("seen by the other")).IsOk, Is.True);
        Assert.That(second.Command("NOOP").Untagged, Has.Some.EqualTo("* 1 EXISTS"));
    }

    [Test]
    public void Nothing_is_kept()
    {
        ImapdProcess first = StartMemory();
        Assert.That(LoginAsTest(first).Command("CREATE gone").IsOk, Is.True);
        Assert.That(first.Stop(), Is.Zero);
        Assert.That(LoginAsTest(StartMemory()).Command("LIST \"\" gone").Untagged, Is.Empty);
    }

    [Test]
    public void One_worker_serves_all()
    {
        ImapdProcess server = StartMemory();
        for (int i = 0; i < 5; i++)
        {
            LoginAsTest(server);
        }
        Assert.That(server.Workers, Has.Count.EqualTo(1));
    }

    [Test]
    public void It_needs_no_root()
    {
        RequireRoot();
        using var copy = new InstalledCopy();
        ShellResult result = Shell.Run("runuser", ["-u", Alice.Name, "--", "timeout", "--preserve-status", "2", copy.Executable, "-s", "memory", "-p", ImapdProcess.Text(ImapdProcess.FreePort())]);
        Assert.That(result.Status, Is.Zero, result.ToString);
        Assert.That(result.Errors, Does.Contain("test"));
    }
}
