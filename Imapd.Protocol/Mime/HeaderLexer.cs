namespace Imapd.Protocol.Mime;

/// <summary>
/// Reads an unfolded structured field value (RFC 5322 §3.2, RFC 2045 §5.1): white space, comments, quoted strings. Never
/// fails: what is not closed ends with the value.
/// </summary>
internal ref struct HeaderLexer(ReadOnlySpan<byte> value)
{
    private readonly ReadOnlySpan<byte> _value = value;

    public int Position { get; set; }

    public readonly bool IsAtEnd => Position >= _value.Length;

    /// <summary>The octet here, or -1 at the end.</summary>
    public readonly int Peek => Position < _value.Length ? _value[Position] : -1;

    public static bool IsWhite(int octet) => octet is ' ' or '\t' or '\r' or '\n';

    public bool TryTake(byte octet)
    {
        if (Peek != octet)
        {
            return false;
        }

        Position++;
        return true;
    }

    /// <summary>Passes over white space and comments; true when there were any.</summary>
    /// <param name="comment">Replaced by the text of the last comment that is not empty; null: not wanted.</param>
    public bool SkipCfws(List<byte>? comment = null)
    {
        int start = Position;
        while (!IsAtEnd)
        {
            if (Peek == '(')
            {
                ReadComment(comment);
            }
            else if (IsWhite(Peek))
            {
                Position++;
            }
            else
            {
                break;
            }
        }

        return Position > start;
    }

    /// <summary>Reads a quoted string, standing on its first quote, and adds what it stands for.</summary>
    public void ReadQuoted(List<byte>? to)
    {
        Position++;
        while (!IsAtEnd)
        {
            byte octet = _value[Position++];
            if (octet == '"')
            {
                return;
            }

            if (octet == '\\' && !IsAtEnd)
            {
                octet = _value[Position++];
            }

            to?.Add(octet);
        }
    }

    /// <summary>Reads octets up to one in <paramref name="stops"/>, which is left, or the end.</summary>
    public ReadOnlySpan<byte> ReadUntil(ReadOnlySpan<byte> stops)
    {
        ReadOnlySpan<byte> rest = _value[Position..];
        int length = rest.IndexOfAny(stops);
        ReadOnlySpan<byte> read = length < 0 ? rest : rest[..length];
        Position += read.Length;
        return read;
    }

    // Comments nest: counted, because a call for each level would end the process.
    private void ReadComment(List<byte>? text)
    {
        Position++;
        int levels = 1;
        bool isEmpty = true;
        while (!IsAtEnd)
        {
            byte octet = _value[Position++];
            if (octet == '\\' && !IsAtEnd)
            {
                octet = _value[Position++];
            }
            else if (octet == '(')
            {
                levels++;
            }
            else if (octet == ')' && --levels == 0)
            {
                return;
            }

            if (isEmpty)
            {
                text?.Clear();
                isEmpty = false;
            }

            text?.Add(octet);
        }
    }
}
