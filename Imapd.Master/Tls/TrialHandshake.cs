using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Imapd.Master.Native;
using Imapd.Master.Supervision;

namespace Imapd.Master.Tls;

/// <summary>
/// A handshake of the server with itself. OpenSSL looks at a certificate only when it is shown: what the host's security level
/// forbids, such as a key that is too short, would be taken and then fail for every client.
/// </summary>
internal static class TrialHandshake
{
    /// <summary>Why clients could not be shown this certificate; null: they can.</summary>
    /// <remarks>
    /// Blocking calls, with a thread of its own for the client: whoever waits here may be one of those that others' sockets and
    /// tasks wait for.
    /// </remarks>
    public static string? Refusal(SslServerAuthenticationOptions options)
    {
        try
        {
            (SafeSocketHandle ours, SafeSocketHandle theirs) = UnixSockets.StreamPair();
            using var server = new Socket(ours);
            using var client = new Socket(theirs);
            Task shown = Task.Factory.StartNew(
                () => Perform(client, stream => stream.AuthenticateAsClient(ClientOptions())),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            try
            {
                Perform(server, stream => stream.AuthenticateAsServer(options));
            }
            catch
            {
                ((IAsyncResult)shown).AsyncWaitHandle.WaitOne(); // it finds its socket at an end; the reason is the server's
                _ = shown.Exception;
                throw;
            }
            shown.GetAwaiter().GetResult();
            return null;
        }
        catch (Exception error) when (error is AuthenticationException or IOException or SocketException or CryptographicException
            or InvalidOperationException or SystemCallException)
        {
            return error.GetBaseException().Message.TrimEnd('.'); // OpenSSL's reason is in the innermost
        }
    }

    // Who has failed lets the other know. Who has not keeps its socket: in TLS 1.3 the server still writes when the client is done.
    private static void Perform(Socket end, Action<SslStream> handshake)
    {
        end.ReceiveTimeout = end.SendTimeout = (int)MasterLimits.HandshakeTimeout.TotalMilliseconds;
        using var stream = new SslStream(new NetworkStream(end, ownsSocket: false));
        try
        {
            handshake(stream);
        }
        catch
        {
            end.Dispose();
            throw;
        }
    }

    // Whether it is to be trusted is not the question, and nobody out there is asked.
    private static SslClientAuthenticationOptions ClientOptions() => new()
    {
        TargetHost = "",
        AllowTlsResume = false,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        CertificateChainPolicy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
        },
    };
}
