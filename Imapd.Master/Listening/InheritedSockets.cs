using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Imapd.Master.Configuration;
using Imapd.Master.Native;

namespace Imapd.Master.Listening;

/// <summary>
/// Listening sockets that this process was started with, by a service manager (sd_listen_fds(3)) or by the master before it.
/// </summary>
internal static class InheritedSockets
{
    /// <summary>The first of them.</summary>
    public const int FirstDescriptor = 3;

    private const int MaxSockets = 64;
    private const int SolSocket = 1;
    private const int SoAcceptConnections = 30;

    /// <summary>How many sockets a service manager passed to this process; 0: it was not started so.</summary>
    public static int CountFromServiceManager()
    {
        bool isForUs = Environment.GetEnvironmentVariable("LISTEN_PID") is string pid
            && pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isForUs ? ReadCount("LISTEN_FDS") : 0;
    }

    /// <summary>A small number from the environment; 0 when there is none.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static int ReadCount(string variable)
    {
        string? text = Environment.GetEnvironmentVariable(variable);
        return text is null ? 0 : SettingsReader.ReadNumber(variable, new OptionValue(text, "environment"), 0, 0, MaxSockets);
    }

    /// <summary>
    /// Takes the sockets over. Whether one begins with TLS follows from its port: as the settings say, else 993 does and
    /// another does not.
    /// </summary>
    /// <exception cref="UsageException">A descriptor is no listening TCP socket, or TLS is wanted without a certificate.</exception>
    public static IReadOnlyList<(Socket Socket, ListenAddress Address)> Take(int count, Settings settings)
    {
        List<(Socket, ListenAddress)> taken = [];
        for (int number = FirstDescriptor; number < FirstDescriptor + count; number++)
        {
            Socket socket = Take(number);
            var endPoint = (IPEndPoint)socket.LocalEndPoint!;
            bool isTls = settings.Listen.FirstOrDefault(address => address.EndPoint.Port == endPoint.Port) is { EndPoint: not null } known
                ? known.ImplicitTls
                : endPoint.Port == ListenAddresses.DefaultTlsPort;
            if (isTls && !settings.HasCertificate)
            {
                throw new UsageException($"the socket passed for {endPoint} needs a certificate: cert = FILE");
            }
            taken.Add((socket, new ListenAddress(endPoint, isTls)));
        }
        return taken;
    }

    private static Socket Take(int number)
    {
        try
        {
            var socket = new Socket(Descriptors.TakeInherited(number));
            Span<byte> isListening = stackalloc byte[sizeof(int)];
            socket.GetRawSocketOption(SolSocket, SoAcceptConnections, isListening);
            if (isListening[0] != 0 && socket.LocalEndPoint is IPEndPoint)
            {
                return socket;
            }
        }
        catch (Exception error) when (error is SocketException or SystemCallException)
        {
            // said below
        }
        throw new UsageException($"descriptor {number}, passed to be listened on, is no listening socket of TCP");
    }
}
