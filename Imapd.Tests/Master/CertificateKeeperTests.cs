using Imapd.Master.Configuration;
using Imapd.Master.Tls;
using NUnit.Framework;
using Serilog;
using Serilog.Core;

namespace Imapd.Tests.Master;

/// <summary>Certificates that change under a server that runs, and those that come to their end.</summary>
[TestFixture]
[CancelAfter(120_000)]
public sealed class CertificateKeeperTests
{
    private readonly (string Certificate, string Key, string EncryptedKey) _old = TestCertificates.Make("old", [], days: 90);
    private readonly (string Certificate, string Key, string EncryptedKey) _renewed = TestCertificates.Make("renewed", [], days: 180);
    private TestCertificates _files = null!;
    private LogLines _lines = null!;
    private Logger _log = null!;
    private CertificateFiles _pair = null!;

    [SetUp]
    public void SetUp()
    {
        _files = new TestCertificates();
        _lines = new LogLines();
        _log = new LoggerConfiguration().WriteTo.Sink(_lines).CreateLogger();
        _pair = new CertificateFiles(_files.PathOf("fullchain.pem"), _files.PathOf("privkey.pem"));
        Link("fullchain.pem", _files.Write("fullchain1.pem", _old.Certificate));
        Link("privkey.pem", _files.Write("privkey1.pem", _old.Key));
    }

    [TearDown]
    public void TearDown()
    {
        _log.Dispose();
        _files.Dispose();
    }

    [TestCase("written")]
    [TestCase("renamed")]
    [TestCase("linked")]
    public async Task Files_that_change_are_read_again_however_that_came_about(string how, CancellationToken cancel)
    {
        using var endpoint = new TlsEndpoint(CertificateSetTests.Settings([_pair]), _log);
        Assert.That(await CertificateSetTests.ShownAsync(endpoint, "", cancel), Is.EqualTo(_old.Certificate));

        Replace("fullchain", how, _renewed.Certificate);
        Replace("privkey", how, _renewed.Key);
        endpoint.Certificates.Check(DateTimeOffset.UtcNow);

        Assert.That(await CertificateSetTests.ShownAsync(endpoint, "", cancel), Is.EqualTo(_renewed.Certificate));
        Assert.That(_lines.All, Is.EqualTo(new[] { $"certificate reloaded file={_pair.CertificatePath}" }));
    }

    [Test]
    public void Files_that_have_not_changed_are_left_alone()
    {
        var keeper = new CertificateKeeper([_pair], _log);
        CertificateSet before = keeper.Current;

        keeper.Check(DateTimeOffset.UtcNow);

        Assert.That(keeper.Current, Is.SameAs(before));
        Assert.That(_lines.All, Is.Empty);
    }

    [TestCase("")]
    [TestCase("-----BEGIN CERTIFICATE-----\nMIIB")]
    [TestCase(null, Description = "the file is gone")]
    public void What_is_half_written_keeps_the_old_pair_with_one_line_and_is_taken_when_it_is_whole(string? half)
    {
        var keeper = new CertificateKeeper([_pair], _log);
        CertificateSet before = keeper.Current;
        string file = _files.PathOf("fullchain1.pem");
        if (half is null)
        {
            File.Delete(file);
        }
        else
        {
            File.WriteAllText(file, half);
        }
        for (int minute = 0; minute < 3; minute++)
        {
            keeper.Check(DateTimeOffset.UtcNow);
        }
        Assert.That(keeper.Current, Is.SameAs(before));
        Assert.That(_lines.All, Has.Count.EqualTo(1).And.One.StartsWith("certificate not reloaded, the old one stays: "));

        File.WriteAllText(file, _renewed.Certificate);
        keeper.Check(DateTimeOffset.UtcNow);
        Assert.That(keeper.Current, Is.SameAs(before), "the key is still the old one's");
        Assert.That(_lines.All, Has.Count.EqualTo(2).And.Some.Contains("does not match"));

        File.WriteAllText(_files.PathOf("privkey1.pem"), _renewed.Key);
        keeper.Check(DateTimeOffset.UtcNow);
        Assert.That(keeper.Current.All.Single().Context.TargetCertificate.ExportCertificatePem(), Is.EqualTo(_renewed.Certificate));
    }

