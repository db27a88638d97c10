using Imapd.Protocol.Wire;

namespace Imapd.Storage.Maildir.Import;

/// <summary>
/// Reads an mbox message by message, each as it is sent: lines end in CRLF, what belongs to the mbox alone is left out. Neither
/// <c>Content-Length</c> nor an empty line is needed to see where a message ends: a line that says so does.
/// </summary>
/// <param name="mbox">The mbox.</param>
/// <param name="quoting">How lines that look like such a line were quoted.</param>
internal sealed class MboxReader(Stream mbox, MboxQuoting quoting)
{
    private readonly MboxLines _lines = new(mbox);
    private DateTimeOffset? _next;
    private bool _hasBegun;

    private enum Part
    {
        Header,
        FieldOfMbox,
        Body,
    }

    /// <summary>Goes to the next message; asked again before it was read, stays there.</summary>
    /// <param name="date">When it came.</param>
    /// <returns>False when there is none any more.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.Cannot"/>: it does not begin as an mbox does.</exception>
    public bool TryBegin(out DateTimeOffset date)
    {
        while (!_hasBegun && _lines.TryNext(out ReadOnlySpan<byte> line))
        {
            if (Postmark.TryRead(line, out DateTimeOffset first))
            {
                _next = first;
                _hasBegun = true;
            }
            else if (!line.Trim("\r\n"u8).IsEmpty)
            {
                throw new StoreException(StoreError.Cannot, line.StartsWith("*mbx*"u8)
                    ? "it is in UW-IMAP's format mbx; mailutil copies it to an mbox"
                    : "it is no mbox: its first line is not one that begins with From and ends in a date");
            }
        }

        date = _next ?? default;
        return _next is not null;
    }

    /// <summary>Reads the message that <see cref="TryBegin"/> went to.</summary>
    /// <param name="message">Where it goes.</param>
    /// <returns>What the mbox says of it.</returns>
    public MboxFields Read(IOctetSink message)
    {
        var fields = new MboxFields();
        Part part = Part.Header;
        bool hasEmptyLine = false;
        _next = null;
        while (_lines.TryNext(out ReadOnlySpan<byte> piece))
        {
            if (_lines.IsStart)
            {
                if (_lines.IsEnd && Postmark.TryRead(piece, out DateTimeOffset next))
                {
                    _next = next;
                    return fields; // the empty line before it belongs to the mbox
                }

                bool isEmpty = _lines.IsEnd && piece.Trim("\r\n"u8).IsEmpty;
                if (part == Part.Body)
                {
                    if (hasEmptyLine)
                    {
                        message.Write("\r\n"u8);
                    }

                    hasEmptyLine = isEmpty;
                    if (isEmpty)
                    {
                        continue;
                    }

                    piece = Unquoted(piece);
                }
                else
                {
                    part = isEmpty ? Part.Body : Begin(fields, piece, part);
                }
            }
            else if (part != Part.Body)
            {
                fields.More(piece);
            }

            if (part != Part.FieldOfMbox)
            {
                Write(message, piece);
            }
        }

        return fields;
    }

    private static Part Begin(MboxFields fields, ReadOnlySpan<byte> line, Part part)
    {
        if (line[0] is (byte)' ' or (byte)'\t')
        {
            fields.More(line);
            return part;
        }

        int colon = line.IndexOf((byte)':');
        return colon > 0 && fields.Begin(line[..colon], line[(colon + 1)..]) ? Part.FieldOfMbox : Part.Header;
    }

    private ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> line)
    {
        int marks = line.IndexOfAnyExcept((byte)'>');
        bool isQuoted = marks > 0 && line[marks..].StartsWith("From "u8)
            && (quoting == MboxQuoting.Mboxrd || (quoting == MboxQuoting.Mboxo && marks == 1));
        return isQuoted ? line[1..] : line;
    }

    private void Write(IOctetSink message, ReadOnlySpan<byte> piece)
    {
        if (!_lines.IsEnd || piece is not [.., (byte)'\n'])
        {
            message.Write(piece);
        }
        else
        {
            message.Write(piece is [.., (byte)'\r', _] ? piece[..^2] : piece[..^1]);
            message.Write("\r\n"u8);
        }
    }
}
