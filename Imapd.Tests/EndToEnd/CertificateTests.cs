using Imapd.Tests.Architecture;
using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Master;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>Certificates as an administrator has them: those of certbot, and several.</summary>
internal sealed class CertificateTests : EndToEndTest
{
    [Test]
    public void The_hook_for_certbot_has_a_renewed_certificate_shown_at_once()
    {
        using var tree = new TemporaryDirectory();
        using var renewed = new Certificate();
        string live = tree.Combine("live", "mail.example.org");
        Directory.CreateDirectory(live);
        Directory.CreateDirectory(tree.Combine("archive", "mail.example.org"));
        Issue(tree, live, 1, Certificate);
        string control = tree.Combine("run", "control");
        ImapdProcess server = StartClear(
            "-s", "memory", "--tls", "--cert", live + "/fullchain.pem", "--key", live + "/privkey.pem", "--control-socket", control);
        Assert.That(ShownBy(server), Is.EqualTo(Certificate.Hash));

        Issue(tree, live, 2, renewed);
        var environment = new Dictionary<string, string>
        {
            ["RENEWED_LINEAGE"] = live,
            ["RENEWED_DOMAINS"] = "mail.example.org",
            ["IMAPD_CONTROL"] = control,
        };
        ShellResult hook = Shell.Run(Repository.Combine("packaging", "examples", "certbot-deploy-hook"), [], environment: environment);

        Assert.That(hook.Status, Is.Zero, hook.ToString);
        Assert.That(hook.Output, Is.EqualTo($"imapd {server.Id} was told of {live}\n"));
        server.WaitForLog("certificate reloaded", "fullchain.pem");
        Assert.That(ShownBy(server), Is.EqualTo(renewed.Hash));

        Assert.That(server.Stop(), Is.Zero);
        ShellResult without = Shell.Run(Repository.Combine("packaging", "examples", "certbot-deploy-hook"), [], environment: environment);
        Assert.That((without.Status, without.Output), Is.EqualTo((0, "")), "without a server there is nobody to tell");
    }

    [Test]
    public void A_pair_that_does_not_match_is_told_in_one_line_and_nothing_is_started()
    {
        using var other = new Certificate();
        ShellResult result = ImapdProcess.Run(
            "--config", "none", "-s", "memory", "--tls", "-p", ImapdProcess.Text(ImapdProcess.FreePort()),
            "--cert", Certificate.CertificateFile, "--key", Certificate.KeyFile,
            "--cert", other.CertificateFile, "--key", Certificate.KeyFile);

        Assert.That(result.Status, Is.EqualTo(1));
        Assert.That(
            result.Errors, Is.EqualTo($"imapd: the key in {Certificate.KeyFile} does not match the certificate in {other.CertificateFile}\n"));
    }

    [Test]
    public void A_certificate_that_has_expired_is_told_in_one_line_and_still_serves()
    {
        using var files = new TestCertificates();
        (string certificate, string key, _) = TestCertificates.Make("expired.example.org", [], days: 0);
        string file = files.Write("both.pem", certificate + "\n" + key);

        ShellResult check = ImapdProcess.Run("--config", "none", "-s", "memory", "--tls", "--cert", file, "--check-config");
        ImapdProcess server = StartClear("-s", "memory", "--tls", "--cert", file);

        Assert.That(check.Status, Is.Zero, check.ToString);
        Assert.That(check.Errors, Does.StartWith($"imapd: warning: certificate has expired file={file} notAfter=").And.EndWith("Z\n"));
        Assert.That(server.LogLines.Count(line => line.Contains($"certificate has expired file={file}", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(Keep(ImapClient.ConnectTls(server.ClearPort)).Greeting, Does.StartWith("* OK"));
    }

    [TestCase("a..b")]
    [TestCase("xn--")]
    [TestCase("xn--a-\u00ff")]
    [TestCase("192.0.2.1")]
    [TestCase("-")]
    public void An_odd_name_gets_the_first_certificate(string name)
    {
        RequireProgram("openssl", "openssl");
        using var other = new Certificate();
        ImapdProcess server = StartMemory("--cert", other.CertificateFile, "--key", other.KeyFile);

        ShellResult shown = Shell.Run("openssl", ["s_client", "-servername", name, "-connect", $"127.0.0.1:{server.TlsPort}"]);

        Assert.That(shown.Output, Does.Contain(Certificate.CertificatePem), shown.ToString);
    }

    [TestCase("474554202f20485454502f312e310d0a0d0a", Description = "HTTP")]
    [TestCase("160301ffff01ffffff", Description = "a record that is too long")]
    [TestCase("16030100050100000103", Description = "half a ClientHello")]
    [TestCase("802e010301", Description = "SSL 2")]
    public void What_is_not_TLS_does_no_harm_where_the_name_chooses_the_certificate(string hexadecimal)
    {
        using var other = new Certificate();
        ImapdProcess server = StartMemory("--cert", other.CertificateFile, "--key", other.KeyFile);
        using (ImapClient client = ImapClient.Open(server.TlsPort))
        {
            client.Send(Convert.FromHexString(hexadecimal));
        }
        server.WaitForLog("tls failed");
        Assert.That(LoginAsTest(server).Command("NOOP").IsOk, Is.True);
        Assert.That(server.Log, Does.Not.Contain("exception"));
    }

    [Test]
    public void A_certificate_that_no_client_could_be_shown_is_told_with_its_line_in_the_file_and_does_not_replace_one_that_serves()
    {
        using var tree = new TemporaryDirectory();
        string pair = tree.Write("pair.pem", Certificate.CertificatePem + "\n" + Certificate.KeyPem + "\n");
        string file = tree.Write("imapd.conf", $"storage = memory\ntls = yes\ncert = {pair}\n");
        ImapdProcess server = StartClear("--config", file);

        File.WriteAllText(pair, TestCertificates.MakeRsa(1024));
        ShellResult check = ImapdProcess.Run("--config", file, "--check-config");
        server.Signal(Native.SignalHangUp);

        string refusal = $"{file}:3: the certificate in {pair} cannot be used for TLS: ";
        Assert.That(check.Status, Is.EqualTo(1), check.ToString);
        Assert.That(check.Errors, Does.StartWith($"imapd: {refusal}").And.EndWith("ee key too small\n"));
        server.WaitForLog("certificate not reloaded", refusal, "ee key too small");
        Assert.That(ShownBy(server), Is.EqualTo(Certificate.Hash));
    }

    // As certbot does: a new file in archive, and a symbolic link in live that takes the place of the one there.
    private static void Issue(TemporaryDirectory tree, string live, int number, Certificate certificate)
    {
        foreach ((string name, string pem) in new[] { ("fullchain", certificate.CertificatePem), ("privkey", certificate.KeyPem) })
        {
            tree.Write($"archive/mail.example.org/{name}{number}.pem", pem + "\n");
            string link = Path.Combine(live, name + ".pem");
            File.Delete(link);
            File.CreateSymbolicLink(link, $"../../archive/mail.example.org/{name}{number}.pem");
        }
    }

    private static string ShownBy(ImapdProcess server)
    {
        using ImapClient client = ImapClient.ConnectTls(server.ClearPort);
        return client.CertificateHash;
    }
}
