using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Imapd.Master.Configuration;
using Imapd.Master.Supervision;
using Serilog;

namespace Imapd.Master.Listening;

/// <summary>One bound address. Its accept loop ends when it is told to, and for no other reason.</summary>
internal sealed class Listener : IDisposable
{
    private const int SolSocket = 1;
    private const int SoReuseAddress = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Socket _socket;
    private readonly ILogger _log;
    private bool _isStarved;

    /// <summary>Takes over a socket that listens already.</summary>
    public Listener(Socket socket, bool implicitTls, ILogger log)
    {
        _log = log;
        _socket = socket;
        ImplicitTls = implicitTls;
    }

    /// <exception cref="UsageException">The address cannot be had; says which and why.</exception>
    public Listener(ListenAddress address, ILogger log)
    {
        _log = log;
        ImplicitTls = address.ImplicitTls;
        _socket = new Socket(address.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.EndPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                _socket.DualMode = false; // [::] and 0.0.0.0 are two addresses, each asked for by itself
            }
            // Not SocketOptionName.ReuseAddress: that is SO_REUSEPORT here and would share the port with a second server.
            _socket.SetRawSocketOption(SolSocket, SoReuseAddress, BitConverter.GetBytes(1));
            _socket.Bind(address.EndPoint);
            _socket.Listen(MasterLimits.ListenBacklog);
        }
        catch (SocketException error)
        {
            _socket.Dispose();
            throw new UsageException($"cannot listen on {address.EndPoint}: {Reason(error)}");
        }
    }

    public bool ImplicitTls { get; }

    /// <summary>The socket, to be passed on.</summary>
    public SafeHandle Handle => _socket.SafeHandle;

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Hands every accepted socket over, which must not take long, until cancelled.</summary>
    public async Task RunAsync(Action<Socket, bool> accepted, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await _socket.AcceptAsync(stop).ConfigureAwait(false);
                _isStarved = false;
                accepted(client, ImplicitTls);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException error) when (IsStarved(error))
            {
                if (!_isStarved)
                {
                    _isStarved = true;
                    _log.Error("accepting paused address={Address} reason={Reason:q}", EndPoint, error.Message);
                }
                await Task.Delay(Pause, CancellationToken.None).ConfigureAwait(false);
            }
            catch (SocketException error)
            {
                // The client gave up before it was accepted, or the network had an error for it: its loss alone.
                _log.Debug("accept failed reason={Reason:q}", error.Message);
            }
            catch (Exception error)
            {
                // A mistake of ours about one connection must not cost the port.
                _log.Error(error, "connection lost address={Address}", EndPoint);
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsStarved(SocketException error) => error.SocketErrorCode
        is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.SocketError;

    private static string Reason(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "the port is taken",
        SocketError.AccessDenied => "ports below 1024 need root",
        SocketError.AddressNotAvailable => "this host does not have the address",
        _ => error.Message,
    };
}
