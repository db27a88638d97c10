using System.Buffers;
using System.Text;

namespace Imapd.Protocol.Mime;

/// <summary>
/// A message's structure in few octets, to be remembered: where parts begin and end and how they are encoded, without their
/// headers. Enough to find a section of the message without going through it.
/// </summary>
/// <remarks>
/// An entity is, numbers in groups of seven bits: kind (1 multipart, 2 message), three offsets as raw octets and what the wire
/// has more, lines, type, subtype, encoding, charset (nothing, or one more than its length), number of parts; then the parts.
/// </remarks>
public static class PartTree
{
    private const int MaxTextOctets = 1024;

    /// <summary>Writes the structure of a message.</summary>
    /// <param name="message">As <see cref="MimeScanner"/> made it.</param>
    /// <param name="tree">Where to.</param>
    /// <returns>False when it cannot be remembered: a header is not what stands in the message, because of a limit.</returns>
    public static bool TryWrite(MimeEntity message, IBufferWriter<byte> tree)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(tree);
        long headerOctets = 0;
        return TryWrite(message, tree, ref headerOctets);
    }

    /// <summary>Reads a structure; null when the octets are none.</summary>
    public static MimeEntity? TryRead(ReadOnlySpan<byte> tree)
    {
        var reader = new Reader(tree);
        int parts = 0;
        MimeEntity? message = reader.ReadEntity(0, ref parts);
        return message is not null && reader.IsAtEnd ? message : null;
    }

    private static bool TryWrite(MimeEntity entity, IBufferWriter<byte> tree, ref long headerOctets)
    {
        headerOctets += entity.Header.Length;
        if (!entity.IsHeaderKept
            || entity.Header.Length != entity.BodyStart.Wire - entity.HeaderStart.Wire
            || headerOctets > MimeLimits.Default.MaxHeaderOctets
            || entity.BodyStart.Raw < entity.HeaderStart.Raw
            || entity.End.Raw < entity.BodyStart.Raw)
        {
            return false;
        }

        WriteNumber(tree, (entity.IsMultipart ? 1 : 0) + (entity.IsMessage ? 2 : 0));
        foreach (Offset offset in (ReadOnlySpan<Offset>)[entity.HeaderStart, entity.BodyStart, entity.End])
        {
            WriteNumber(tree, offset.Raw);
            WriteNumber(tree, offset.Wire - offset.Raw);
        }

        WriteNumber(tree, entity.BodyLines);
        string? charset = entity.ContentType.IsText ? entity.ContentType.Charset : null;
        if (!TryWriteText(tree, entity.Type, 0)
            || !TryWriteText(tree, entity.Subtype, 0)
            || !TryWriteText(tree, entity.TransferEncoding, 0)
            || !TryWriteText(tree, charset, 1))
        {
            return false;
        }

        WriteNumber(tree, entity.Parts.Count);

        // As deep as MimeLimits.MaxDepth.
        foreach (MimeEntity part in entity.Parts)
        {
            if (!TryWrite(part, tree, ref headerOctets))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryWriteText(IBufferWriter<byte> tree, string? text, int present)
    {
        if (text is null)
        {
            WriteNumber(tree, 0);
            return true;
        }

        if (text.Length > MaxTextOctets)
        {
            return false;
        }

        WriteNumber(tree, text.Length + present);
        int octets = Encoding.Latin1.GetBytes(text, tree.GetSpan(text.Length));
        tree.Advance(octets);
        return true;
    }

    private static void WriteNumber(IBufferWriter<byte> tree, long number)
    {
        Span<byte> groups = tree.GetSpan(10);
        int count = 0;
        ulong rest = (ulong)number;
        for (; rest >= 0x80; rest >>= 7)
        {
            groups[count++] = (byte)(rest | 0x80);
        }

        groups[count++] = (byte)rest;
        tree.Advance(count);
    }

    private ref struct Reader(ReadOnlySpan<byte> octets)
    {
        private ReadOnlySpan<byte> _rest = octets;
        private bool _isBroken;

        public readonly bool IsAtEnd => _rest.IsEmpty && !_isBroken;

        public MimeEntity? ReadEntity(int depth, ref int parts)
        {
            long kind = ReadNumber();
            Offset headerStart = ReadOffset();
            var entity = new MimeEntity(headerStart)
            {
                IsHeaderKept = false,
                IsMultipart = kind == 1,
                IsMessage = kind == 2,
                BodyStart = ReadOffset(),
                End = ReadOffset(),
                BodyLines = ReadNumber(),
            };
            string type = ReadText(0) ?? "";
            string subtype = ReadText(0) ?? "";
            entity.TransferEncoding = ReadText(0) ?? "";
            string? charset = ReadText(1);
            entity.ContentType = new ContentType(
                type, subtype, charset is null ? [] : [new MimeParameter("charset", Encoding.Latin1.GetBytes(charset))]);
            long count = ReadNumber();
            parts++;
            if (_isBroken
                || kind > 2
                || entity.BodyStart.Raw < headerStart.Raw
                || entity.End.Raw < entity.BodyStart.Raw
                || entity.BodyStart.Wire < headerStart.Wire
                || entity.End.Wire < entity.BodyStart.Wire
                || depth > MimeLimits.Default.MaxDepth + 1
                || parts > MimeLimits.Default.MaxParts + 1
                || count > _rest.Length
                || (entity.IsMessage ? count != 1 : !entity.IsMultipart && count != 0))
            {
                return null;
            }

            for (; count > 0; count--)
            {
                if (ReadEntity(depth + 1, ref parts) is not { } part)
                {
                    return null;
                }

                entity.Add(part);
            }

            return entity;
        }

        private Offset ReadOffset()
        {
            long raw = ReadNumber();
            long more = ReadNumber();
            return new Offset(raw, raw + more);
        }

        // None of them is near 2^56, so sums of them do not overflow.
        private long ReadNumber()
        {
            long number = 0;
            for (int at = 0; at < _rest.Length && at < 8; at++)
            {
                number |= (long)(_rest[at] & 0x7f) << (7 * at);
                if (_rest[at] < 0x80)
                {
                    _rest = _rest[(at + 1)..];
                    return number;
                }
            }

            _isBroken = true;
            return 0;
        }

        private string? ReadText(int present)
        {
            long octets = ReadNumber() - present;
            if (octets < 0)
            {
                return null;
            }

            if (octets > Math.Min(MaxTextOctets, _rest.Length))
            {
                _isBroken = true;
                return null;
            }

            string text = Encoding.Latin1.GetString(_rest[..(int)octets]);
            _rest = _rest[(int)octets..];
            return text;
        }
    }
}
