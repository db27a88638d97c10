using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Imapd.Tests.EndToEnd.Harness;

/// <summary>A client that sends exactly what a test says and shows exactly what came back.</summary>
internal sealed class ImapClient : IDisposable
{
    private const int PatienceMilliseconds = 30_000;
    private readonly TcpClient _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private Stream _stream;
    private int _start;
    private int _end;
    private int _tag;

    private ImapClient(TcpClient socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _stream = socket.GetStream();
        _stream.ReadTimeout = PatienceMilliseconds;
        _stream.WriteTimeout = PatienceMilliseconds;
    }

    /// <summary>The server's first line; empty when it closed the connection without one.</summary>
    public string Greeting { get; private set; } = "";

    /// <summary>The hash of the certificate the server showed.</summary>
    public string CertificateHash { get; private set; } = "";

    public SslProtocols Protocol => _stream is SslStream tls ? tls.SslProtocol : SslProtocols.None;

    /// <param name="port">Where it listens.</param>
    /// <param name="protocols">What may be agreed on.</param>
    /// <param name="from">Our own address; null for any.</param>
    public static ImapClient ConnectTls(int port, SslProtocols protocols = SslProtocols.None, string? from = null)
    {
        ImapClient client = from is null ? Open(port) : OpenFrom(port, from);
        client.StartHandshake(protocols);
        client.Greeting = client.ReadLine() ?? "";
        return client;
    }

    public static ImapClient ConnectClear(int port, string address = "127.0.0.1")
    {
        ImapClient client = Open(port, address);
        client.Greeting = client.ReadLine() ?? "";
        return client;
    }

    /// <summary>A connection on which nothing was sent or read.</summary>
    public static ImapClient Open(int port, string address = "127.0.0.1", string from = "")
    {
        TcpClient socket = from.Length == 0 ? new TcpClient() : new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        socket.Connect(address, port);
        return new ImapClient(socket);
    }

    /// <summary>A TLS connection as a proxy makes it that passes TLS through, for a client with port 4711.</summary>
    public static ImapClient ConnectForProxy(int port, string client)
    {
        ImapClient connection = Open(port);
        bool isIpv6 = client.Contains(':', StringComparison.Ordinal);
        connection.Send($"PROXY {(isIpv6 ? "TCP6" : "TCP4")} {client} {(isIpv6 ? "2001:db8:ffff::1" : "198.51.100.1")} 4711 993\r\n");
        connection.StartHandshake(SslProtocols.None);
        connection.Greeting = connection.ReadLine() ?? "";
        return connection;
    }

    /// <summary>The port it comes from.</summary>
    public int LocalPort => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

    private static ImapClient OpenFrom(int port, string from)
    {
        var socket = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        socket.Connect(IPAddress.Loopback, port);
        return new ImapClient(socket);
    }

    /// <summary>A client for a connection that a server made to us.</summary>
    public static ImapClient Accept(TcpListener listener)
    {
        var client = new ImapClient(listener.AcceptTcpClient());
        client.Greeting = client.ReadLine() ?? "";
        return client;
    }

    /// <summary>Sends a command under a new tag and reads until it is answered.</summary>
    public ImapReply Command(string command)
    {
        string tag = $"t{++_tag}";
        Send($"{tag} {command}\r\n");
        return Finish(tag);
    }

    public ImapReply Login(SystemUser user) => Command($"LOGIN {user.Name} {user.Password}");

