using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>SIGTERM, SIGHUP.</summary>
internal sealed class SignalTests : EndToEndTest
{
    [Test]
    public void SIGTERM_says_BYE_to_every_client_and_ends_with_0()
    {
        ImapdProcess server = StartForking();
        ImapClient idling = Login(server, Alice);
        idling.Command("SELECT INBOX");
        idling.Send("i IDLE\r\n");
        idling.ReadUntil("+");
        ImapClient waiting = Connect(server);

        server.Signal(Native.SignalTerminate);

        Assert.That(idling.ReadToEnd(), Does.Contain("* BYE"));
        Assert.That(waiting.ReadToEnd(), Does.Contain("* BYE"));
        Assert.That(server.Stop(), Is.Zero);
    }

    [Test]
    public void SIGTERM_says_BYE_when_one_worker_serves_all()
    {
        ImapdProcess server = StartMemory();
        ImapClient client = LoginAsTest(server);
        server.Signal(Native.SignalTerminate);
        Assert.That(client.ReadToEnd(), Does.Contain("* BYE"));
        Assert.That(server.Stop(), Is.Zero);
    }

    [Test]
    public void A_parent_that_ignores_its_children_and_allows_few_descriptors_at_first_does_no_harm()
    {
        RequireRoot();
        ImapdProcess server = StartTlsThrough(
            ["/usr/bin/env", "--ignore-signal=CHLD", "/usr/bin/prlimit", "--nofile=256:4096"],
            "--fork",
            "--pam-service",
            EndToEndSetup.Pam.Name);
        for (int i = 0; i < 3; i++)
        {
            Login(server, Alice).Command("LOGOUT");
        }
        server.WaitForLog("logout", "reason=logout");

        string limit = File.ReadLines($"/proc/{server.Id}/limits").Single(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        Assert.That(limit.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], Is.EqualTo("4096"));
        Assert.That(server.Log, Does.Contain("the limit of open files is too low").And.Contain("limit=4096"));
    }

    [Test]
    public void SIGHUP_takes_a_new_certificate_for_new_connections()
    {
        using var directory = new TemporaryDirectory();
        using var renewed = new Certificate();
        string file = directory.Write("both.pem", Certificate.KeyPem + "\n" + Certificate.CertificatePem + "\n");
        ImapdProcess server = StartClearWithTls(file);
        ImapClient before = Keep(ImapClient.ConnectTls(server.ClearPort));
        Assert.That(before.CertificateHash, Is.EqualTo(Certificate.Hash));

        File.WriteAllText(file, renewed.KeyPem + "\n" + renewed.CertificatePem + "\n");
        server.Signal(Native.SignalHangUp);

        string hash = "";
        Wait.Until(
            () =>
            {
                using ImapClient after = ImapClient.ConnectTls(server.ClearPort);
                hash = after.CertificateHash;
                return hash == renewed.Hash;
            },
            "the new certificate is shown");
        Assert.That(hash, Is.EqualTo(renewed.Hash));
        Assert.That(before.Command("NOOP").IsOk, Is.True, "connections of before go on");
    }

    [Test]
    public void SIGHUP_with_a_bad_certificate_keeps_the_old_one_and_logs_an_error()
    {
        using var directory = new TemporaryDirectory();
        string file = directory.Write("both.pem", Certificate.KeyPem + "\n" + Certificate.CertificatePem + "\n");
        ImapdProcess server = StartClearWithTls(file);

        File.WriteAllText(file, "this is no certificate\n");
        server.Signal(Native.SignalHangUp);

        server.WaitForLog(file);
        Assert.That(Keep(ImapClient.ConnectTls(server.ClearPort)).CertificateHash, Is.EqualTo(Certificate.Hash));
    }

    private ImapdProcess StartClearWithTls(string certificate) => StartClear("-s", "memory", "--tls", "--cert", certificate);
}
