using Imapd.Protocol.Mime;
using Imapd.Protocol.Wire;

namespace Imapd.Storage.Maildir.Read;

/// <summary>
/// Writes octets of a file as they are sent, CRLF for every bare LF, passing over the first and cutting off the last.
/// </summary>
/// <param name="sink">Where to.</param>
/// <param name="buffer">Where lines are put together, at least two octets.</param>
/// <param name="skip">How many octets are passed over first.</param>
/// <param name="count">How many are written then.</param>
/// <param name="isAfterCr">Whether the first octet comes behind a CR.</param>
internal ref struct WireCopier(IOctetSink sink, Span<byte> buffer, long skip, long count, bool isAfterCr = false)
{
    private const int WorthPassingOn = 4096;

    private readonly Span<byte> _buffer = buffer;
    private int _buffered;

    /// <summary>How many octets are still to be passed over.</summary>
    public long Skip { get; private set; } = skip;

    /// <summary>How many octets are still to be written.</summary>
    public long Left { get; private set; } = count;

    /// <summary>
    /// What <see cref="FeedLines"/> has dealt with, in the file and on the wire. Where it ended between a CR that was put in
    /// and its LF, it is the place before them.
    /// </summary>
    public Offset Taken { get; private set; }

    /// <summary>Whether the octet before <see cref="Taken"/> is a CR.</summary>
    public bool IsAfterCr { get; private set; } = isAfterCr;

    /// <summary>Takes the next octets of the file, with LF for CRLF.</summary>
    public void FeedLines(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty && Left > 0)
        {
            octets = octets[PutLines(octets)..];
        }
    }

    /// <summary>Takes octets that are sent as they are; none is passed over.</summary>
    public void Put(ReadOnlySpan<byte> octets)
    {
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
        while (Left > 0)
        {
            Put("                                                                "u8);
        }

        Flush();
    }

    // As many octets as there is room for and as are wanted, whatever they are; returns how many.
    private int PutLines(ReadOnlySpan<byte> octets)
    {
        if ((_buffer.Length - _buffered) / 2 < Math.Min(octets.Length, WorthPassingOn))
        {
            Flush();
        }

        long wanted = Skip + Left;
        octets = octets[..(int)Math.Min(Math.Min(octets.Length, wanted), (_buffer.Length - _buffered) / 2)];
        Span<byte> room = _buffer[_buffered..];
        int written = LineEndWriter.Write(octets, room, IsAfterCr);
        int taken = octets.Length;
        int wire = written;
        while (wire > wanted)
        {
            wire -= WidthAt(octets, --taken);
        }

        written = (int)Math.Min(written, wanted);
        int skipped = (int)Math.Min(Skip, written);
        if (skipped > 0 && skipped < written)
        {
            room[skipped..written].CopyTo(room);
        }

        Skip -= skipped;
        Left -= written - skipped;
        _buffered += written - skipped;
        Taken = Taken.Plus(new Offset(taken, wire));
        IsAfterCr = taken > 0 ? octets[taken - 1] == (byte)'\r' : IsAfterCr;
        return octets.Length;
    }

    private readonly int WidthAt(ReadOnlySpan<byte> octets, int place) =>
        octets[place] == (byte)'\n' && !(place > 0 ? octets[place - 1] == (byte)'\r' : IsAfterCr) ? 2 : 1;

    private void Flush()
    {
        sink.Write(_buffer[.._buffered]);
        _buffered = 0;
    }
}
