using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Imapd.Master.Supervision;
using Serilog;

namespace Imapd.Master.Proxy;

/// <summary>
/// Who is behind the connections of proxies. A source that is listed has to send a header first, and nobody else's is ever looked
/// for: one that could be left out, or sent by anybody, would tell nothing.
/// </summary>
/// <param name="sources">The proxies.</param>
/// <param name="counters">Where refusals are counted.</param>
/// <param name="log">Where they are told.</param>
[SuppressMessage("Reliability", "CA1001", Justification = "It lives as long as the process.")]
internal sealed class ProxyIntake(IReadOnlyList<IPNetwork> sources, Counters counters, ILogger log)
{
    private readonly SemaphoreSlim _slots = new(MasterLimits.MaxProxyHeaders);
    private readonly MessageBudget _lines = new(MasterLimits.RefusalLinesPerSecond, MasterLimits.RefusalLinesPerSecond);

    /// <summary>Connections from there begin with a header.</summary>
    public bool Expects(IPAddress source) => sources.Any(network => network.Contains(source));

    /// <summary>
    /// Reads the header. Null: there was none in time, the log says so, and the connection is closed.
    /// </summary>
    /// <param name="connection">The accepted socket; what follows the header stays in it.</param>
    /// <param name="peer">The proxy.</param>
    /// <param name="local">Where the proxy connected to.</param>
    /// <param name="cancel">Ends it without a word.</param>
    /// <returns>The client and where it connected to: those of the connection when the proxy speaks for itself.</returns>
    public async Task<(IPEndPoint Peer, IPEndPoint Local)?> IdentifyAsync(
        Socket connection, IPEndPoint peer, IPEndPoint local, CancellationToken cancel)
    {
        if (!_slots.Wait(0, CancellationToken.None))
        {
            Refuse(connection, peer, "too many connections wait for their header");
            return null;
        }
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(MasterLimits.ProxyHeaderTimeout);
        try
        {
            ProxyHeader header = await ProxyHeaderReader.ReadAsync(connection, deadline.Token).ConfigureAwait(false);
            return (header.Source ?? peer, header.Destination ?? local);
        }
        catch (InvalidDataException error)
        {
            Refuse(connection, peer, error.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            Refuse(connection, peer, "no header in time");
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            connection.Dispose();
        }
        finally
        {
            _slots.Release();
        }
        return null;
    }

    private void Refuse(Socket connection, IPEndPoint peer, string reason)
    {
        connection.Dispose();
        counters.Add(Counter.ProxyHeadersRefused);
        bool mayLog;
        lock (_lines)
        {
            mayLog = _lines.TryTake();
        }
        if (mayLog)
        {
            log.Warning("proxy refused reason={Reason:q} rip={PeerAddress} rport={PeerPort}", reason, peer.Address, peer.Port);
        }
    }
}
