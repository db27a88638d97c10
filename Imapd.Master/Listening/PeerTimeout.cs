using System.Net.Sockets;

namespace Imapd.Master.Listening;

/// <summary>
/// How soon the kernel gives up a client whose host is gone without a word: a telephone in a tunnel, a laptop that was shut
/// (tcp(7)). Otherwise it takes two hours to ask, and a quarter of an hour to give up what was sent.
/// </summary>
internal static class PeerTimeout
{
    private const int Tcp = 6;
    private const int TcpUserTimeout = 18;

    // Probes begin after half of the time, and there are five of them: one may be lost, and the radio sleeps the rest.
    private const int ProbesPerTimeout = 10;

    /// <summary>
    /// Ends the connection when nothing that was sent, be it data or a probe after a silence, is acknowledged for so long.
    /// </summary>
    /// <param name="client">The socket, for whoever holds it.</param>
    /// <param name="seconds">How long; 0: probes as the system has them.</param>
    /// <exception cref="SocketException">The connection has ended already.</exception>
    public static void Set(Socket client, int seconds)
    {
        client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        if (seconds == 0)
        {
            return;
        }
        client.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Math.Clamp(seconds / 2, 1, short.MaxValue));
        client.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Math.Clamp(seconds / ProbesPerTimeout, 1, short.MaxValue));
        client.SetRawSocketOption(Tcp, TcpUserTimeout, BitConverter.GetBytes(seconds * 1000));
    }
}
