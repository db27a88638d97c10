using System.Globalization;
using System.Text;

namespace Imapd.Tests.Stress.Client;

/// <summary>A connection to a server: commands out, whole responses in.</summary>
internal sealed class StressConnection : IDisposable
{
    private readonly Stream _from;
    private readonly Stream _to;
    private readonly Action _close;
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly StringBuilder _text = new();
    private int _start;
    private int _end;

    /// <param name="from">What the server says.</param>
    /// <param name="to">What it hears.</param>
    /// <param name="close">Ends everything; returns when nothing that was sent can have an effect any more.</param>
    public StressConnection(Stream from, Stream to, Action close)
    {
        _from = from;
        _to = to;
        _close = close;
    }

    /// <summary>The process that serves it; 0 when that is not known.</summary>
    public int ProcessId { get; init; }

    /// <exception cref="IOException">The server is gone.</exception>
    public void Send(string octets)
    {
        _to.Write(Encoding.Latin1.GetBytes(octets));
        _to.Flush();
    }

    /// <summary>One response, literals in place, without its CRLF; null when the server is gone.</summary>
    public string? Read()
    {
        _text.Clear();
        while (true)
        {
            if (_start == _end && !Fill())
            {
                return null;
            }

            int end = Array.IndexOf(_buffer, (byte)'\n', _start, _end - _start);
            int count = (end < 0 ? _end : end + 1) - _start;
            _text.Append(Encoding.Latin1.GetString(_buffer, _start, count));
            _start += count;
            if (end < 0)
            {
                continue;
            }

            if (_text.Length < 2 || _text[^2] != '\r')
            {
                throw new StressFailure($"a line that ends with LF alone: {_text}");
            }

            int literal = AnnouncedLiteral();
            if (literal < 0)
            {
                return _text.ToString(0, _text.Length - 2);
            }

            if (!Take(literal))
            {
                return null;
            }
        }
    }

    public void Dispose() => _close();

    private int AnnouncedLiteral()
    {
        if (_text.Length < 5 || _text[^3] != '}')
        {
            return -1;
        }

        int open = _text.Length - 4;
        while (open >= 0 && char.IsAsciiDigit(_text[open]))
        {
            open--;
        }

        return open >= 0 && _text[open] == '{'
            ? int.Parse(_text.ToString(open + 1, _text.Length - 4 - open), CultureInfo.InvariantCulture)
            : -1;
    }

    private bool Take(int octets)
    {
        while (octets > 0)
        {
            if (_start == _end && !Fill())
            {
                return false;
            }

            int count = Math.Min(octets, _end - _start);
            _text.Append(Encoding.Latin1.GetString(_buffer, _start, count));
            _start += count;
            octets -= count;
        }

        return true;
    }

    private bool Fill()
    {
        try
        {
            _start = 0;
            _end = _from.Read(_buffer);
            return _end > 0;
        }
        catch (IOException)
        {
            // A connection that was reset has ended as well.
            _end = 0;
            return false;
        }
    }
}