    [Test]
    public void One_pair_that_cannot_be_read_keeps_all_as_they_were()
    {
        var other = new CertificateFiles(_files.Write("other.pem", _renewed.Certificate + "\n" + _renewed.Key), null);
        var keeper = new CertificateKeeper([_pair, other], _log);
        CertificateSet before = keeper.Current;

        File.WriteAllText(other.CertificatePath, "nothing");
        keeper.Check(DateTimeOffset.UtcNow);

        Assert.That(keeper.Current, Is.SameAs(before));
        Assert.That(_lines.All.Single(), Does.Contain("other.pem"));
    }

    [Test]
    public void The_end_of_a_certificate_is_told_14_7_and_1_days_before_and_when_it_has_come_once_each()
    {
        var keeper = new CertificateKeeper([_pair], _log);
        DateTimeOffset end = keeper.Current.All[0].NotAfter;
        for (int hours = 20 * 24; hours > -48; hours--)
        {
            keeper.Check(end.AddHours(-hours).AddMinutes(1));
        }

        Assert.That(
            _lines.All.Select(line => line.Split(' ')[^1]).SkipLast(1), Is.EqualTo(new[] { "days=13", "days=6", "days=0" }), string.Join('\n', _lines.All));
        Assert.That(_lines.All, Is.All.Contains($"file={_pair.CertificatePath} notAfter={end.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}Z"));
        Assert.That(_lines.All[^1], Does.StartWith("certificate has expired "));
    }

    [TestCase(13, "certificate expires")]
    [TestCase(0, "certificate has expired")]
    public void A_certificate_near_its_end_is_told_at_the_start(int days, string said)
    {
        (string certificate, string key, _) = TestCertificates.Make("short", [], days);
        var pair = new CertificateFiles(_files.Write("short.pem", certificate + "\n" + key), null);

        _ = new CertificateKeeper([pair], _log);

        Assert.That(_lines.All.Single(), Does.StartWith(said).And.Contain("short.pem"));
    }

    [Test]
    public void A_certificate_that_is_not_valid_yet_is_told_when_it_is_read()
    {
        (string certificate, string key, _) = TestCertificates.Make("future", [], days: 90, from: 3);
        var pair = new CertificateFiles(_files.Write("future.pem", certificate + "\n" + key), null);

        var keeper = new CertificateKeeper([pair], _log);
        keeper.Check(DateTimeOffset.UtcNow);

        Assert.That(
            _lines.All.Single(),
            Is.EqualTo($"certificate is not valid yet file={pair.CertificatePath} notBefore={keeper.Current.All[0].NotBefore.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}Z"));
    }

    [TestCase("pipe", "it is no regular file")]
    [TestCase("device", "it is no regular file")]
    [TestCase("short", "ee key too small")]
    public async Task What_no_handshake_could_use_keeps_the_old_pair_and_keeps_nobody_from_bringing_a_good_one(string what, string reason)
    {
        var keeper = new CertificateKeeper([_pair], _log);
        CertificateSet before = keeper.Current;
        Link("fullchain.pem", what switch
        {
            "pipe" => _files.MakePipe("pipe"),
            "device" => "/dev/zero",
            _ => _files.Write("short.pem", TestCertificates.MakeRsa(1024)),
        });
        if (what == "short")
        {
            Link("privkey.pem", _files.PathOf("short.pem"));
        }
        await Task.Run(keeper.Reload).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.That(keeper.Current, Is.SameAs(before));
        Assert.That(_lines.All.Single(), Does.StartWith("certificate not reloaded, the old one stays: ").And.EndWith(reason));

        Link("fullchain.pem", _files.Write("fullchain2.pem", _renewed.Certificate));
        Link("privkey.pem", _files.Write("privkey2.pem", _renewed.Key));
        keeper.Check(DateTimeOffset.UtcNow);
        Assert.That(keeper.Current.All.Single().Context.TargetCertificate.ExportCertificatePem(), Is.EqualTo(_renewed.Certificate));
    }

    private void Link(string name, string target)
    {
        string link = _files.PathOf(name);
        File.CreateSymbolicLink(link + ".new", target);
        File.Move(link + ".new", link, overwrite: true);
    }

    private void Replace(string name, string how, string text)
    {
        switch (how)
        {
            case "written":
                File.WriteAllText(_files.PathOf(name + "1.pem"), text);
                break;
            case "renamed":
                File.Move(_files.Write(name + ".new", text), _files.PathOf(name + "1.pem"), overwrite: true);
                break;
            default:
                Link(name + ".pem", _files.Write(name + "2.pem", text));
                break;
        }
    }
}
