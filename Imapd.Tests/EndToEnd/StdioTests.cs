using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>--preauth and --inetd: IMAP on descriptors 0 and 1.</summary>
internal sealed class StdioTests : EndToEndTest
{
    [Test]
    public void Preauth_serves_the_mail_of_whoever_started_it()
    {
        RequireRoot();
        Alice.Deliver(Mail.WithUnixLines("mine"));
        using var copy = new InstalledCopy();
        ShellResult result = Shell.Run("runuser", ["-u", Alice.Name, "--", copy.Executable, "--preauth"], "a SELECT INBOX\r\nb LOGOUT\r\n");
        Assert.That(result.Status, Is.Zero, result.ToString);
        Assert.That(result.Output, Does.StartWith("* PREAUTH").And.Contain("* 1 EXISTS\r\n").And.Contain("b OK"));
    }

    [Test]
    public void Preauth_ends_with_its_input()
    {
        RequireRoot();
        using var copy = new InstalledCopy();
        ShellResult result = Shell.Run("runuser", ["-u", Alice.Name, "--", copy.Executable, "--preauth"], "a NOOP\r\n");
        Assert.That(result.Output, Does.Contain("a OK"), result.ToString);
    }

    [Test]
    public void Preauth_refuses_root()
    {
        RequireRoot();
        ShellResult result = ImapdProcess.Run("--preauth");
        Assert.That(result.Status, Is.Not.Zero);
        Assert.That(result.Output, Does.Not.Contain("PREAUTH"));
        Assert.That(result.Output + result.Errors, Does.Contain("root"));
    }

    [Test]
    public void Inetd_serves_one_socket_with_login_and_ends()
    {
        RequireRoot();
        RequireProgram("bash", "bash");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        string script = $"exec 3<>/dev/tcp/127.0.0.1/{port}; exec \"$0\" \"$@\" 0<&3 1>&3 3>&-";
        string[] arguments = ["-c", script, ImapdProcess.Executable, "--inetd", "--fork", "--insecure-auth", "--pam-service", EndToEndSetup.Pam.Name];
        using Process process = Process.Start(new ProcessStartInfo("bash", arguments) { RedirectStandardError = true })!;
        using (ImapClient client = ImapClient.Accept(listener))
        {
            Assert.That(client.Greeting, Does.StartWith("* OK"));
            Assert.That(client.Login(Alice).Status, Does.StartWith("OK"));
            Assert.That(client.Command("SELECT INBOX").IsOk, Is.True);
            Assert.That(client.Command("LOGOUT").IsOk, Is.True);
        }
        Assert.That(process.WaitForExit(TimeSpan.FromSeconds(30)), Is.True);
        Assert.That(process.ExitCode, Is.Zero, process.StandardError.ReadToEnd);
    }
}
