using System.Text;

namespace Imapd.Protocol.Wire;

/// <summary>
/// Makes whole commands of octets as they arrive, and knows nothing of where they come from (RFC 9051 §2.2.1, §4.3).
/// Any chunking of the same octets gives the same results.
/// </summary>
/// <remarks>
/// It takes nothing beyond the end of a command, so what a client sent in the clear behind STARTTLS is still the
/// caller's, to be thrown away. What a command held is overwritten before the next one: it may have been a password.
/// </remarks>
/// <param name="limits">What is taken of a command.</param>
public sealed class CommandAssembler(CommandLimits limits)
{
    private const int SmallBufferOctets = 2 * 1024;

    private readonly DiscardedLine _discarded = new();
    private byte[] _buffer = new byte[SmallBufferOctets];
    private int _length;
    private int _lineStart;
    private int _textOctets;
    private long _literalsOctets;
    private int _literalHeaderStart;
    private ulong _literalLeft;
    private ulong _skippedOctets;
    private State _state = State.Start;
    private AssemblerResult _discardResult;

    private enum State
    {
        Start,
        Line,
        Deciding,
        Literal,
        DiscardLiteral,
        DiscardLine,
    }

    /// <summary>What is taken of a command; a new value counts from the next octet.</summary>
    public CommandLimits Limits { get; set; } = limits;

    /// <summary>How many octets of literals are read away behind one another, in one command.</summary>
    public ulong MostSkippedOctets { get; init; } = ulong.MaxValue;

    /// <summary>
    /// The command after <see cref="AssemblerResult.Complete"/>, until the next call: its lines without the last line
    /// end, each literal's octets behind its header and a CRLF. A streamed literal has its header and CRLF, and no octets.
    /// </summary>
    public ReadOnlyMemory<byte> Command => _buffer.AsMemory(0, _length);

    /// <summary>What was announced, after <see cref="AssemblerResult.LiteralAnnounced"/>.</summary>
    public LiteralHeader Literal { get; private set; }

    /// <summary>
    /// Whether <see cref="Literal"/> is within the limits; only then may it be accepted. The message of an APPEND is
    /// streamed and has its own limit.
    /// </summary>
    public bool LiteralFits =>
        Literal.Octets <= (ulong)Limits.MaxLiteralOctets
        && (long)Literal.Octets <= Limits.MaxLiteralsOctets - _literalsOctets;

    /// <summary>
    /// The command's tag as far as one can be seen, for the answer to a command that cannot be parsed; null when there is none.
    /// </summary>
    public string? Tag
    {
        get
        {
            int length = OctetClasses.TagLength(_buffer.AsSpan(0, _length));
            bool isWhole = length > 0 && (length == _length || _buffer[length] == ' ');
            return isWhole ? Encoding.ASCII.GetString(_buffer, 0, length) : null;
        }
    }

    /// <summary>What was collected before the announced literal's header, to see whose literal it is.</summary>
    public ReadOnlySpan<byte> Partial => _buffer.AsSpan(0, _literalHeaderStart);

    /// <summary>Takes octets, as far as the next thing to report.</summary>
    /// <param name="octets">What arrived; what is not taken is offered again.</param>
    /// <param name="taken">How many were taken.</param>
    /// <exception cref="InvalidOperationException">A literal is announced, and the caller has not decided about it.</exception>
    public AssemblerResult Offer(ReadOnlySpan<byte> octets, out int taken)
    {
        taken = 0;
        while (taken < octets.Length)
        {
            AssemblerResult result = Step(octets[taken..], out int used);
            taken += used;
            if (result != AssemblerResult.NeedMore)
            {
                return result;
            }
        }

        return AssemblerResult.NeedMore;
    }

    /// <summary>Collects the announced literal into the command.</summary>
    /// <exception cref="InvalidOperationException">None is announced, or it is beyond the limits.</exception>
    public void AcceptLiteral()
    {
        if (!LiteralFits)
        {
            throw new InvalidOperationException("A literal beyond the limits was accepted");
        }

        Decide(State.Literal);
        _literalsOctets += (long)Literal.Octets;
        _literalLeft = Literal.Octets;
        ContinueLineAfterLiteral();
    }

    /// <summary>
    /// Discards the octets of the announced non-synchronising literal and the rest of the command, then reports
    /// <see cref="AssemblerResult.Refused"/>. Takes no memory, however many they are.
    /// </summary>
    /// <exception cref="InvalidOperationException">None is announced.</exception>
    public void SkipLiteral()
    {
        Decide(State.DiscardLiteral);
        _literalLeft = Literal.Octets;
        _skippedOctets = Literal.Octets;
        _discardResult = AssemblerResult.Refused;
        _discarded.Clear();
    }

    /// <summary>
    /// Leaves the announced literal's octets to the caller, who takes exactly that many himself; what is offered
    /// next is what stands behind them.
    /// </summary>
    /// <exception cref="InvalidOperationException">None is announced.</exception>
    public void StreamLiteral()
    {
        Decide(State.Literal);
        _literalLeft = 0;
        ContinueLineAfterLiteral();
    }

    /// <summary>Drops the command: its client was refused the announced synchronising literal and will not send it.</summary>
    /// <exception cref="InvalidOperationException">None is announced.</exception>
    public void RefuseLiteral()
    {
        Decide(State.Start);
    }

    /// <summary>Forgets everything, overwriting it.</summary>
    public void Reset()
    {
        Array.Clear(_buffer);
        _discarded.Clear();
        BeginCommand();
        _state = State.Start;
    }

