using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Imapd.Master.Configuration;
using Imapd.Master.Supervision;
using Imapd.Protocol.Handoff;
using Serilog;

namespace Imapd.Master.Tls;

/// <summary>
/// The server's side of handshakes: TLS 1.2 and 1.3, no renegotiation, and a bounded number of them at a time, each
/// with a deadline.
/// </summary>
internal sealed class TlsEndpoint : IDisposable
{
    private readonly HandshakeSlots _slots = new(MasterLimits.MaxHandshakes, MasterLimits.HandshakeSecured);

    /// <exception cref="UsageException">The certificate cannot be used.</exception>
    public TlsEndpoint(Settings settings, ILogger log) => Certificates = new CertificateKeeper(settings.Certificates, log);

    /// <summary>The certificates it shows.</summary>
    public CertificateKeeper Certificates { get; }

    /// <summary>Waits for its turn and performs the handshake, both within the deadline.</summary>
    /// <exception cref="OperationCanceledException">
    /// The deadline, or <paramref name="cancel"/>, or it took long while others waited for their turn.
    /// </exception>
    /// <exception cref="AuthenticationException">They could not agree.</exception>
    /// <exception cref="IOException">The client is gone or does not speak TLS.</exception>
    public async Task<SslStream> HandshakeAsync(Socket client, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(MasterLimits.HandshakeTimeout);
        using HandshakeSlots.Slot slot = await _slots.TakeAsync(deadline.Token).ConfigureAwait(false);
        SslStream stream = await UseSlotAsync(slot, client, deadline.Token).ConfigureAwait(false);
        await Task.Yield(); // starting a worker is nothing for a thread that waits for all sockets
        return stream;
    }

    /// <summary>Performs a handshake only to say no; null when there is no slot to spare.</summary>
    public async Task<SslStream?> TryHandshakeAsync(Socket client, CancellationToken cancel)
    {
        using HandshakeSlots.Slot? slot = _slots.TryTake();
        return slot is null ? null : await UseSlotAsync(slot, client, cancel).ConfigureAwait(false);
    }

    /// <summary>What was agreed, for the worker and the log.</summary>
    public static TlsFacts Facts(SslStream stream)
    {
        string protocol = stream.SslProtocol switch
        {
            SslProtocols.Tls12 => "TLSv1.2",
            SslProtocols.Tls13 => "TLSv1.3",
            _ => "TLS",
        };
        return new TlsFacts(protocol, stream.NegotiatedCipherSuite.ToString());
    }

    public void Dispose() => _slots.Dispose();

    private async Task<SslStream> UseSlotAsync(HandshakeSlots.Slot slot, Socket client, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, slot.PushedOut);
        var stream = new SslStream(new NetworkStream(client, ownsSocket: false));
        try
        {
            await AuthenticateAsync(stream, Certificates.Current, either.Token).ConfigureAwait(false);
            return stream;
        }
        catch (Exception error)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            // The framework's reader of a ClientHello, which looks for the name, runs over the end of one that is made for it.
            if (error is IndexOutOfRangeException or ArgumentException)
            {
                throw new AuthenticationException("the ClientHello cannot be read");
            }
            throw;
        }
    }

    // The client's name is looked for only where it makes a difference.
    private static Task AuthenticateAsync(SslStream stream, CertificateSet certificates, CancellationToken cancel) =>
        certificates.All.Count == 1
            ? stream.AuthenticateAsServerAsync(Options(certificates.All[0]), cancel)
            : stream.AuthenticateAsServerAsync(
                static (_, hello, set, _) => ValueTask.FromResult(Options(((CertificateSet)set!).For(hello.ServerName))), certificates, cancel);

    /// <summary>
    /// How handshakes are made. A client that names protocols but not IMAP believes it talks to another server: it is refused
    /// (RFC 7301 §3.2).
    /// </summary>
    internal static SslServerAuthenticationOptions Options(ServerCertificate certificate) => new()
    {
        ServerCertificateContext = certificate.Context,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        AllowRenegotiation = false,
        ApplicationProtocols = [new SslApplicationProtocol("imap")],
    };
}
