using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using Imapd.Master.Native;
using Imapd.Master.Tls;
using Imapd.Protocol.Handoff;

namespace Imapd.Master.Supervision;

/// <summary>
/// The client's side of a session: its socket in clear, or under TLS with the pump that carries the decrypted octets.
/// </summary>
/// <param name="client">The accepted socket; it is closed by <see cref="CloseAsync"/>.</param>
/// <param name="endpoint">Who does handshakes; null: nobody, there is no certificate.</param>
/// <param name="log">Where a failed handshake is told.</param>
/// <param name="abort">The session was ended, from whatever thread.</param>
[SuppressMessage("Reliability", "CA1001", Justification = "CloseAsync ends the stream and the pump; disposing under a late Break would throw in it.")]
internal sealed class ClientTransport(Socket client, TlsEndpoint? endpoint, SessionLog log, CancellationToken abort)
{
    private SslStream? _stream;
    private StreamPump? _pump;

    /// <summary>What the handshake agreed on; null: none has been.</summary>
    public TlsFacts? Tls { get; private set; }

    public string TlsName => Tls?.Protocol ?? "no";

    /// <summary>It is in clear, and a handshake could change that.</summary>
    public bool CanStartTls => Tls is null && endpoint is not null;

    /// <summary>
    /// Since when nothing more can come from the client, as <see cref="Environment.TickCount64"/>; 0: it can, or nobody would
    /// notice.
    /// </summary>
    public long ClientEndedAt => _pump?.ClientEndedAt ?? 0;

    /// <summary>When octets last passed; null: it is closed.</summary>
    public TcpActivity? Activity => TcpActivity.Of(client);

    /// <summary>Completes when the worker has closed its side and the client was given everything; at once without a pump.</summary>
    public Task Pumping { get; private set; } = Task.CompletedTask;

    /// <summary>What happens to a connection without anybody's mistake.</summary>
    public static bool IsExpected(Exception error) => error is OperationCanceledException or IOException
        or SocketException or ObjectDisposedException or AuthenticationException;

    /// <summary>Puts TLS on the socket. False: it failed, and the log has the reason.</summary>
    public async Task<bool> HandshakeAsync()
    {
        try
        {
            _stream = await endpoint!.HandshakeAsync(client, abort).ConfigureAwait(false);
            Tls = TlsEndpoint.Facts(_stream);
            return true;
        }
        catch (OperationCanceledException)
        {
            log.HandshakeFailed("timeout");
        }
        catch (Exception error) when (IsExpected(error))
        {
            log.HandshakeFailed(error.InnerException?.Message ?? error.Message);
        }
        return false;
    }

    /// <summary>
    /// Gives a worker the descriptor to read and write: the socket itself in clear, else one end of a pair whose other end
    /// is pumped. False: <paramref name="send"/> failed; it may be tried again with another worker.
    /// </summary>
    /// <exception cref="SystemCallException">There was no pair to be had.</exception>
    public async Task<bool> GiveAsync(Func<SafeHandle, ValueTask<bool>> send)
    {
        if (_stream is null)
        {
            return await send(client.SafeHandle).ConfigureAwait(false);
        }
        (SafeSocketHandle ours, SafeSocketHandle theirs) = UnixSockets.StreamPair();
        using (theirs)
        {
            if (!await send(theirs).ConfigureAwait(false))
            {
                ours.Dispose();
                return false;
            }
        }
        _pump = new StreamPump(_stream, client, new Socket(ours));
        Pumping = _pump.RunAsync();
        if (abort.IsCancellationRequested)
        {
            _pump.Dispose();
        }
        return true;
    }

    /// <summary>Writes a last line to a client that no worker was given.</summary>
    public Task SayGoodbyeAsync(ReadOnlyMemory<byte> line) => Goodbye.SayAsync(client, _stream, line);

    /// <summary>Ends it at once; whoever waits on it finds its end. From whatever thread.</summary>
    public void Break()
    {
        try
        {
            client.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // it is broken already
        }
        _pump?.Dispose();
    }

    /// <summary>Lets the pump come to its end, for so long, and closes everything.</summary>
    public async Task CloseAsync(TimeSpan patience)
    {
        await Task.WhenAny(Pumping, Task.Delay(patience)).ConfigureAwait(false);
        if (!Pumping.IsCompleted)
        {
            Break(); // a client that does not read what it is sent will not read its end either
        }
        else if (_pump is not null)
        {
            _pump.Dispose();
        }
        else if (_stream is not null)
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
        await Goodbye.CloseAsync(client).ConfigureAwait(false);
    }
}
