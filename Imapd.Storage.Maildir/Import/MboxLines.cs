namespace Imapd.Storage.Maildir.Import;

/// <summary>The lines of an mbox, in pieces when they are long: memory does not grow with what is read.</summary>
/// <param name="mbox">The mbox, read from where it is.</param>
internal sealed class MboxLines(Stream mbox)
{
    /// <summary>Lines up to this many octets, with their end, come in one piece.</summary>
    private const int PieceOctets = 64 * 1024;

    private readonly byte[] _buffer = new byte[PieceOctets];
    private int _start;
    private int _end;

    /// <summary>Whether the piece begins a line.</summary>
    public bool IsStart { get; private set; }

    /// <summary>Whether the piece ends a line, or the mbox.</summary>
    public bool IsEnd { get; private set; } = true;

    /// <summary>Reads the next piece.</summary>
    /// <param name="piece">The piece with its line end, until the next call; at the end of the mbox a line end may be missing.</param>
    /// <returns>False at the end of the mbox.</returns>
    public bool TryNext(out ReadOnlySpan<byte> piece)
    {
        IsStart = IsEnd;
        int searched = 0;
        while (true)
        {
            int end = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                return Take(searched + end + 1, isEnd: true, out piece);
            }

            searched = _end - _start;
            if (searched == PieceOctets)
            {
                // Its last octet is kept back: it may be the CR of a line end.
                return Take(searched - 1, isEnd: false, out piece);
            }

            if (_start > 0)
            {
                _buffer.AsSpan(_start, searched).CopyTo(_buffer);
                (_start, _end) = (0, searched);
            }

            int read = mbox.Read(_buffer, _end, PieceOctets - _end);
            if (read == 0)
            {
                return Take(searched, isEnd: true, out piece) && piece.Length > 0;
            }

            _end += read;
        }
    }

    private bool Take(int octets, bool isEnd, out ReadOnlySpan<byte> piece)
    {
        piece = _buffer.AsSpan(_start, octets);
        _start += octets;
        IsEnd = isEnd;
        return true;
    }
}
