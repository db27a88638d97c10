using Imapd.Protocol.Wire;

namespace Imapd.Storage.Maildir.Read;

/// <summary>
/// Writes octets of a file as they are sent, CRLF for every bare LF, passing over the first and cutting off the last.
/// </summary>
/// <param name="sink">Where to.</param>
/// <param name="buffer">Where lines are put together, at least two octets.</param>
/// <param name="skip">How many octets are passed over first.</param>
/// <param name="count">How many are written then.</param>
internal ref struct WireCopier(IOctetSink sink, Span<byte> buffer, long skip, long count)
{
    private const int WorthPassingOn = 4096;

    private readonly Span<byte> _buffer = buffer;
    private int _buffered;
    private bool _isAfterCr;

    /// <summary>How many octets are still to be written.</summary>
    public long Left { get; private set; } = count;

    private long Skip { get; set; } = skip;

    /// <summary>Says what octet the first one fed comes behind.</summary>
    public void After(byte octet) => _isAfterCr = octet == (byte)'\r';

    /// <summary>Takes the next octets of the file, with LF for CRLF.</summary>
    public void FeedLines(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty && Left > 0)
        {
            if (Skip == 0)
            {
                octets = octets[PutLines(octets)..];
                continue;
            }

            int end = octets.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? octets : octets[..end];
            if (!line.IsEmpty)
            {
                _isAfterCr = line[^1] == (byte)'\r';
                Put(line);
            }

            if (end < 0)
            {
                return;
            }

            Put(_isAfterCr ? "\n"u8 : "\r\n"u8);
            _isAfterCr = false;
            octets = octets[(end + 1)..];
        }
    }

    /// <summary>Takes octets that are sent as they are.</summary>
    public void Put(ReadOnlySpan<byte> octets)
    {
        int skipped = (int)Math.Min(Skip, octets.Length);
        Skip -= skipped;
        octets = octets[skipped..];
        octets = octets[..(int)Math.Min(Left, octets.Length)];
        Left -= octets.Length;
        if (_buffered == 0 && octets.Length >= WorthPassingOn)
        {
            sink.Write(octets);
            return;
        }

        while (!octets.IsEmpty)
        {
            int fitting = Math.Min(octets.Length, _buffer.Length - _buffered);
            octets[..fitting].CopyTo(_buffer[_buffered..]);
            _buffered += fitting;
            octets = octets[fitting..];
            if (_buffered == _buffer.Length)
            {
                Flush();
            }
        }
    }

    /// <summary>Writes spaces for what the file no longer has, and everything that is still held.</summary>
    public void Complete()
    {
        Skip = 0;
        while (Left > 0)
        {
            Put("                                                                "u8);
        }

        Flush();
    }

    // As many octets as there is room for, whatever they are; returns how many.
    private int PutLines(ReadOnlySpan<byte> octets)
    {
        if ((_buffer.Length - _buffered) / 2 < Math.Min(octets.Length, WorthPassingOn))
        {
            Flush();
        }

        octets = octets[..Math.Min(octets.Length, (_buffer.Length - _buffered) / 2)];
        int written = LineEndWriter.Write(octets, _buffer[_buffered..], _isAfterCr);
        written = (int)Math.Min(Left, written);
        _isAfterCr = octets[^1] == (byte)'\r';
        _buffered += written;
        Left -= written;
        return octets.Length;
    }

    private void Flush()
    {
        sink.Write(_buffer[.._buffered]);
        _buffered = 0;
    }
}