    /// <summary>APPEND with a synchronising literal.</summary>
    public ImapReply Append(string mailbox, string message, string arguments = "")
    {
        string tag = $"t{++_tag}";
        Send($"{tag} APPEND {mailbox} {arguments}{(arguments.Length > 0 ? " " : "")}{{{message.Length}}}\r\n");
        string answer = ReadLine() ?? "";
        if (!answer.StartsWith('+'))
        {
            return new ImapReply([], answer[(answer.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        }
        Send(message + "\r\n");
        return Finish(tag);
    }

    /// <summary>Reads until the command with this tag is answered.</summary>
    /// <exception cref="EndOfStreamException">The server closed the connection before; the message holds what it said.</exception>
    public ImapReply Finish(string tag)
    {
        var untagged = new List<string>();
        while (ReadLine() is { } line)
        {
            if (line.StartsWith(tag + " ", StringComparison.Ordinal))
            {
                return new ImapReply(untagged, line[(tag.Length + 1)..]);
            }
            untagged.Add(line);
        }
        throw new EndOfStreamException($"the server closed the connection before answering {tag}: {string.Join('\n', untagged)}");
    }

    /// <summary>STARTTLS, then the handshake. What the server sent in clear stays behind.</summary>
    public ImapReply StartTls()
    {
        ImapReply reply = Command("STARTTLS");
        if (reply.IsOk)
        {
            StartHandshake(SslProtocols.None);
        }
        return reply;
    }

    public void StartHandshake(SslProtocols protocols)
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false, (_, certificate, _, _) =>
        {
            CertificateHash = certificate?.GetCertHashString() ?? "";
            return certificate is not null;
        });
        tls.AuthenticateAsClient(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocols });
        tls.ReadTimeout = PatienceMilliseconds;
        _stream = tls;
    }

    public void Send(string octets) => Send(Encoding.Latin1.GetBytes(octets));

    public void Send(byte[] octets)
    {
        _stream.Write(octets);
        _stream.Flush();
    }

    /// <summary>One response, literals in place, without its CRLF; null when the server closed the connection.</summary>
    public string? ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            int octet = ReadOctet();
            if (octet < 0)
            {
                return line.Length == 0 ? null : line.ToString();
            }
            line.Append((char)octet);
            if (octet == '\n' && !AppendAnnouncedLiteral(line))
            {
                return line.ToString().TrimEnd('\r', '\n');
            }
        }
    }

    /// <summary>Reads responses until one contains <paramref name="text"/>, and returns that one.</summary>
    public string ReadUntil(string text)
    {
        var seen = new List<string>();
        while (ReadLine() is { } line)
        {
            seen.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }
        throw new EndOfStreamException($"the connection ended before '{text}' came: {string.Join('\n', seen)}");
    }

    /// <summary>Everything until the server closes the connection.</summary>
    public string ReadToEnd()
    {
        var all = new StringBuilder();
        try
        {
            while (ReadLine() is { } line)
            {
                all.AppendLine(line);
            }
        }
        catch (IOException error) when (error.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            // A reset is an end too, when the server closed with octets of ours unread.
            return all.ToString();
        }
        return all.ToString();
    }

    /// <summary>Takes what has arrived, and waits for something when nothing has; 0 at the end. Not to be mixed with lines.</summary>
    public int Receive(byte[] buffer)
    {
        try
        {
            return _stream.Read(buffer);
        }
        catch (IOException error) when (error.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return 0;
        }
    }

    /// <summary>
    /// From now on the kernel drops whatever arrives for this socket and acknowledges nothing, as when the host was switched
    /// off (socket(7), SO_ATTACH_FILTER).
    /// </summary>
    public unsafe void Vanish()
    {
        const int SolSocket = 1;
        const int AttachFilter = 26;
        ulong dropAll = 6; // one instruction: return 0 octets
        Span<byte> program = stackalloc byte[16]; // struct sock_fprog: how many instructions, and where
        BitConverter.TryWriteBytes(program, (ushort)1);
        BitConverter.TryWriteBytes(program[8..], (ulong)&dropAll);
        _socket.Client.SetRawSocketOption(SolSocket, AttachFilter, program);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private bool AppendAnnouncedLiteral(StringBuilder line)
    {
        string text = line.ToString();
        int open = text.LastIndexOf('{');
        if (!text.EndsWith("}\r\n", StringComparison.Ordinal) || open < 0 || !int.TryParse(text.AsSpan(open + 1, text.Length - open - 4), out int octets))
        {
            return false;
        }
        for (int i = 0; i < octets; i++)
        {
            line.Append((char)ReadOctet());
        }
        return true;
    }

    private int ReadOctet()
    {
        if (_start == _end)
        {
            _start = 0;
            _end = _stream.Read(_buffer);
            if (_end == 0)
            {
                return -1;
            }
        }
        return _buffer[_start++];
    }
}
