namespace Imapd.Protocol.Mime;

/// <summary>
/// Keeps the header that is being read, in wire form and within what is left of <see cref="MimeLimits.MaxHeaderOctets"/>.
/// A field that does not fit is left out whole, and so is everything behind it but the blank line.
/// </summary>
internal sealed class HeaderCollector
{
    // What is larger is not kept from message to message.
    private const int KeptOctets = 32 * 1024;

    private int _budget;
    private byte[] _octets = [];
    private int _length;
    private int _lineStart;
    private int _fieldStart;
    private bool _isFull;

    /// <summary>Begins a message.</summary>
    /// <param name="budgetOctets">What all its headers may have together.</param>
    public void Begin(int budgetOctets)
    {
        _budget = budgetOctets;
        _octets = _octets.Length > KeptOctets ? [] : _octets;
        (_length, _lineStart, _fieldStart, _isFull) = (0, 0, 0, false);
    }

    public void Take(ReadOnlySpan<byte> octets)
    {
        if (_lineStart == _length && !_isFull && !octets.IsEmpty && !HeaderLexer.IsWhite(octets[0]))
        {
            _fieldStart = _length;
        }

        if (_isFull || !Reserve(octets.Length))
        {
            return;
        }

        octets.CopyTo(_octets.AsSpan(_length));
        _length += octets.Length;
    }

    /// <summary>Ends a line; the blank line is kept even when the header is full.</summary>
    public void EndLine(ReadOnlySpan<byte> lineEnd, bool isBlank)
    {
        if (isBlank && _isFull)
        {
            // Two octets over the limit, but the header is whole to whoever reads it.
            _isFull = false;
            _budget += 2;
            lineEnd = "\r\n"u8;
        }

        Take(lineEnd);
        _lineStart = _length;
    }

    /// <summary>Drops the line being read: it is a boundary.</summary>
    public void DropLine() => _length = _lineStart;

    /// <summary>Hands out the header and makes ready for the next one.</summary>
    public byte[] Finish()
    {
        byte[] header = _octets.AsSpan(0, _length).ToArray();
        _budget -= _length;
        (_length, _lineStart, _fieldStart, _isFull) = (0, 0, 0, false);
        return header;
    }

    private bool Reserve(int octets)
    {
        if (octets > _budget - _length)
        {
            _isFull = true;
            _length = _lineStart = Math.Min(_fieldStart, _length);
            return false;
        }

        if (_octets.Length - _length < octets)
        {
            Array.Resize(ref _octets, Math.Max(_length + octets, Math.Min(_octets.Length * 2, _budget)));
        }

        return true;
    }
}
