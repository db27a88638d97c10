using System.Net;
using System.Net.Sockets;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>Each mistake on the command line ends imapd at once with one line that says what is wrong.</summary>
internal sealed class CommandLineTests : EndToEndTest
{
    [Test]
    public void TLS_without_a_certificate_is_refused() =>
        AssertRefused(1, "--cert", "--tls", "-s", "memory", "-p", Port());

    [Test]
    public void An_unreadable_certificate_is_named() =>
        AssertRefused(1, "/there/is/no/cert.pem", "--tls", "--cert", "/there/is/no/cert.pem", "--key", Certificate.KeyFile, "-s", "memory", "-p", Port());

    [Test]
    public void An_unreadable_key_is_named() =>
        AssertRefused(1, "/there/is/no/key.pem", "--tls", "--cert", Certificate.CertificateFile, "--key", "/there/is/no/key.pem", "-s", "memory", "-p", Port());

    [Test]
    public void A_certificate_file_without_a_certificate_is_named()
    {
        using var directory = new TemporaryDirectory();
        string file = directory.Write("cert.pem", "this is no certificate\n");
        AssertRefused(1, file, "--tls", "--cert", file, "--key", Certificate.KeyFile, "-s", "memory", "-p", Port());
    }

    [Test]
    public void A_key_of_another_certificate_is_refused()
    {
        using var other = new Certificate();
        AssertRefused(1, "key", "--tls", "--cert", Certificate.CertificateFile, "--key", other.KeyFile, "-s", "memory", "-p", Port());
    }

    [Test]
    public void Fork_with_memory_storage_is_refused()
    {
        RequireRoot();
        AssertRefused(1, "memory", "--fork", "-s", "memory", "-p", Port());
    }

    [Test]
    public void Fork_without_root_is_refused()
    {
        RequireRoot();
        using InstalledCopy copy = new();
        ShellResult result = Shell.Run("runuser", ["-u", Alice.Name, "--", copy.Executable, "--fork", "-p", Port()]);
        AssertOneLine(result, 1, "root");
    }

    [Test]
    public void A_port_that_is_taken_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string port = ImapdProcess.Text(((IPEndPoint)listener.LocalEndpoint).Port);
        AssertRefused(1, port, "-s", "memory", "-p", port);
    }

    [Test]
    public void An_address_that_does_not_parse_is_refused() =>
        AssertRefused(1, "not-an-address", "-s", "memory", "-h", "not-an-address", "-p", Port());

    [Test]
    public void An_unknown_option_ends_with_status_2() =>
        AssertRefused(2, "--no-such-option", "--no-such-option");

    [Test]
    public void An_unknown_storage_is_refused()
    {
        ShellResult result = ImapdProcess.Run("-s", "floppy", "-p", Port());
        Assert.That(result.Status, Is.EqualTo(1).Or.EqualTo(2));
        Assert.That(result.Errors, Does.Contain("floppy").Or.Contain("storage"));
    }

    [Test]
    public void Mail_is_never_served_as_root_without_fork()
    {
        RequireRoot();
        using var directory = new TemporaryDirectory();
        AssertRefused(1, "root", "-s", "maildir", "--maildir-path", directory.Path, "-p", Port());
        AssertRefused(1, "root", "-s", "maildir", "--maildir-path", directory.Path, "--user", "root", "-p", Port());
    }

    [Test]
    public void A_missing_PAM_service_file_is_named_with_what_belongs_in_it()
    {
        RequireRoot();
        try
        {
            StartForking("--pam-service", "imapd-test-not-there").WaitForLog("/etc/pam.d/imapd-test-not-there");
        }
        catch (InvalidOperationException refusal)
        {
            // Refusing to start is as good as a warning, as long as it says why.
            Assert.That(refusal.Message, Does.Contain("/etc/pam.d/imapd-test-not-there"));
        }
    }

    [Test]
    public void The_version_is_told()
    {
        ShellResult result = ImapdProcess.Run("--version");
        Assert.That(result.Status, Is.Zero);
        Assert.That(result.Output + result.Errors, Does.Match(@"imapd \d+\.\d+\.\d+"));
    }

    [Test]
    public void Check_config_ends_with_0_when_everything_is_right_and_1_otherwise()
    {
        string[] good = ["--check-config", "-s", "memory", "--tls", "--cert", Certificate.CertificateFile, "--key", Certificate.KeyFile, "-p", Port()];
        ShellResult result = ImapdProcess.Run(good);
        Assert.That(result.Status, Is.Zero, result.ToString);
        Assert.That(result.Errors, Is.Empty);
        ShellResult useless = ImapdProcess.Run("--check-config", "-s", "memory", "-p", Port());
        Assert.That(useless.Errors, Does.Contain("nobody can log in"), useless.ToString);
        AssertRefused(1, "--cert", "--check-config", "-s", "memory", "--tls", "-p", Port());
    }

    [Test]
    public void The_key_may_be_in_the_certificate_file()
    {
        using var directory = new TemporaryDirectory();
        string both = directory.Write("both.pem", Certificate.KeyPem + "\n" + Certificate.CertificatePem + "\n");
        ShellResult result = ImapdProcess.Run("--check-config", "-s", "memory", "--tls", "--cert", both, "-p", Port());
        Assert.That(result.Status, Is.Zero, result.ToString);
    }

    [Test]
    public void IPv6_and_several_addresses_are_listened_on_at_once()
    {
        if (!File.Exists("/proc/net/if_inet6") || File.ReadAllText("/proc/net/if_inet6").Length == 0)
        {
            Assert.Ignore("needs IPv6");
        }
        ImapdProcess server = StartClear("-s", "memory", "-h", "127.0.0.1", "-h", "::1");
        Assert.That(Keep(ImapClient.ConnectClear(server.ClearPort)).Greeting, Does.StartWith("* OK"));
        Assert.That(Keep(ImapClient.ConnectClear(server.ClearPort, "::1")).Greeting, Does.StartWith("* OK"));
    }

    private static string Port() => ImapdProcess.Text(ImapdProcess.FreePort());

    private static void AssertRefused(int status, string text, params string[] options) =>
        AssertOneLine(ImapdProcess.Run(options), status, text);

    private static void AssertOneLine(ShellResult result, int status, string text)
    {
        Assert.That(result.Status, Is.EqualTo(status), result.ToString);
        Assert.That(result.Errors, Does.Contain(text));
        Assert.That(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(1), result.ToString);
    }
}
