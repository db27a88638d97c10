using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using Imapd.Master.Supervision;

namespace Imapd.Master.Tls;

/// <summary>
/// Carries octets between a TLS connection and the worker that serves it. While nothing moves it holds no buffer;
/// while something does, one bounded buffer per direction, and who does not read stops the other's writing.
/// </summary>
internal sealed class StreamPump : IDisposable
{
    private readonly SslStream _client;
    private readonly Socket _clientSocket;
    private readonly Socket _worker;
    private readonly NetworkStream _workerStream;
    private long _clientEndedAt;

    /// <summary>Takes all three over.</summary>
    public StreamPump(SslStream client, Socket clientSocket, Socket worker)
    {
        _client = client;
        _clientSocket = clientSocket;
        _worker = worker;
        _workerStream = new NetworkStream(worker, ownsSocket: true);
    }

    /// <summary>Since when nothing more can come from the client, as <see cref="Environment.TickCount64"/>; 0: it still can.</summary>
    public long ClientEndedAt => Interlocked.Read(ref _clientEndedAt);

    /// <summary>
    /// Runs until the worker has closed its side and the client was given all of it. Never throws: a broken connection
    /// is an end like any other.
    /// </summary>
    public async Task RunAsync()
    {
        Task fromClient = FromClientAsync();
        await FromWorkerAsync().ConfigureAwait(false);
        // Closing a socket with unread octets resets it, and the last words would be lost on their way.
        await Task.WhenAny(fromClient, Task.Delay(MasterLimits.Linger)).ConfigureAwait(false);
        Dispose();
        await fromClient.ConfigureAwait(false);
    }

    /// <summary>Ends it at once; what is under way fails.</summary>
    public void Dispose()
    {
        _clientSocket.Dispose();
        _workerStream.Dispose();
        _client.Dispose();
    }

    private async Task FromClientAsync()
    {
        try
        {
            await CopyAsync(_client, _workerStream, isFromClient: true).ConfigureAwait(false);
            _worker.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (IsBrokenConnection(error))
        {
            Break(_worker);
        }
        finally
        {
            Interlocked.Exchange(ref _clientEndedAt, Environment.TickCount64);
        }
    }

    private async Task FromWorkerAsync()
    {
        try
        {
            await CopyAsync(_workerStream, _client, isFromClient: false).ConfigureAwait(false);
            await _client.ShutdownAsync().ConfigureAwait(false);
            _clientSocket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (IsBrokenConnection(error))
        {
            Break(_worker);
            Break(_clientSocket);
        }
    }

    private static async Task CopyAsync(Stream from, Stream to, bool isFromClient)
    {
        int turns = 0;
        while (true)
        {
            // Reading nothing waits until there is something, without a buffer.
            ValueTask<int> something = from.ReadAsync(Memory<byte>.Empty);
            turns = something.IsCompleted ? turns + 1 : 0;
            await something.ConfigureAwait(false);
            if (turns == MasterLimits.PumpTurns)
            {
                // Two sides that keep up with each other never wait, and this may be a thread that waits for all sockets.
                turns = 0;
                await Task.Yield();
            }
            byte[] buffer = ArrayPool<byte>.Shared.Rent(MasterLimits.PumpBufferOctets);
            int octets = 0;
            try
            {
                octets = await from.ReadAsync(buffer).ConfigureAwait(false);
                if (octets == 0)
                {
                    return;
                }
                await to.WriteAsync(buffer.AsMemory(0, octets)).ConfigureAwait(false);
            }
            finally
            {
                if (isFromClient)
                {
                    buffer.AsSpan(0, octets).Clear(); // passwords pass through here
                }
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Lets whoever waits on this socket, on either side of it, find its end.</summary>
    private static void Break(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // it has come to its end already
        }
    }

    private static bool IsBrokenConnection(Exception error) =>
        error is IOException or SocketException or ObjectDisposedException or InvalidOperationException
            or System.Security.Authentication.AuthenticationException;
}
