using System.Net.Security;
using System.Net.Sockets;

namespace Imapd.Master.Supervision;

/// <summary>The last line to a client, and closing so that it arrives.</summary>
internal static class Goodbye
{
    private const int DrainOctets = 4096;

    /// <summary>Says a line over TLS, or in the clear where there is none. Never throws.</summary>
    public static async Task SayAsync(Socket client, SslStream? tls, ReadOnlyMemory<byte> line)
    {
        using var deadline = new CancellationTokenSource(MasterLimits.Linger);
        try
        {
            if (tls is null)
            {
                await client.SendAsync(line, SocketFlags.None, deadline.Token).ConfigureAwait(false);
            }
            else
            {
                await tls.WriteAsync(line, deadline.Token).ConfigureAwait(false);
                await tls.ShutdownAsync().ConfigureAwait(false);
            }
        }
        catch (Exception error) when (IsGone(error))
        {
            // nobody is there to be told
        }
        await CloseAsync(client).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends what we send and waits a moment for the client to close: closing over octets not read would reset the
    /// connection, and what is still under way would be lost. Never throws.
    /// </summary>
    public static async Task CloseAsync(Socket client)
    {
        using var deadline = new CancellationTokenSource(MasterLimits.Linger);
        try
        {
            client.Shutdown(SocketShutdown.Send);
            byte[] drained = new byte[DrainOctets];
            while (await client.ReceiveAsync(drained, SocketFlags.None, deadline.Token).ConfigureAwait(false) > 0)
            {
                // what it still sends is nobody's
            }
        }
        catch (Exception error) when (IsGone(error))
        {
            // then there is nothing to wait for
        }
        client.Dispose();
    }

    private static bool IsGone(Exception error) =>
        error is IOException or SocketException or ObjectDisposedException or OperationCanceledException
            or InvalidOperationException;
}
