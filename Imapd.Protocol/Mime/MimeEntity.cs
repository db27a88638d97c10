namespace Imapd.Protocol.Mime;

/// <summary>
/// What MIME divides a message into (RFC 2045 §2.4): the message itself, a body part, or the message inside a
/// message/rfc822. Made by <see cref="MimeScanner"/>; does not change afterwards.
/// </summary>
public sealed class MimeEntity
{
    private List<MimeEntity>? _parts;

    internal MimeEntity(Offset headerStart) => HeaderStart = headerStart;

    /// <summary>Where the header begins.</summary>
    public Offset HeaderStart { get; internal set; }

    /// <summary>Where the body begins: behind the blank line, or at <see cref="End"/> when there is none.</summary>
    public Offset BodyStart { get; internal set; }

    /// <summary>Where the body ends, without the line end that belongs to the boundary behind it (RFC 2046 §5.1.1).</summary>
    public Offset End { get; internal set; }

    /// <summary>Line ends in the body.</summary>
    public long BodyLines { get; internal set; }

    /// <summary>
    /// The header with its blank line, in wire form. Fields are missing when the message has more of them than
    /// <see cref="MimeLimits.MaxHeaderOctets"/>; the offsets are right all the same.
    /// </summary>
    public ReadOnlyMemory<byte> Header { get; internal set; }

    /// <summary>
    /// Whether <see cref="Header"/> is there. It is not in a tree that was remembered (<see cref="PartTree"/>): such a header is
    /// what the message has from <see cref="HeaderStart"/> to <see cref="BodyStart"/>.
    /// </summary>
    public bool IsHeaderKept { get; internal set; } = true;

    /// <summary>
    /// The parts of a multipart, which may be none; for message/rfc822 and message/global exactly one, the message
    /// inside; otherwise empty.
    /// </summary>
    public IReadOnlyList<MimeEntity> Parts => (IReadOnlyList<MimeEntity>?)_parts ?? [];

    /// <summary>
    /// The parts that have numbers. A multipart without parts is told of as if it had one that is empty: the grammar of a body
    /// structure wants at least one (RFC 9051 §9, <c>body-type-mpart</c>).
    /// </summary>
    public IReadOnlyList<MimeEntity> NumberedParts =>
        IsMultipart && Parts.Count == 0 ? [new MimeEntity(End) { BodyStart = End, End = End }] : Parts;

    /// <summary>The media type: as sent, or the default that applies here.</summary>
    public ContentType ContentType { get; internal set; } = ContentType.TextPlain;

    /// <summary>The type as sent, for example <c>text</c>.</summary>
    public string Type => ContentType.Type;

    /// <summary>The subtype as sent, for example <c>plain</c>.</summary>
    public string Subtype => ContentType.Subtype;

    /// <summary>Content-Transfer-Encoding in capitals, <c>7BIT</c> when there is none (RFC 2045 §6.1).</summary>
    public string TransferEncoding { get; internal set; } = "7BIT";

    /// <summary>Whether this is a multipart whose parts were looked for.</summary>
    public bool IsMultipart { get; internal set; }

    /// <summary>Whether this is a message/rfc822 or message/global, with the message inside as its one part.</summary>
    public bool IsMessage { get; internal set; }

    /// <summary>Octets of the body as sent.</summary>
    public long BodyWireOctets => End.Wire - BodyStart.Wire;

    /// <summary>
    /// The part with this number (RFC 9051 §6.4.5.1), or null when there is none. No number at all is the message itself.
    /// What is no multipart has a part 1: itself. A number that goes on below a message/rfc822 counts the parts of the
    /// message inside.
    /// </summary>
    public MimeEntity? FindPart(IReadOnlyList<int> number)
    {
        ArgumentNullException.ThrowIfNull(number);
        MimeEntity at = this;
        bool isWholeMessage = true;
        foreach (int n in number)
        {
            if (!isWholeMessage && at.IsMessage)
            {
                at = at.Parts[0];
                isWholeMessage = true;
            }

            if (at.IsMultipart)
            {
                IReadOnlyList<MimeEntity> parts = at.NumberedParts;
                if (n < 1 || n > parts.Count)
                {
                    return null;
                }

                at = parts[n - 1];
            }
            else if (!isWholeMessage || n != 1)
            {
                return null;
            }

            isWholeMessage = false;
        }

        return at;
    }

    /// <summary>
    /// Whether this is, or holds, a message/global that is told of as a message; revision 1 knows none such (RFC 3501 §9,
    /// <c>media-message</c>).
    /// </summary>
    public bool HasGlobal()
    {
        // As deep as MimeLimits.MaxDepth.
        bool has = IsMessage && ContentType.Is("message", "global");
        for (int at = 0; at < Parts.Count && !has; at++)
        {
            has = Parts[at].HasGlobal();
        }

        return has;
    }

    internal void Add(MimeEntity part) => (_parts ??= []).Add(part);
}
