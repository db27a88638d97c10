using System.Buffers;
using System.Globalization;
using System.Text;

namespace Imapd.Worker.Session;

/// <summary>
/// What was said in one session, line by line with time and side, in a file: for whoever looks for a mistake in a client or
/// here. What must not be in it is for <see cref="CommandRecord"/> to see to. It never harms the session: when it cannot be
/// written, or has grown to <see cref="SessionLimits.RawLogOctets"/>, it ends.
/// </summary>
internal sealed class RawLog : IDisposable
{
    // Taken at a time, so that lines of one octet, each with its time, do not take much memory.
    private const int SliceOctets = 4 * 1024;

    private const char NoLine = '\0';

    private readonly Stream _file;
    private readonly Action<string> _complain;
    private readonly ArrayBufferWriter<byte> _text = new();
    private char _openLine = NoLine;
    private long _written;
    private bool _isOver;

    /// <summary>Takes over a file that is open for writing.</summary>
    /// <param name="file">The file.</param>
    /// <param name="complain">Told, once, that it cannot be written.</param>
    public RawLog(Stream file, Action<string> complain)
    {
        _file = file;
        _complain = complain;
        Note(DateTime.UtcNow.ToString("'begun' yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    /// <summary>Whether what the server says is left out for now.</summary>
    public bool IsServerHidden { get; set; }

    /// <summary>The client said this, perhaps not to the end of a line.</summary>
    public void Client(ReadOnlySpan<byte> octets) => Say('C', octets);

    /// <summary>The server said this, perhaps not to the end of a line.</summary>
    public void Server(ReadOnlySpan<byte> octets)
    {
        if (!IsServerHidden)
        {
            Say('S', octets);
        }
    }

    /// <summary>A remark about what happened.</summary>
    public void Note(string text) => Say('#', Encoding.UTF8.GetBytes(text + "\n"));

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private void Say(char side, ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty && !_isOver)
        {
            ReadOnlySpan<byte> slice = octets[..Math.Min(octets.Length, SliceOctets)];
            octets = octets[slice.Length..];
            _text.ResetWrittenCount();
            AddLines(side, slice);
            if (_written + _text.WrittenCount > SessionLimits.RawLogOctets)
            {
                _isOver = true;
                Write("\n# this is as long as it may get\n"u8);
                return;
            }

            Write(_text.WrittenSpan);
        }
    }

    private void AddLines(char side, ReadOnlySpan<byte> octets)
    {
        if (_openLine != side && _openLine != NoLine)
        {
            _text.Write("\n"u8);
            _openLine = NoLine;
        }

        while (!octets.IsEmpty)
        {
            if (_openLine == NoLine)
            {
                _text.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {side}: ")));
            }

            int lineFeed = octets.IndexOf((byte)'\n');
            _openLine = lineFeed < 0 ? side : NoLine;
            int length = lineFeed < 0 ? octets.Length : lineFeed + 1;
            _text.Write(octets[..length]);
            octets = octets[length..];
        }
    }

    private void Write(ReadOnlySpan<byte> octets)
    {
        try
        {
            _file.Write(octets);
            _written += octets.Length;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _isOver = true;
            _complain($"The protocol log cannot be written and ends here: {error.Message}");
        }
    }
}
