using Imapd.Master.Configuration;
using Imapd.Master.Tls;
using NUnit.Framework;

namespace Imapd.Tests.Master;

[TestFixture]
public sealed class CertificateTests
{
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
