using System.Text;

namespace Imapd.Protocol.Mime;

/// <summary>An entity whose end has not been seen yet.</summary>
internal sealed class OpenEntity(MimeEntity entity, bool isInDigest)
{
    private long _linesBeforeBody;

    public MimeEntity Entity { get; } = entity;

    /// <summary>What divides this multipart, until its closing boundary was seen; null for everything else.</summary>
    public byte[]? Boundary { get; set; }

    /// <summary>The header is known: reads what scanning needs from it.</summary>
    public void EndHeader(byte[] header, Offset bodyStart, long lines)
    {
        Entity.Header = header;
        Entity.BodyStart = bodyStart;
        _linesBeforeBody = lines;
        var fields = new MimeFields(header);
        ContentType? type = fields.TryGet(MimeField.Type, out ReadOnlySpan<byte> value) ? ContentType.Parse(value) : null;
        Entity.ContentType = type ?? (isInDigest ? ContentType.MessageRfc822 : ContentType.TextPlain);
        if (fields.TryGet(MimeField.TransferEncoding, out ReadOnlySpan<byte> encoding))
        {
            Entity.TransferEncoding = ReadEncoding(encoding);
        }
    }

    /// <summary>The entity ends; <paramref name="lines"/> line ends of the message are before that place.</summary>
    public void EndAt(Offset end, long lines)
    {
        Entity.End = end;
        Entity.BodyLines = Math.Max(0, lines - _linesBeforeBody);
        if (Entity.BodyStart.Raw <= end.Raw)
        {
            return;
        }

        // The blank line's own line end belongs to the boundary behind it: there is no body and no blank line.
        bool isWhole = Entity.Header.Length == Entity.BodyStart.Wire - Entity.HeaderStart.Wire;
        if (Entity.HeaderStart.Raw > end.Raw)
        {
            Entity.HeaderStart = end;
        }

        Entity.BodyStart = end;
        if (isWhole)
        {
            Entity.Header = Entity.Header[..(int)(end.Wire - Entity.HeaderStart.Wire)];
        }
    }

    private static string ReadEncoding(ReadOnlySpan<byte> value)
    {
        var lexer = new HeaderLexer(HeaderFields.Unfold(value));
        lexer.SkipCfws();
        string encoding;
        if (lexer.Peek == '"')
        {
            var quoted = new List<byte>();
            lexer.ReadQuoted(quoted);
            encoding = Encoding.Latin1.GetString([.. quoted]);
        }
        else
        {
            encoding = MimeParameters.ReadToken(ref lexer);
        }

        return encoding.Length == 0 ? "7BIT" : encoding.ToUpperInvariant();
    }
}
