using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Imapd.Tests.EndToEnd.Harness;

namespace Imapd.Bench.Client;

/// <summary>
/// A client that costs little: it reads octets over TLS, passes over literals unread, and of each response looks only at what
/// it is.
/// </summary>
internal sealed class WireClient : IDisposable
{
    private const int PatienceMilliseconds = 180_000;
    private const int MaxLineOctets = 64 << 20;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SslStream _stream;
    private byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;

    /// <summary>Connects to 127.0.0.1 and reads the greeting.</summary>
    public WireClient(int port)
    {
        _socket.Connect("127.0.0.1", port);
        var network = new NetworkStream(_socket) { ReadTimeout = PatienceMilliseconds, WriteTimeout = PatienceMilliseconds };
        _stream = new SslStream(network, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        _stream.AuthenticateAsClient("localhost");
        ReadLine();
    }

    public void Login(SystemUser user) => Command($"LOGIN {user.Name} {user.Password}");

    /// <summary>Sends a command and reads until it is answered.</summary>
    /// <exception cref="InvalidOperationException">The answer is not OK.</exception>
    public Answer Command(string command)
    {
        Send($"a {command}\r\n");
        return ReadAnswer(command);
    }

    /// <summary>Sends without waiting for anything.</summary>
    public void Send(string text)
    {
        Span<byte> octets = stackalloc byte[512];
        _stream.Write(octets[..Encoding.ASCII.GetBytes(text, octets)]);
    }

    /// <summary>APPEND with a synchronising literal, which every server has.</summary>
    public Answer Append(string mailbox, ReadOnlySpan<byte> messageAndCrlf)
    {
        Send($"a APPEND {mailbox} {{{messageAndCrlf.Length - 2}}}\r\n");
        ReadContinuation();
        _stream.Write(messageAndCrlf);
        return ReadAnswer("APPEND");
    }

    /// <summary>Reads the line that begins with a plus.</summary>
    public void ReadContinuation()
    {
        ReadOnlySpan<byte> line = ReadLine();
        if (line[0] != '+')
        {
            throw new InvalidOperationException($"no continuation but {Encoding.Latin1.GetString(line)}");
        }
    }

    /// <summary>Reads until the server says how many messages there are.</summary>
    public void ReadUntilExists()
    {
        while (!ReadLine().EndsWith("EXISTS\r\n"u8))
        {
        }
    }

    /// <summary>Reads until the command is answered.</summary>
    public Answer ReadAnswer(string command)
    {
        var answer = default(Answer);
        bool isFirstLine = true;
        while (true)
        {
            ReadOnlySpan<byte> line = ReadLine();
            if (isFirstLine)
            {
                if (line[0] == 'a')
                {
                    return line.StartsWith("a OK"u8)
                        ? answer
                        : throw new InvalidOperationException($"{command}: {Encoding.Latin1.GetString(line).TrimEnd()}");
                }
                Count(line, ref answer);
            }
            int octets = AnnouncedOctets(line);
            isFirstLine = octets < 0;
            if (octets > 0)
            {
                answer.LiteralOctets += octets;
                PassOver(octets);
            }
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private static void Count(ReadOnlySpan<byte> line, ref Answer answer)
    {
        if (line.Length < 4 || line[0] != '*')
        {
            return;
        }
        ReadOnlySpan<byte> rest = line[2..];
        if (Utf8Parser.TryParse(rest, out uint number, out int digits) && rest.Length > digits + 1)
        {
            ReadOnlySpan<byte> what = rest[(digits + 1)..];
            answer.Fetches += what.StartsWith("FETCH"u8) ? 1 : 0;
            answer.Expunges += what.StartsWith("EXPUNGE"u8) ? 1 : 0;
            answer.Exists = what.StartsWith("EXISTS"u8) ? number : answer.Exists;
        }
        else if (rest.StartsWith("SEARCH "u8))
        {
            answer.Hits += rest.Count((byte)' ');
        }
        else if (rest.StartsWith("STATUS"u8))
        {
            answer.Statuses++;
        }
    }

    /// <summary>The length of the literal that follows this line; -1 when none does.</summary>
    private static int AnnouncedOctets(ReadOnlySpan<byte> line)
    {
        if (!line.EndsWith("}\r\n"u8))
        {
            return -1;
        }
        int open = line.LastIndexOf((byte)'{');
        return open >= 0 && Utf8Parser.TryParse(line[(open + 1)..], out int octets, out int digits) && open + 1 + digits == line.Length - 3 ? octets : -1;
    }

    /// <summary>A line with its end; valid until the next read.</summary>
    private ReadOnlySpan<byte> ReadLine()
    {
        int searched = _start;
        while (true)
        {
            int found = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                ReadOnlySpan<byte> line = _buffer.AsSpan(_start, searched + found + 1 - _start);
                _start = searched + found + 1;
                return line;
            }
            searched = MakeRoom(_end);
            Fill();
        }
    }

    private void PassOver(int octets)
    {
        while (octets > _end - _start)
        {
            octets -= _end - _start;
            _start = _end = 0;
            Fill();
        }
        _start += octets;
    }

    /// <summary>Moves what is unread to the front when the end is reached; returns where <paramref name="position"/> is then.</summary>
    private int MakeRoom(int position)
    {
        if (_start > 0)
        {
            position -= _start;
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= MaxLineOctets)
            {
                throw new InvalidOperationException("a line without end");
            }
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        return position;
    }

    private void Fill()
    {
        int octets = _stream.Read(_buffer.AsSpan(_end));
        _end += octets > 0 ? octets : throw new EndOfStreamException("the server closed the connection");
    }
}
