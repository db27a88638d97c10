using System.Buffers.Binary;
using System.Net.Sockets;

namespace Imapd.Master.Supervision;

/// <summary>
/// When a connection last carried data, by the kernel's own record (tcp(7), <c>TCP_INFO</c>): it is there for connections in
/// clear too, whose octets this process never sees. Probes for dead peers are no data.
/// </summary>
/// <param name="SinceReceived">Since the client last sent something.</param>
/// <param name="SinceSent">Since it was last sent something.</param>
/// <param name="OctetsReceived">All of them, with TLS.</param>
/// <param name="OctetsSent">Those it has acknowledged, with TLS.</param>
internal readonly record struct TcpActivity(TimeSpan SinceReceived, TimeSpan SinceSent, ulong OctetsReceived, ulong OctetsSent)
{
    private const int Tcp = 6;
    private const int Info = 11;

    // struct tcp_info of linux/tcp.h, which only ever grows at its end.
    private const int LastDataSent = 44;
    private const int LastDataReceived = 52;
    private const int BytesAcknowledged = 120;
    private const int BytesReceived = 128;
    private const int Octets = 136;

    /// <summary>The client said something and has not been answered.</summary>
    public bool IsBusy => SinceReceived < SinceSent;

    /// <summary>
    /// How long the client has asked for nothing. Waiting for an answer is not idling, but not for longer than any command
    /// takes: half a command is never answered.
    /// </summary>
    public TimeSpan Idle => IsBusy && SinceReceived < MasterLimits.AfterClient ? TimeSpan.Zero : SinceReceived;

    /// <summary>Null: the connection is closed.</summary>
    public static TcpActivity? Of(Socket socket)
    {
        Span<byte> info = stackalloc byte[Octets];
        try
        {
            return socket.GetRawSocketOption(Tcp, Info, info) < Octets
                ? null
                : new TcpActivity(
                    TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32LittleEndian(info[LastDataReceived..])),
                    TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32LittleEndian(info[LastDataSent..])),
                    BinaryPrimitives.ReadUInt64LittleEndian(info[BytesReceived..]),
                    BinaryPrimitives.ReadUInt64LittleEndian(info[BytesAcknowledged..]));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
