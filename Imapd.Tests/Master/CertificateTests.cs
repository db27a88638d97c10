using Imapd.Master.Configuration;
using Imapd.Master.Tls;
using NUnit.Framework;

namespace Imapd.Tests.Master;

[TestFixture]
public sealed class CertificateTests
{
    // Until 2126; what it needs to be refused for is in it, so its key is not here.
    private const string Ed25519Certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBUzCCAQWgAwIBAgIUB4NVPnHZgWd25xckV6pjNYs+AEUwBQYDK2VwMB4xHDAa
        BgNVBAMME2VkMjU1MTkuZXhhbXBsZS5vcmcwIBcNMjYxMTIxMTczNzM5WhgPMjEy
        NjEwMjgxNzM3MzlaMB4xHDAaBgNVBAMME2VkMjU1MTkuZXhhbXBsZS5vcmcwKjAF
        BgMrZXADIQCKFbHvgUeqfYE14UE+D420S+rZMG4B1T5UDO21wtvgmKNTMFEwHQYD
        VR0OBBYEFLOqkwI5X89Eegb5I7SPXwMV7bT1MB8GA1UdIwQYMBaAFLOqkwI5X89E
        egb5I7SPXwMV7bT1MA8GA1UdEwEB/wQFMAMBAf8wBQYDK2VwA0EA/AjVDmZamPuE
        DmLrLdLOwuonPu5g3NQr04pb/Evxv+Q0nrjDQ9IywHtCXkjxwaxmRl1kmYFX3lY4
        qkTXazADBQ==
        -----END CERTIFICATE-----
        """;

    private readonly (string Certificate, string Key, string EncryptedKey) _pair = TestCertificates.Make();
    private readonly (string Certificate, string Key, string EncryptedKey) _other = TestCertificates.Make();
    private TestCertificates _files = null!;

    [SetUp]
    public void SetUp() => _files = new TestCertificates();

    [TearDown]
    public void TearDown() => _files.Dispose();

    [Test]
    public void A_matching_pair_loads_from_two_files_and_from_one()
    {
        string certificate = _files.Write("c.pem", _pair.Certificate);
        string key = _files.Write("k.pem", _pair.Key);
        string both = _files.Write("both.pem", _pair.Key + "\n" + _pair.Certificate + "\n" + _other.Certificate);

        Assert.That(CertificateLoader.Load(new(certificate, key)).Context.TargetCertificate.HasPrivateKey, Is.True);
        ServerCertificate one = CertificateLoader.Load(new(both, null));
        Assert.That(one.Context.TargetCertificate.HasPrivateKey, Is.True);
        Assert.That(one.Context.TargetCertificate.ExportCertificatePem(), Is.EqualTo(_pair.Certificate));
    }

    [Test]
    public void A_key_of_another_certificate_is_refused()
    {
        string said = Refused(_pair.Certificate, _other.Key);

        Assert.That(said, Does.Contain("does not match"));
    }

    [Test]
    public void An_encrypted_key_is_refused_with_the_reason()
    {
        Assert.That(Refused(_pair.Certificate, _pair.EncryptedKey), Does.Contain("encrypted"));
    }

    [Test]
    public void A_file_with_something_else_in_it_is_refused_by_name()
    {
        Assert.That(Refused("nothing", _pair.Key), Does.Contain("no certificate").And.Contain("c.pem"));
        Assert.That(Refused(_pair.Certificate, "nothing"), Does.Contain("no private key").And.Contain("k.pem"));
        Assert.That(
            Refused("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", _pair.Key),
            Does.Contain("damaged").Or.Contain("no certificate"));
    }

    [Test]
    public void A_certificate_that_OpenSSL_would_show_to_nobody_is_refused_with_its_reason()
    {
        string file = _files.Write("short.pem", TestCertificates.MakeRsa(1024));
        var error = Assert.Throws<UsageException>(() => CertificateLoader.Load(new(file, null)))!;
        Assert.That(error.Message, Does.StartWith($"the certificate in {file} cannot be used for TLS: ").And.EndWith("ee key too small"));

        string good = _files.Write("long.pem", TestCertificates.MakeRsa(2048));
        Assert.That(CertificateLoader.Load(new(good, null)).Context.TargetCertificate.HasPrivateKey, Is.True);
    }

    [Test]
    public void A_key_of_a_kind_that_is_not_supported_is_said_to_be_so()
    {
        Assert.That(
            Refused(Ed25519Certificate, _pair.Key),
            Is.EqualTo($"the certificate in {_files.PathOf("c.pem")} is for a key of kind Ed25519, which is not supported; RSA and ECDSA are"));
    }

    [Test]
    public async Task What_is_no_regular_file_is_refused_and_neither_waited_for_nor_read()
    {
        string certificate = _files.Write("c.pem", _pair.Certificate);
        string pipe = _files.MakePipe("pipe");
        foreach (CertificateFiles files in (CertificateFiles[])[new(pipe, null), new(certificate, pipe), new("/dev/zero", null), new("/tmp", null)])
        {
            Task<UsageException> refused = Task.Run(() => Assert.Throws<UsageException>(() => CertificateLoader.Load(files))!);
            UsageException error = await refused.WaitAsync(TimeSpan.FromMinutes(1));
            Assert.That(error.Message, Does.EndWith($"file {files.KeyPath ?? files.CertificatePath} cannot be read: it is no regular file"));
        }
    }

    [Test]
    public void A_file_that_is_too_large_is_refused()
    {
        string file = _files.PathOf("large.pem");
        using (FileStream sparse = File.Create(file))
        {
            sparse.SetLength(1L << 40);
        }

        Assert.That(
            Assert.Throws<UsageException>(() => CertificateLoader.Load(new(file, null)))!.Message,
            Is.EqualTo($"the certificate file {file} is too large to be one"));
    }

    [Test]
    public void A_complaint_begins_with_the_line_that_names_the_file()
    {
        var files = new CertificateFiles(_files.Write("c.pem", _pair.Certificate), _files.Write("k.pem", _other.Key))
        {
            CertificatePlace = "/etc/imapd/imapd.conf:4",
            KeyPlace = "/etc/imapd/imapd.conf:5",
        };

        Assert.That(Said(files), Does.StartWith("/etc/imapd/imapd.conf:5: the key in "));
        Assert.That(Said(files with { CertificatePath = _files.Missing }), Does.StartWith("/etc/imapd/imapd.conf:4: the certificate file "));
        Assert.That(Said(files with { KeyPath = _files.Missing }), Does.StartWith("/etc/imapd/imapd.conf:5: the key file "));

        static string Said(CertificateFiles files) => Assert.Throws<UsageException>(() => CertificateLoader.Load(files))!.Message;
    }

    [Test]
    public void A_file_that_is_not_there_is_named()
    {
        var error = Assert.Throws<UsageException>(() => CertificateLoader.Load(new(_files.Missing, null)))!;

        Assert.That(error.Message, Does.Contain(_files.Missing).And.Contain("no such file"));
        Assert.That(error.ExitStatus, Is.EqualTo(1));
    }

    private string Refused(string certificate, string key)
    {
        string certificatePath = _files.Write("c.pem", certificate);
        string keyPath = _files.Write("k.pem", key);
        return Assert.Throws<UsageException>(() => CertificateLoader.Load(new(certificatePath, keyPath)))!.Message;
    }
}
