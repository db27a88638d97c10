namespace Imapd.Protocol.Mime;

/// <summary>
/// Finds the parts of a message (RFC 2046 §5) in one pass over its octets, which may be fed in pieces of any size. Takes time in
/// proportion to the octets and keeps nothing of bodies. Any octets are a message; none makes it fail.
/// </summary>
/// <remarks>One scanner may go through one message after another (<see cref="Begin"/>), and keeps a few KB for the next.</remarks>
public sealed class MimeScanner
{
    // Longer than any boundary that is allowed (70) or seen; what is beyond is not compared.
    private const int MaxBoundaryOctets = 998;

    private readonly MimeLimits _limits;
    private readonly List<OpenEntity> _open = [];
    private readonly BoundaryTrie _boundaries = new();
    private readonly BoundaryMatcher _matcher;
    private readonly HeaderCollector _header = new();

    private LineEnds _lineEnds;
    private MimeEntity _message = new(default);
    private Offset _position;
    private Offset _lineStart;

    // Where the line before this one ended, without its line end: a part ends there when this line is a boundary.
    private Offset _previousLineEnd;
    private long _lines;
    private long _lineOctets;
    private bool _endsInCr;
    private bool _isInHeader = true;
    private int _parts;
    private bool _isFull;
    private bool _isFinished;

    /// <summary>Makes a scanner for one message.</summary>
    /// <param name="lineEnds">What a bare LF stands for.</param>
    /// <param name="limits">What to remember at most.</param>
    public MimeScanner(LineEnds lineEnds, MimeLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _limits = limits;
        _matcher = new BoundaryMatcher(_boundaries);
        Begin(lineEnds);
    }

    private OpenEntity Innermost => _open[^1];

    /// <summary>Makes ready for another message; of one that was not finished nothing is left.</summary>
    /// <param name="lineEnds">What a bare LF stands for.</param>
    public void Begin(LineEnds lineEnds)
    {
        foreach (OpenEntity open in _open)
        {
            Forget(open);
        }

        _open.Clear();
        _lineEnds = lineEnds;
        _message = new MimeEntity(default);
        _open.Add(new OpenEntity(_message, isInDigest: false));
        _header.Begin(_limits.MaxHeaderOctets);
        _matcher.StartLine();
        _position = _lineStart = _previousLineEnd = default;
        _lines = _lineOctets = _parts = 0;
        _isInHeader = true;
        _endsInCr = _isFull = _isFinished = false;
    }

    /// <summary>Takes the next octets of the message, as they are in the file.</summary>
    public void Feed(ReadOnlySpan<byte> rawOctets)
    {
        ObjectDisposedException.ThrowIf(_isFinished, this);
        while (!rawOctets.IsEmpty)
        {
            if (!_isInHeader && _lineOctets == 0)
            {
                rawOctets = rawOctets[PassOverBody(rawOctets)..];
            }

            int lf = rawOctets.IndexOf((byte)'\n');
            TakeInLine(lf < 0 ? rawOctets : rawOctets[..lf]);
            if (lf < 0)
            {
                return;
            }

            EndLine();
            rawOctets = rawOctets[(lf + 1)..];
        }
    }

    /// <summary>The message ends here: hands out its structure. The scanner cannot go on before <see cref="Begin"/>.</summary>
    public MimeEntity Finish()
    {
        ObjectDisposedException.ThrowIf(_isFinished, this);
        _isFinished = true;
        if (_matcher.Level >= 0 && !_isFull)
        {
            // A boundary that the message breaks off in ends a part, but begins none.
            CloseBelow(_matcher.Level);
        }

        Close(0, _position, _lines);
        return _message;
    }

    // Whole lines from here, where one begins, that cannot be boundaries: nothing is to be known of each. Returns their octets.
    private int PassOverBody(ReadOnlySpan<byte> octets)
    {
        int lf;
        if (_isFull || _boundaries.IsEmpty)
        {
            lf = octets.LastIndexOf((byte)'\n');
        }
        else if (octets[0] == '-')
        {
            return 0;
        }
        else
        {
            lf = octets.IndexOf("\n-"u8);
            lf = lf < 0 ? octets.LastIndexOf((byte)'\n') : lf;
        }

        if (lf < 0)
        {
            return 0;
        }

        octets = octets[..(lf + 1)];
        int lines = octets.Count((byte)'\n');
        int added = 0;
        if (_lineEnds == LineEnds.LfIsCrlf)
        {
            added = lines - (octets.Contains((byte)'\r') ? octets.Count("\r\n"u8) : 0);
        }

        int cr = lf > 0 && octets[lf - 1] == '\r' ? 1 : 0;
        bool addsCr = cr == 0 && _lineEnds == LineEnds.LfIsCrlf;
        _position = new Offset(_position.Raw + octets.Length, _position.Wire + octets.Length + added);
        _previousLineEnd = new Offset(_position.Raw - 1 - cr, _position.Wire - (addsCr ? 2 : 1) - cr);
        _lineStart = _position;
        _lines += lines;
        return octets.Length;
    }

