using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Imapd.Master.Native;
using Imapd.Master.Tls;
using NUnit.Framework;

namespace Imapd.Tests.Master;

[TestFixture]
[CancelAfter(60_000)]
public sealed class StreamPumpTests
{
    private TcpPair _tcp = null!;
    private SslStream _client = null!;
    private Socket _worker = null!;
    private StreamPump _pump = null!;
    private Task _running = null!;

    [SetUp]
    public async Task SetUp()
    {
        using var files = new TestCertificates();
        (string certificate, string key, _) = TestCertificates.Make();
        ServerCertificate loaded = CertificateLoader.Load(new(files.Write("both.pem", certificate + "\n" + key), null));
        _tcp = await TcpPair.ConnectAsync();
        var server = new SslStream(new NetworkStream(_tcp.Server));
        _client = new SslStream(new NetworkStream(_tcp.Client), false, TestCertificates.Accept);
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificateContext = loaded.Context }),
            _client.AuthenticateAsClientAsync("localhost"));
        (SafeSocketHandle ours, SafeSocketHandle theirs) = UnixSockets.StreamPair();
        _worker = new Socket(theirs);
        _pump = new StreamPump(server, _tcp.Server, new Socket(ours));
        _running = _pump.RunAsync();
    }

    [TearDown]
    public void TearDown()
    {
        _worker.Dispose();
        _client.Dispose();
        _tcp.Dispose();
        _pump.Dispose();
    }

    [Test]
    public async Task Octets_arrive_as_they_are_in_both_directions_at_once(CancellationToken cancel)
    {
        byte[] up = RandomNumberGenerator.GetBytes(3_000_001);
        byte[] down = RandomNumberGenerator.GetBytes(5_000_003);
        using var workerStream = new NetworkStream(_worker);
        byte[] upArrived = new byte[up.Length];
        byte[] downArrived = new byte[down.Length];

        await Task.WhenAll(
            _client.WriteAsync(up, cancel).AsTask(),
            workerStream.WriteAsync(down, cancel).AsTask(),
            workerStream.ReadExactlyAsync(upArrived, cancel).AsTask(),
            _client.ReadExactlyAsync(downArrived, cancel).AsTask());

        Assert.That(upArrived.AsSpan().SequenceEqual(up), Is.True);
        Assert.That(downArrived.AsSpan().SequenceEqual(down), Is.True);
    }

    [Test]
    public async Task Last_words_of_a_worker_arrive_before_the_end(CancellationToken cancel)
    {
        byte[] words = RandomNumberGenerator.GetBytes(100_000);
        await _worker.SendAsync(words, cancel);
        _worker.Dispose();

        using var arrived = new MemoryStream();
        await _client.CopyToAsync(arrived, cancel);

        Assert.That(arrived.ToArray(), Is.EqualTo(words));
        _client.Dispose();
        _tcp.Client.Dispose();
        await _running.WaitAsync(cancel);
    }

    [Test]
    public async Task A_client_that_closes_lets_the_worker_finish(CancellationToken cancel)
    {
        await _client.WriteAsync("last command"u8.ToArray(), cancel);
        await _client.ShutdownAsync();
        _tcp.Client.Shutdown(SocketShutdown.Send);

        using var workerStream = new NetworkStream(_worker);
        using var arrived = new MemoryStream();
        await workerStream.CopyToAsync(arrived, cancel);
        await workerStream.WriteAsync("answer"u8.ToArray(), cancel);
        _worker.Dispose();
        await _running.WaitAsync(cancel);

        Assert.That(arrived.ToArray(), Is.EqualTo("last command"u8.ToArray()));
    }

    [Test]
    public async Task A_client_that_breaks_off_is_an_end_for_the_worker(CancellationToken cancel)
    {
        _tcp.Client.Close(0); // a reset

        int octets = await _worker.ReceiveAsync(new byte[1], cancel);

        Assert.That(octets, Is.Zero);
        _worker.Dispose();
        await _running.WaitAsync(cancel);
    }

    [Test]
    public void A_client_that_does_not_read_stops_the_worker_before_memory_grows()
    {
        byte[] chunk = new byte[64 * 1024];
        long taken = 0;
        _worker.SendTimeout = 1000;

        Assert.That(
            () =>
            {
                while (taken < 200_000_000)
                {
                    taken += _worker.Send(chunk);
                }
            },
            Throws.InstanceOf<SocketException>());
    }

    [Test]
    public async Task Ending_the_pump_at_once_ends_both_sides(CancellationToken cancel)
    {
        _pump.Dispose();
        await _running.WaitAsync(cancel);

        Assert.That(await _worker.ReceiveAsync(new byte[1], cancel), Is.Zero);
    }
}