    private AssemblerResult Step(ReadOnlySpan<byte> octets, out int used)
    {
        switch (_state)
        {
            case State.Start:
                BeginCommand();
                _state = State.Line;
                return TakeLine(octets, out used);
            case State.Line:
                return TakeLine(octets, out used);
            case State.Literal:
                used = TakeLiteral(octets);
                return AssemblerResult.NeedMore;
            case State.DiscardLiteral:
                used = DiscardLiteral(octets);
                return AssemblerResult.NeedMore;
            case State.DiscardLine:
                return DiscardLine(octets, out used);
            default:
                throw new InvalidOperationException("A literal is announced and nothing was decided about it");
        }
    }

    private AssemblerResult TakeLine(ReadOnlySpan<byte> octets, out int used)
    {
        int lineFeed = octets.IndexOf((byte)'\n');
        ReadOnlySpan<byte> text = lineFeed < 0 ? octets : octets[..lineFeed];

        // One more than the limit is kept: it may be the CR of the line's end.
        int room = Limits.MaxLineOctets + 1 - _textOctets - (_length - _lineStart);
        if (text.Length > room)
        {
            used = Math.Max(room, 0);
            Append(text[..used]);
            BeginDiscardingLine();
            return AssemblerResult.NeedMore;
        }

        Append(text);
        used = text.Length;
        if (lineFeed < 0)
        {
            return AssemblerResult.NeedMore;
        }

        used++;
        if (_length > _lineStart && _buffer[_length - 1] == '\r')
        {
            _length--;
        }

        if (_textOctets + (_length - _lineStart) > Limits.MaxLineOctets)
        {
            BeginDiscardingLine();
            return EndDiscardedLine();
        }

        return EndLine();
    }

    private AssemblerResult EndLine()
    {
        if (!LiteralHeader.TryReadEnd(_buffer.AsSpan(_lineStart, _length - _lineStart), out LiteralHeader header, out int length))
        {
            _state = State.Start;
            return AssemblerResult.Complete;
        }

        Literal = header;
        _literalHeaderStart = _length - length;
        _state = State.Deciding;
        return AssemblerResult.LiteralAnnounced;
    }

    private void Decide(State next)
    {
        if (_state != State.Deciding)
        {
            throw new InvalidOperationException("No literal is announced");
        }

        _state = next;
    }

    private void ContinueLineAfterLiteral()
    {
        _textOctets += _length - _lineStart;
        Append("\r\n"u8);
        EndLiteralWhenWhole();
    }

    private int TakeLiteral(ReadOnlySpan<byte> octets)
    {
        int count = (int)Math.Min((ulong)octets.Length, _literalLeft);
        Append(octets[..count]);
        _literalLeft -= (uint)count;
        EndLiteralWhenWhole();
        return count;
    }

    private void EndLiteralWhenWhole()
    {
        if (_literalLeft == 0)
        {
            _lineStart = _length;
            _state = State.Line;
        }
    }

    private int DiscardLiteral(ReadOnlySpan<byte> octets)
    {
        int count = (int)Math.Min((ulong)octets.Length, _literalLeft);
        _literalLeft -= (uint)count;
        if (_literalLeft == 0)
        {
            _state = State.DiscardLine;
        }

        return count;
    }

    private void BeginDiscardingLine()
    {
        _state = State.DiscardLine;
        _discardResult = AssemblerResult.LineTooLong;
        _discarded.Clear();
        _discarded.Add(_buffer.AsSpan(_lineStart, _length - _lineStart));
    }

    private AssemblerResult DiscardLine(ReadOnlySpan<byte> octets, out int used)
    {
        int lineFeed = octets.IndexOf((byte)'\n');
        if (lineFeed < 0)
        {
            _discarded.Add(octets);
            used = octets.Length;
            return AssemblerResult.NeedMore;
        }

        _discarded.Add(octets[..lineFeed]);
        used = lineFeed + 1;
        return EndDiscardedLine();
    }

    private AssemblerResult EndDiscardedLine()
    {
        bool hasLiteral = _discarded.TryReadLiteralHeader(out LiteralHeader header);
        _discarded.Clear();
        if (hasLiteral && !header.IsSynchronizing)
        {
            // Its octets are on their way; taken for commands they would be done.
            if (header.Octets > MostSkippedOctets || _skippedOctets > MostSkippedOctets - header.Octets)
            {
                return AssemblerResult.TooLongToSkip;
            }

            _skippedOctets += header.Octets;
            _literalLeft = header.Octets;
            _state = _literalLeft == 0 ? State.DiscardLine : State.DiscardLiteral;
            return AssemblerResult.NeedMore;
        }

        _state = State.Start;
        return _discardResult;
    }

    private void BeginCommand()
    {
        Array.Clear(_buffer, 0, _length);
        if (_buffer.Length > SmallBufferOctets)
        {
            _buffer = new byte[SmallBufferOctets];
        }

        _length = 0;
        _lineStart = 0;
        _textOctets = 0;
        _literalsOctets = 0;
        _literalHeaderStart = 0;
        _literalLeft = 0;
        _skippedOctets = 0;
    }

    private void Append(ReadOnlySpan<byte> octets)
    {
        int needed = _length + octets.Length;
        if (needed > _buffer.Length)
        {
            byte[] larger = new byte[Math.Max(needed, _buffer.Length * 2)];
            _buffer.AsSpan(0, _length).CopyTo(larger);
            Array.Clear(_buffer);
            _buffer = larger;
        }

        octets.CopyTo(_buffer.AsSpan(_length));
        _length = needed;
    }
}