    private void TakeInLine(ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty)
        {
            return;
        }

        if (!_isFull && !_matcher.IsDecided)
        {
            _matcher.Take(octets);
        }

        if (_isInHeader)
        {
            _header.Take(octets);
        }

        _position = new Offset(_position.Raw + octets.Length, _position.Wire + octets.Length);
        _lineOctets += octets.Length;
        _endsInCr = octets[^1] == '\r';
    }

    private void EndLine()
    {
        bool hasCr = _lineOctets > 0 && _endsInCr;
        int cr = hasCr ? 1 : 0;
        bool addsCr = !hasCr && _lineEnds == LineEnds.LfIsCrlf;
        var lineEnd = new Offset(_position.Raw - cr, _position.Wire - cr);
        _position = new Offset(_position.Raw + 1, _position.Wire + (addsCr ? 2 : 1));
        _lines++;

        if (_matcher.Level >= 0 && !_isFull)
        {
            EndBoundaryLine();
        }
        else if (_isInHeader)
        {
            bool isBlank = _lineOctets == cr;
            _header.EndLine(addsCr ? "\r\n"u8 : "\n"u8, isBlank);
            if (isBlank)
            {
                EndHeader(_position, _lines);
            }
        }

        _previousLineEnd = lineEnd;
        _lineStart = _position;
        _lineOctets = 0;
        _matcher.StartLine();
    }

    private void EndBoundaryLine()
    {
        int level = _matcher.Level;
        CloseBelow(level);
        OpenEntity multipart = _open[level];
        if (_matcher.IsClose)
        {
            Forget(multipart);
        }
        else if (!_isFull)
        {
            // An empty part of a digest that ends here may have taken the last place, with the message inside it.
            Open(multipart);
        }
    }

    private void CloseBelow(int level)
    {
        if (_isInHeader)
        {
            _header.DropLine();
        }

        if (_open.Count > level + 1)
        {
            // Line ends in front of this line; its own has been counted only if the line is whole.
            long lines = _lines - (_position.Raw - _lineStart.Raw > _lineOctets ? 1 : 0);

            // The last of them belongs to the boundary, unless it ends the boundary before.
            Offset start = _open[level + 1].Entity.HeaderStart;
            Close(level + 1, _previousLineEnd.Raw > start.Raw ? _previousLineEnd : start, lines - 1);
        }
    }

    /// <summary>Ends every open entity from this level on.</summary>
    private void Close(int level, Offset end, long lines)
    {
        while (_isInHeader)
        {
            // At the end of the message the line broken off is part of the header; in front of a boundary it is not there.
            EndHeader(level == 0 ? _position : _lineStart, lines);
        }

        for (int at = _open.Count - 1; at >= level; at--)
        {
            Forget(_open[at]);
            _open[at].EndAt(end, lines);
        }

        _open.RemoveRange(level, _open.Count - level);
    }

    private void Forget(OpenEntity entity)
    {
        if (entity.Boundary is { } boundary)
        {
            _boundaries.Remove(boundary);
            entity.Boundary = null;
        }
    }

    private void Open(OpenEntity parent)
    {
        var part = new MimeEntity(_position);
        parent.Entity.Add(part);
        _open.Add(new OpenEntity(part, parent.Entity.IsMultipart && parent.Entity.ContentType.Is("multipart", "digest")));
        _isInHeader = true;
        _parts++;
        _isFull = _parts >= _limits.MaxParts;
    }

    private void EndHeader(Offset bodyStart, long lines)
    {
        OpenEntity open = Innermost;
        _isInHeader = false;
        open.EndHeader(_header.Finish(), bodyStart, lines);
        ContentType type = open.Entity.ContentType;
        bool isMultipart = type.Type.Equals("multipart", StringComparison.OrdinalIgnoreCase);
        bool isMessage = type.Is("message", "rfc822") || type.Is("message", "global");
        if (!isMultipart && !isMessage)
        {
            return;
        }

        if (_isFull || _open.Count > _limits.MaxDepth)
        {
            open.Entity.ContentType = ContentType.Undivided;
            return;
        }

        open.Entity.IsMultipart = isMultipart;
        open.Entity.IsMessage = isMessage;
        if (isMessage)
        {
            Open(open);
            Innermost.Entity.HeaderStart = bodyStart;
        }
        else if (type.Boundary is { } boundary)
        {
            open.Boundary = boundary[..Math.Min(boundary.Length, MaxBoundaryOctets)].ToArray();
            _boundaries.Add(open.Boundary, _open.Count - 1);
        }
    }
}
