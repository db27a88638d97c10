using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Imapd.Master.Configuration;
using Imapd.Master.Listening;
using Imapd.Master.Spawning;
using Imapd.Master.Supervision;
using Imapd.Master.Tls;
using NUnit.Framework;
using Serilog.Core;

namespace Imapd.Tests.Master;

[TestFixture]
[CancelAfter(60_000)]
public sealed class ListenerTests
{
    [TestCase("127.0.0.1")]
    [TestCase("::1")]
    public void A_port_that_is_taken_is_an_error_that_names_it(string address)
    {
        using var first = new Listener(new ListenAddress(new(IPAddress.Parse(address), 0), false), Logger.None);

        var error = Assert.Throws<UsageException>(() => new Listener(new ListenAddress(first.EndPoint, false), Logger.None))!;

        Assert.That(error.Message, Does.Contain(first.EndPoint.ToString()).And.Contain("the port is taken"));
        Assert.That(error.ExitStatus, Is.EqualTo(1));
    }

    [Test]
    public void An_address_of_another_host_is_an_error_that_names_it()
    {
        var address = new ListenAddress(new(IPAddress.Parse("192.0.2.1"), 10143), false);

        Assert.That(() => new Listener(address, Logger.None), Throws.TypeOf<UsageException>().With.Message.Contains("192.0.2.1"));
    }

    [Test]
    public void The_ipv6_wildcard_leaves_the_ipv4_port_to_others()
    {
        using var six = new Listener(new ListenAddress(new(IPAddress.IPv6Any, 0), false), Logger.None);

        Assert.That(
            () => new Listener(new ListenAddress(new(IPAddress.Any, six.EndPoint.Port), false), Logger.None).Dispose(),
            Throws.Nothing);
    }

    [Test]
    public async Task A_mistake_about_one_connection_does_not_close_the_port(CancellationToken cancel)
    {
        using var listener = new Listener(new ListenAddress(new(IPAddress.Loopback, 0), false), Logger.None);
        var served = new TaskCompletionSource();
        int connections = 0;
        using var stop = new CancellationTokenSource();
        Task running = listener.RunAsync(
            (socket, _) =>
            {
                socket.Dispose();
                if (++connections == 1)
                {
                    throw new InvalidOperationException("a mistake");
                }
                served.TrySetResult();
            },
            stop.Token);
        using var first = new TcpClient();
        await first.ConnectAsync(listener.EndPoint, cancel);
        using var second = new TcpClient();
        await second.ConnectAsync(listener.EndPoint, cancel);

        Assert.That(async () => await served.Task.WaitAsync(TimeSpan.FromSeconds(30), cancel), Throws.Nothing);
        await stop.CancelAsync();
        await running.WaitAsync(cancel);
    }

    [Test]
    public async Task A_client_over_the_limit_of_its_address_is_told_so(CancellationToken cancel)
    {
        using var server = new Server(Settings(certificatePath: null), Logger.None, new Reaper());
        server.Bind(passed: [], isComplete: false);
        using var stop = new CancellationTokenSource();
        Task running = server.RunAsync(stop.Token, CancellationToken.None);
        using var first = new TcpClient();
        await first.ConnectAsync(server.EndPoints[0], cancel);
        using var second = new TcpClient();
        await second.ConnectAsync(server.EndPoints[0], cancel);

        Assert.That(await ReadLineAsync(second.GetStream(), cancel), Does.StartWith("* BYE [LIMIT] "));
        second.Close();
        first.Close();
        await stop.CancelAsync();
        await running.WaitAsync(cancel);
    }

    [Test]
    public async Task A_bad_new_certificate_leaves_the_old_one_and_a_good_one_takes_its_place(CancellationToken cancel)
    {
        using var files = new TestCertificates();
        (string certificate, string key, _) = TestCertificates.Make();
        (string nextCertificate, string nextKey, _) = TestCertificates.Make();
        string path = files.Write("both.pem", certificate + "\n" + key);
        using var endpoint = new TlsEndpoint(Settings(path), Logger.None);

        files.Write("both.pem", certificate + "\n" + nextKey);
        endpoint.Certificates.Reload();
        Assert.That(await ServedAsync(endpoint, cancel), Is.EqualTo(certificate));

        files.Write("both.pem", nextCertificate + "\n" + nextKey);
        endpoint.Certificates.Reload();
        Assert.That(await ServedAsync(endpoint, cancel), Is.EqualTo(nextCertificate));
    }

    [Test]
    public async Task A_client_that_names_another_protocol_is_refused_and_one_that_names_imap_is_not(CancellationToken cancel)
    {
        using var files = new TestCertificates();
        (string certificate, string key, _) = TestCertificates.Make();
        using var endpoint = new TlsEndpoint(Settings(files.Write("both.pem", certificate + "\n" + key)), Logger.None);

        Assert.That(await ServedAsync(endpoint, cancel, "imap"), Is.EqualTo(certificate));
        Assert.That(() => ServedAsync(endpoint, cancel, "http/1.1"), Throws.InstanceOf<Exception>());
    }

    private static async Task<string> ServedAsync(TlsEndpoint endpoint, CancellationToken cancel, string? protocol = null)
    {
        using TcpPair tcp = await TcpPair.ConnectAsync();
        Task<SslStream> server = endpoint.HandshakeAsync(tcp.Server, cancel);
        using var client = new SslStream(new NetworkStream(tcp.Client), false, TestCertificates.Accept);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = protocol is null ? null : [new SslApplicationProtocol(protocol)],
        };
        await client.AuthenticateAsClientAsync(options, cancel);
        await (await server).DisposeAsync();
        using var shown = new System.Security.Cryptography.X509Certificates.X509Certificate2(client.RemoteCertificate!);
        return shown.ExportCertificatePem();
    }

    private static async Task<string?> ReadLineAsync(Stream stream, CancellationToken cancel)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadLineAsync(cancel);
    }

    private static Settings Settings(string? certificatePath) => new()
    {
        Listen = [new ListenAddress(new(IPAddress.Loopback, 0), false)],
        Fork = true,
        Storage = StorageKind.Maildir,
        PamService = "imapd",
        MinUid = 1000,
        MaxConnections = 10,
        MaxPerAddress = 1,
        MaxPerUser = 1,
        LoginTimeoutSeconds = 60,
        Certificates = certificatePath is null ? [] : [new(certificatePath, null)],
        WorkerPath = "/bin/true",
    };
}
