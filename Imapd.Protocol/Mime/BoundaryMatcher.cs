namespace Imapd.Protocol.Mime;

/// <summary>
/// Says of each line whether it is a boundary (RFC 2046 §5.1.1): it begins with two dashes and the boundary; what follows
/// does not matter. Where several fit, the longest counts, and of equal ones the innermost.
/// </summary>
internal sealed class BoundaryMatcher(BoundaryTrie boundaries)
{
    private const int NoNode = -1;

    private int _node = NoNode;
    private int _dashesBefore;
    private int _octetsAfter;
    private int _dashesAfter;
    private bool _isDecided;

    /// <summary>The level of the multipart whose boundary this line is, or -1.</summary>
    public int Level { get; private set; } = -1;

    /// <summary>Whether the boundary is the closing one, with two dashes behind it.</summary>
    public bool IsClose => _dashesAfter == 2;

    /// <summary>Whether nothing that follows in this line can change the answer.</summary>
    public bool IsDecided => _isDecided;

    public void StartLine()
    {
        (_node, _dashesBefore, _isDecided) = (NoNode, 0, false);
        Level = -1;
        (_octetsAfter, _dashesAfter) = (0, 0);
    }

    /// <summary>Takes the next octets of the line, without its LF.</summary>
    public void Take(ReadOnlySpan<byte> octets)
    {
        foreach (byte octet in octets)
        {
            if (_isDecided)
            {
                return;
            }

            if (_dashesBefore < 2)
            {
                TakeDash(octet);
            }
            else
            {
                TakeBoundary(octet);
            }
        }
    }

    private void TakeDash(byte octet)
    {
        _isDecided = octet != '-';
        if (++_dashesBefore == 2 && !_isDecided)
        {
            _node = BoundaryTrie.Root;
            Level = boundaries.LevelAt(_node);
        }
    }

    private void TakeBoundary(byte octet)
    {
        if (Level >= 0 && _octetsAfter < 2)
        {
            _octetsAfter++;
            _dashesAfter += octet == '-' ? 1 : 0;
        }

        if (_node != NoNode)
        {
            _node = boundaries.Step(_node, octet);
            int level = _node == NoNode ? -1 : boundaries.LevelAt(_node);
            if (level >= 0)
            {
                (Level, _octetsAfter, _dashesAfter) = (level, 0, 0);
            }
        }

        _isDecided = _node == NoNode && (Level < 0 || _octetsAfter == 2);
    }
}
